"""What curation says of a set of disguises: its problems become a benchmark, its texts a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from tests.curate.runs import curated, program
from triton_data.config import CurateConfig
from triton_data.curate.benchmarks import fingerprints, trace
from triton_data.records import Decision, Program, Record, Trace

Found = dict[str, Decision]


def found_in(folder: Path, of: ModuleType) -> Found:
    problems_folder = folder / "benchmark"
    problems_folder.mkdir()
    for name, text in of.PROBLEMS.items():
        (problems_folder / f"{name}.py").write_text(text)
    made = fingerprints.of_folder(problems_folder, "Ours")
    traces = (_trace(program(of.PROBLEMS[each.name]), every=True) for each in made.problems)
    problems = tuple(fingerprints.with_trace(*pair) for pair in zip(made.problems, traces, strict=True))
    fingerprints.write(replace(made, problems=problems), folder / "ours.json.gz")
    texts = {name: text for name, (_, text) in {**of.SAME, **of.WITHIN}.items()} | of.OTHER
    programs = {name: program(text, f"o/{i}", entry="Outer" if "class Outer" in text else "Model")
                for i, (name, text) in enumerate(texts.items())}  # fmt: skip
    records: list[Record] = [*programs.values(), *map(_trace, programs.values())]
    config = CurateConfig(benchmarks=(str(folder / "ours.json.gz"),), dedup="off")
    decisions = curated(folder / "run", records, config)
    return {name: decisions[each.key] for name, each in programs.items()}


def _trace(of: Program, every: bool = False) -> Trace:
    """In this process: these texts are ours. One that fails has no graph, as in the jail."""
    try:
        made = trace.run({"text": of.text, "entry": of.entry, "every": every})[0]
    except (RuntimeError, TypeError, ValueError, AttributeError):
        return Trace(of.key, "", (), of.origin)
    told = (str(made[name]) for name in ("expression", "written", "observed"))
    return Trace(of.key, str(made["graph"]), tuple(made["operators"]), of.origin, (), *told)


def names(decision: Decision) -> set[str]:
    return {name for name, how in decision.nearest if name.startswith("Ours/") and not how.startswith("below")}


@dataclass(frozen=True)
class Wrong:
    """Names of disguises that are missed, of holders of a problem that are not flagged, and of neighbours that are."""

    missed: frozenset[str]
    not_within: frozenset[str]
    flagged: frozenset[str]


def wrong(found: Found, of: ModuleType) -> Wrong:
    return Wrong(
        frozenset(name for name, (problem, _) in of.SAME.items()
                  if f"Ours/{problem}" not in names(found[name]) or "contaminated" not in found[name].reasons),
        frozenset(name for name, (problem, _) in of.WITHIN.items() if f"Ours/{problem}" not in names(found[name])),
        frozenset(name for name in of.OTHER if names(found[name])),
    )  # fmt: skip
