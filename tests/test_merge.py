"""Runs that several machines made are, merged, the run that one machine would have made."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from triton_data import pipeline
from triton_data.commands.merge import merge as verb
from triton_data.config import Config, ScrapeConfig
from triton_data.errors import Misuse
from triton_data.records import Drop, Kernel, Origin, Outcome, Program, Verdict
from triton_data.store import Store, merging

TABLES = ("kernels", "programs", "verdicts", "products")


def outcomes(rng: random.Random, count: int) -> list[Outcome]:
    """Some kernels are found in several places, some items are dropped, and some drop a part."""
    found = []
    for item in range(count):
        origin = Origin("git", repo=f"a/{rng.randrange(4)}", path=f"{item}.py")
        kernel = Kernel(f"k{item % 7}", f"text {item % 7}", origin)
        drops = (Drop("no_inputs", part="one"),) if item % 5 == 0 else ()
        if item % 11 == 3:
            found.append(Outcome(str(item), (), (Drop("timeout"),)))
        else:
            program = Program(f"P{item}", f"class P{item}", "given", origin)
            found.append(Outcome(str(item), (kernel, program), drops))
    return found


def put(run_dir: Path, found: list[Outcome]) -> Path:
    with Store.open(run_dir) as store:
        store.commit("extract", found)
    return run_dir


def content(run_dir: Path) -> dict[str, Any]:
    with Store.read(run_dir) as store:
        found: dict[str, Any] = {
            table: sorted(store.db.execute(f"SELECT * FROM {table}"), key=repr) for table in TABLES
        }
        found["outcomes"] = sorted(store.db.execute("SELECT stage, item, part, status, reason FROM outcomes"))
        found["also_seen"] = sorted(set(store.db.execute("SELECT * FROM also_seen")), key=repr)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_parts_in_any_order_are_the_whole(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    found = outcomes(rng, 60)
    whole = content(put(tmp_path / "whole", found))
    assert whole["also_seen"]
    assert any(status == "dropped" for *_, status, _ in whole["outcomes"])
    owners = [rng.randrange(3) for _ in found]
    parts = [
        put(tmp_path / f"part{n}", [one for one, owner in zip(found, owners, strict=True) if owner in (n, 0)])
        for n in range(3)
    ]
    for number, order in enumerate((parts, parts[::-1], [*parts, *parts])):
        with Store.open(tmp_path / f"into{number}") as store:
            for part in order:
                merging.merge(store, part)
        assert content(tmp_path / f"into{number}") == whole


ORIGIN = Origin("given")
GOOD, BAD = (Verdict("s" * 32, "cpu", "2", not why, why, (), ORIGIN) for why in ("", "decoy"))
LATE = Outcome("1", (), (Drop("timeout"), Drop("no_inputs", part="x")))
DONE = Outcome("1", (Kernel("k", "text", ORIGIN),), (Drop("no_inputs", part="y"),))


@pytest.mark.parametrize("done_first", [False, True])
def test_done_beats_dropped_and_a_failed_verdict_one_that_passed(tmp_path: Path, done_first: bool) -> None:
    runs = [put(tmp_path / "a", [LATE, Outcome("v", (GOOD,))]), put(tmp_path / "b", [DONE, Outcome("v", (BAD,))])]
    into, other = reversed(runs) if done_first else runs
    with Store.open(into) as store:
        found = {each.table: each for each in merging.merge(store, other)}
        kept = store.db.execute("SELECT passed, reason FROM verdicts").fetchall()
        rows = store.db.execute("SELECT part, reason FROM outcomes WHERE item='1' ORDER BY part").fetchall()
    assert (kept, found["verdicts"].differ) == ([(0, "decoy")], 1)
    assert (rows, found["outcomes"].differ) == ([("", ""), ("y", "no_inputs")], 1)


def test_the_verb_brings_files_along_and_remembers_all_sources(tmp_path: Path) -> None:
    for name in ("one", "two"):
        put(tmp_path / name, outcomes(random.Random(name), 5))
        with Store.open(tmp_path / name) as store:
            store.blobs.put(name.encode())
            pipeline.remember(store, Config(str(tmp_path / name), scrape=ScrapeConfig((f"pypi:{name}",))))
    runs = [str(tmp_path / name) for name in ("one", "two")]
    ran = CliRunner().invoke(verb, [*runs, "--into", str(tmp_path / "all"), "--json"], catch_exceptions=False)
    tables = [
        {each["table"]: each for each in json.loads(line)["tables"]}
        for line in ran.stdout.splitlines()
        if line[0] == "{"
    ]
    assert [each["kernels"]["new"] + each["kernels"]["equal"] for each in tables] == [4, 4]
    with Store.read(tmp_path / "all") as store:
        config = pipeline.saved_config(store)
        assert len([path for path in store.blobs.root.rglob("*") if path.is_file()]) == 2
    assert config.scrape.sources == ("pypi:one", "pypi:two")
    assert config.run_dir == str(tmp_path / "all")


def test_what_is_no_run_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"no run in .*nothing"):
        CliRunner().invoke(verb, [str(tmp_path / "nothing"), "--into", str(tmp_path / "all")], catch_exceptions=False)
    assert not (tmp_path / "all").exists()
    put(tmp_path / "run", [])
    with Store.open(tmp_path / "run") as store, pytest.raises(Misuse, match="into itself"):
        merging.merge(store, tmp_path / "run")
