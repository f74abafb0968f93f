"""The store gives back what it was given, upgrades what is old, refuses what is newer or broken."""

from __future__ import annotations

import dataclasses
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triton_data.errors import Misuse
from triton_data.records import (
    RECORDS,
    Capture,
    Drop,
    Graph,
    InductorKernel,
    Kernel,
    Origin,
    Outcome,
    Program,
    Record,
    Verdict,
    codec,
    digest,
)
from triton_data.store import Store, schema
from triton_data.store.reading import PAGE

ORIGIN = Origin("git", repo="a/b", repo_id=7, revision="c" * 40, path="x/y.py", line_start=1, line_end=9, stars=120)


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.table)
def test_each_table_has_the_columns_of_its_record(kind: Any, tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        columns = [row[1] for row in store.db.execute(f"PRAGMA table_info({kind.table})")]
    assert sorted(columns) == sorted(codec.COLUMNS[kind])  # later ones stand last; every statement names them


def test_records_come_back_equal(tmp_path: Path) -> None:
    kernel = InductorKernel("k", "def k(): ...", "relu")
    graph = Graph("forward", "code\n\t'ü'", (kernel, kernel), ("extern_kernels.mm",), "graph()")
    records: list[Record] = [
        Kernel("k", "text", ORIGIN, launcher="run"),
        Program("Net", "class Net: ...", "usage", ORIGIN, layers=("seccomp",)),
        Capture("p" * 32, "Net", "sm_90", "training", (graph,), (("torch", "2.13.0"),), ORIGIN),
        Verdict("s" * 32, "cpu", "1", True, "", (("error", "1e-7"),), ORIGIN),
    ]
    with Store.open(tmp_path) as store:
        store.commit("s", [Outcome("i", tuple(records))])
        for record in records:
            assert list(store.records(type(record))) == [record]


@given(st.lists(st.text(max_size=8), max_size=5), st.lists(st.text(max_size=8), max_size=5))
def test_digests_differ_when_the_parts_do(a: list[str], b: list[str]) -> None:
    assert (digest(*a) == digest(*b)) == (a == b)


def test_reading_in_pages_sees_what_is_written_meanwhile(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        for i in range(PAGE + 10):
            store.commit("make", [Outcome(f"m{i}", (Kernel(f"k{i}", f"t{i}", ORIGIN),))])
        seen = []
        for kernel in store.unfinished(Kernel, "next"):
            store.commit("next", [Outcome(kernel.key)])
            seen.append(kernel.name)
        assert seen == [f"k{i}" for i in range(PAGE + 10)]
        assert store.count_unfinished(Kernel, "next") == 0
        assert store.count_unfinished(Kernel, "next", ":other") == PAGE + 10


def test_the_same_record_from_two_places_is_one_record_with_two_origins(tmp_path: Path) -> None:
    elsewhere = dataclasses.replace(ORIGIN, repo="c/d")
    with Store.open(tmp_path) as store:
        store.commit("s", [Outcome("i", (Kernel("k", "t", ORIGIN),)), Outcome("j", (Kernel("k", "t", elsewhere),))])
        assert store.count(Kernel) == 1
        assert store.db.execute("SELECT repo FROM also_seen").fetchall() == [("c/d",)]


def test_which_origin_is_the_records_own_does_not_depend_on_who_was_first(tmp_path: Path) -> None:
    places = [dataclasses.replace(ORIGIN, repo=repo) for repo in ("b/b", "a/a", "c/c")]
    for order in (places, places[::-1]):
        with Store.open(tmp_path / order[0].repo) as store:
            store.commit("s", [Outcome(o.repo, (Kernel("k", "t", o),)) for o in order])
            assert [k.origin.repo for k in store.sorted(Kernel)] == ["a/a"]
            others = {row[0] for row in store.db.execute("SELECT repo FROM also_seen")}
            assert others == {"b/b", "c/c"}


def test_parts_are_counted_beside_their_item(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.commit("s", [Outcome("i", (), (Drop("syntax", part="A"), Drop("syntax", part="B")))])
        counts = [row[:5] for row in store.outcome_counts()]
    assert counts == [("s", "item", "done", "", 1), ("s", "part", "dropped", "syntax", 2)]


def test_two_writers_are_refused_in_one_line(tmp_path: Path) -> None:
    with Store.open(tmp_path), pytest.raises(Misuse, match="in use by process"):
        Store.open(tmp_path)


def test_a_newer_run_is_refused_and_left_alone(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "run.db") as db:
        db.execute(f"PRAGMA user_version={schema.VERSION + 1}")
    before = (tmp_path / "run.db").read_bytes()
    for opener in (Store.open, Store.read):
        with pytest.raises(Misuse, match="newer triton-data"):
            opener(tmp_path)
    assert (tmp_path / "run.db").read_bytes() == before


def test_a_broken_database_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run.db").write_bytes(b"this is not a database" * 100)
    with pytest.raises(Misuse, match="damaged"):
        Store.open(tmp_path)
    assert (tmp_path / "run.db").read_bytes() == b"this is not a database" * 100


def test_an_old_run_is_upgraded_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(tmp_path) as store:
        store.commit("s", [Outcome("i", (Kernel("k", "t", ORIGIN),))])
    later = (*schema.MIGRATIONS, "CREATE TABLE added (x)")
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    monkeypatch.setattr(schema, "VERSION", len(later))
    with Store.open(tmp_path) as store:
        assert store.db.execute("SELECT COUNT(*) FROM added").fetchone() == (0,)
        assert store.count(Kernel) == 1


def test_an_old_run_is_read_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a reader, which must not write: kernels had no inputs in version 3."""
    with sqlite3.connect(tmp_path / "run.db") as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.executescript("".join(schema.MIGRATIONS[:3]) + "PRAGMA user_version=3;")
        names = ["key", "name", "text", "launcher", *codec.ORIGIN_COLUMNS]
        row = ["abc", "k", "t", "run", *codec.origin_row(ORIGIN)]
        db.execute(f"INSERT INTO kernels ({','.join(names)}) VALUES ({','.join('?' * len(row))})", row)
    with Store.read(tmp_path) as store:
        assert list(store.records(Kernel)) == [Kernel("k", "t", ORIGIN, launcher="run")]
    with sqlite3.connect(tmp_path / "run.db") as db:
        assert db.execute("PRAGMA user_version").fetchone() == (3,)


def test_an_upgrade_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.open(tmp_path).close()
    later = (*schema.MIGRATIONS, "CREATE TABLE added (x); CREATE TABLE kernels (x)")
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    monkeypatch.setattr(schema, "VERSION", len(later))
    with pytest.raises(sqlite3.OperationalError):
        Store.open(tmp_path)
    with sqlite3.connect(tmp_path / "run.db") as db:
        assert db.execute("SELECT name FROM sqlite_master WHERE name='added'").fetchone() is None
        assert db.execute("PRAGMA user_version").fetchone() == (schema.VERSION - 1,)


def test_blobs_are_named_by_their_content(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        name = store.blobs.put(b"abc")
        assert store.blobs.put(b"abc") == name
        assert store.blobs.get(name) == b"abc"
        assert not list(tmp_path.rglob(".part-*"))
