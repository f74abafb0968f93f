"""Problems of a benchmark in other clothes are found by what they compute; neighbours are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.curate.disguises import OTHER, PROBLEMS, SAME, WITHIN
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


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = tmp_path_factory.mktemp("benchmark")
    for name, text in PROBLEMS.items():
        (folder / f"{name}.py").write_text(text)
    made = fingerprints.of_folder(folder, "Ours")
    problems = tuple(_with_graph(each) for each in made.problems)
    fingerprints.write(replace(made, problems=problems), folder / "ours.json.gz")
    texts = {name: text for name, (_, text) in {**SAME, **WITHIN}.items()} | OTHER
    programs = {name: program(text, f"o/{i}", entry="Outer" if "class Outer" in text else "Model")
                for i, (name, text) in enumerate(texts.items())}  # fmt: skip
    records: list[Record] = [*programs.values(), *map(_trace, programs.values())]
    config = CurateConfig(benchmarks=(str(folder / "ours.json.gz"),), dedup="off")
    decisions = curated(folder / "run", records, config)
    return {name: decisions[each.key] for name, each in programs.items()}


def _with_graph(problem: fingerprints.Problem) -> fingerprints.Problem:
    made = _traced(PROBLEMS[problem.name], "Model")
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
