"""Problems of a benchmark in other clothes are found by what they compute; neighbours are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from tests.curate import disguises, second_disguises
from tests.curate.disguises import OTHER, SAME, WITHIN
from tests.curate.not_found import FLAGGED, NOT_FOUND
from tests.curate.runs import curated, program
from triton_data.config import CurateConfig
from triton_data.curate.benchmarks import fingerprints, trace
from triton_data.records import Decision, Program, Record, Trace

Found = dict[str, Decision]


def _traced(text: str, entry: str) -> dict[str, object]:
    """In this process: these texts are ours."""
    try:
        return trace.run({"text": text, "entry": entry})[0]
    except (RuntimeError, TypeError, ValueError, AttributeError):  # no graph, as in the jail
        return {"graph": "", "operators": [], "expression": "", "written": ""}


def _curated(folder: Path, of: ModuleType) -> Found:
    problems_folder = folder / "benchmark"
    problems_folder.mkdir()
    for name, text in of.PROBLEMS.items():
        (problems_folder / f"{name}.py").write_text(text)
    made = fingerprints.of_folder(problems_folder, "Ours")
    problems = tuple(_with_graph(each, of.PROBLEMS[each.name]) for each in made.problems)
    fingerprints.write(replace(made, problems=problems), folder / "ours.json.gz")
    texts = {name: text for name, (_, text) in {**of.SAME, **of.WITHIN}.items()} | of.OTHER
    programs = {name: program(text, f"o/{i}", entry="Outer" if "class Outer" in text else "Model")
                for i, (name, text) in enumerate(texts.items())}  # fmt: skip
    records: list[Record] = [*programs.values(), *map(_trace, programs.values())]
    config = CurateConfig(benchmarks=(str(folder / "ours.json.gz"),), dedup="off")
    decisions = curated(folder / "run", records, config)
    return {name: decisions[each.key] for name, each in programs.items()}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return _curated(tmp_path_factory.mktemp("first"), disguises)


@pytest.fixture(scope="module")
def found_second(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return _curated(tmp_path_factory.mktemp("second"), second_disguises)


def _with_graph(problem: fingerprints.Problem, text: str) -> fingerprints.Problem:
    made = _traced(text, "Model")
    graph, expression, written = (str(made[name]) for name in ("graph", "expression", "written"))
    return replace(problem, graph=graph, expression=expression, written=written)


def _trace(of: Program) -> Trace:
    made = _traced(of.text, of.entry)
    operators: tuple[str, ...] = tuple(made["operators"])  # type: ignore[arg-type]
    return Trace(of.key, str(made["graph"]), operators, of.origin, (), str(made["expression"]), str(made["written"]))


def _names(decision: Decision) -> set[str]:
    return {name for name, how in decision.nearest if name.startswith("Ours/") and not how.startswith("below")}


@pytest.mark.parametrize("name", sorted(SAME))
def test_a_disguised_problem_is_left_out(found: Found, name: str) -> None:
    assert f"Ours/{SAME[name][0]}" in _names(found[name])
    assert "contaminated" in found[name].reasons


@pytest.mark.parametrize("name", sorted(WITHIN))
def test_what_holds_a_problem_and_more_is_flagged(found: Found, name: str) -> None:
    decision = found[name]
    assert f"Ours/{WITHIN[name][0]}" in _names(decision)
    if "contaminated" not in decision.reasons:  # its words are enough to leave it out for some
        assert "contains_problem" in decision.reasons and decision.keep


@pytest.mark.parametrize("name", sorted(OTHER))
def test_a_neighbour_is_let_alone(found: Found, name: str) -> None:
    assert not _names(found[name])


def test_of_the_second_set_just_these_are_missed(found_second: Found) -> None:
    same, within, other = second_disguises.SAME, second_disguises.WITHIN, second_disguises.OTHER
    left_out = {name for name, each in found_second.items() if "contaminated" in each.reasons}
    missed = {name for name, (problem, _) in same.items()
              if name not in left_out or f"Ours/{problem}" not in _names(found_second[name])}  # fmt: skip
    assert missed == NOT_FOUND
    assert {name for name in other if _names(found_second[name])} == FLAGGED
    assert {
        name for name, (problem, _) in within.items() if f"Ours/{problem}" not in _names(found_second[name])
    } == set()
