"""With `sizes = "any"` symbolic sizes come first; the given ones make a whole pair only where those are not right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from triton_data.capture.modes import find_sizes
from triton_data.capture.stage import CaptureStage, suffix
from triton_data.errors import Misuse
from triton_data.records import Capture, Drop, Origin, Outcome, Pair, Program, Verdict
from triton_data.rewrite.stage import RewriteStage
from triton_data.store import Store

ORIGIN = Origin("given")
DYNAMIC = suffix("sm_90", "dynamic")
STAGE = CaptureStage(("sm_90",), ("inference",), sizes="any")
NAMES = ("right", "wrong", "uncaptured", "declined", "untried")


def program(name: str) -> Program:
    return Program(name, f"def {name}(): ...", "given", ORIGIN)


def capture(name: str) -> Capture:
    return Capture(program(name).key, name, "sm_90", "dynamic", (), (), ORIGIN)


def pair(name: str) -> Pair:
    return Pair(program(name).key, capture(name).key, f"{name}New", f"{name} in Triton", ORIGIN)


def verdict(name: str) -> Verdict:
    return Verdict(pair(name).key, "cpu", "1", name == "right", "" if name == "right" else "wrong_values", (), ORIGIN)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store.open(tmp_path)
    opened.commit("given", [Outcome(name, (program(name),)) for name in NAMES])
    return opened


def waiting(store: Store) -> list[tuple[str, str]]:
    found = sorted((job.program.entry, job.mode) for job in STAGE.todo(store))
    assert STAGE.count(store) == len(found)
    return found


def test_symbolic_sizes_come_first(store: Store) -> None:
    with store:
        assert waiting(store) == [(name, "dynamic") for name in sorted(NAMES)]


def test_the_given_sizes_come_when_it_is_known_and_make_a_pair_where_the_others_are_not_right(store: Store) -> None:
    static = suffix("sm_90", "inference")
    with store:
        captured = [Outcome(program(name).key + DYNAMIC, (capture(name),)) for name in ("right", "wrong", "declined")]
        store.commit("capture", [*captured, Outcome(program("uncaptured").key + DYNAMIC, (), (Drop("lower"),))])
        assert waiting(store) == [("uncaptured", "inference"), ("untried", "dynamic")]
        made = [Outcome(capture(name).key, (pair(name),)) for name in ("right", "wrong")]
        store.commit("rewrite", [*made, Outcome(capture("declined").key, (), (Drop("no_kernel"),))])
        store.commit("verify", [Outcome(f"{pair(n).key}:cpu:2", (verdict(n),)) for n in ("right", "wrong")])
        known = [name for name in sorted(NAMES) if name != "untried"]
        assert waiting(store) == sorted([*((name, "inference") for name in known), ("untried", "dynamic")])
        again = {name: replace(capture(name), mode="inference") for name in known}
        store.commit("capture", [Outcome(program(name).key + static, (again[name],)) for name in known])
        assert waiting(store) == [("untried", "dynamic")]
        whole = {job.program.entry: job.whole for job in RewriteStage(any_size=True).todo(store)}
        assert whole == {name: name != "right" for name in known}
        assert all(job.whole for job in RewriteStage().todo(store))


def test_other_modes_are_as_they_were() -> None:
    modes = [variant[1] for variant in CaptureStage(("sm_90",), ("training", "inference"), sizes="any").variants()]
    assert modes == ["dynamic", "training", "inference"]
    assert [variant[1] for variant in CaptureStage(("sm_90",), ("training",), sizes="any").variants()] == ["training"]
    with pytest.raises(Misuse, match="given or any"):
        find_sizes("all")
