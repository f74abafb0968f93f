"""With `sizes = "any"` a program is captured for its own sizes only where symbolic ones turned out not to be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from triton_data.capture.modes import find_sizes
from triton_data.capture.stage import CaptureStage, suffix
from triton_data.errors import Misuse
from triton_data.records import Capture, Drop, Origin, Outcome, Pair, Program, Verdict
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


def test_what_failed_with_them_is_captured_for_its_own_sizes_and_once(store: Store) -> None:
    with store:
        captured = [Outcome(program(name).key + DYNAMIC, (capture(name),)) for name in ("right", "wrong", "declined")]
        store.commit("capture", [*captured, Outcome(program("uncaptured").key + DYNAMIC, (), (Drop("lower"),))])
        assert waiting(store) == [("uncaptured", "inference"), ("untried", "dynamic")]
        made = [Outcome(capture(name).key, (pair(name),)) for name in ("right", "wrong")]
        store.commit("rewrite", [*made, Outcome(capture("declined").key, (), (Drop("no_kernel"),))])
        store.commit("verify", [Outcome(name, (verdict(name),)) for name in ("right", "wrong")])
        again = [(name, "inference") for name in ("declined", "uncaptured", "wrong")]
        assert waiting(store) == sorted([*again, ("untried", "dynamic")])
        store.commit("capture", [Outcome(program(name).key + suffix("sm_90", "inference")) for name, _ in again])
        assert waiting(store) == [("untried", "dynamic")]


def test_other_modes_are_as_they_were() -> None:
    modes = [variant[1] for variant in CaptureStage(("sm_90",), ("training", "inference"), sizes="any").variants()]
    assert modes == ["dynamic", "training", "inference"]
    assert [variant[1] for variant in CaptureStage(("sm_90",), ("training",), sizes="any").variants()] == ["training"]
    with pytest.raises(Misuse, match="given or any"):
        find_sizes("all")
