"""The page itself: what stands in it when it is opened, before any script has run.

In: a run's counts. Out: HTML; every text goes through Jinja's escaping, and nothing is marked safe. Lists and single
entries are the scripts' business (assets/*.js).
"""

from __future__ import annotations

import itertools
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jinja2

import triton_data
from triton_data.report import charts, funnel
from triton_data.report.charts import Chart
from triton_data.report.entries import VERDICTS
from triton_data.report.evaluation import Evaluation
from triton_data.report.row import Meaning
from triton_data.report.tally import Tally
from triton_data.store import Store


@dataclass(frozen=True)
class Facts:
    name: str
    run: str
    version: str
    entries: int
    headline: tuple[tuple[str, str], ...]
    stages: Mapping[str, Any]
    funnels: tuple[Chart, ...]
    plots: tuple[Chart, ...]
    reasons: tuple[funnel.Reason, ...]
    advice: tuple[str, ...]
    config: str
    evaluation: Mapping[str, Mapping[str, tuple[int, int]]]
    models: tuple[str, ...]
    scripts: tuple[str, ...]

    @classmethod
    def of(
        cls, store: Store, tally: Tally, counted: Mapping[str, Any], advice: Sequence[str], meaning: Meaning,
        evaluation: Evaluation | None, scripts: Sequence[str],
    ) -> Facts:  # fmt: skip
        programs, kernels = funnel.of_programs(store), funnel.of_kernels(store)
        return cls(
            store.run_dir.resolve().name, str(store.run_dir), triton_data.__version__, tally.entries,
            tuple(_headline(tally, programs, kernels)),
            counted["stages"],
            (charts.funnel("PyTorch programs", programs), charts.funnel("Hand-written kernels", kernels)),
            tuple(_plots(tally, counted)), tuple(funnel.reasons(store, meaning)), tuple(advice),
            json.dumps(counted["config"], indent=1, sort_keys=True), evaluation.shares() if evaluation else {},
            tuple(evaluation.models) if evaluation else (), tuple(scripts),
        )  # fmt: skip


def _headline(
    tally: Tally, programs: Sequence[tuple[str, int]], kernels: Sequence[tuple[str, int]]
) -> Iterator[tuple[str, str]]:
    verdicts = tally.facets["verdict"]
    judged = sum(verdicts.values()) - verdicts["not judged"]
    yield f"{programs[0][1]:,}", "PyTorch programs"
    yield f"{kernels[0][1]:,}", "hand-written kernels"
    yield f"{tally.entries:,}", "pairs and kernels"
    yield f"{verdicts['passed']:,} of {judged:,}", "passed verification"
    yield f"{len(tally.by_repository):,}", "repository" if len(tally.by_repository) == 1 else "repositories"


def _plots(tally: Tally, counted: Mapping[str, Any]) -> Iterator[Chart]:
    facets = tally.facets
    yield charts.yields("Yield by source", tally.by_source, VERDICTS)
    yield charts.yields("Yield by repository", tally.by_repository, VERDICTS)
    yield charts.bars("Families", facets["family"])
    yield charts.bars("Difficulty", dict(sorted(facets["difficulty"].items())), order=False)
    yield charts.histogram("Tokens of the Triton text", tally.tokens)
    yield charts.histogram("Lines of PyTorch", tally.lines_pytorch)
    yield charts.histogram("Lines of Triton", tally.lines_triton)
    yield charts.bars("Licences", facets["licence"])
    yield charts.bars("Splits", facets["split"])
    yield charts.bars("Copies of a text, itself included", tally.cluster_sizes, order=False)
    yield charts.bars("Why not", facets["reason"])
    seconds = {name: stage["seconds"] for name, stage in counted["stages"].items() if stage["seconds"]}
    yield charts.bars("Seconds of work a stage", seconds, "s", order=False)
    for name, values in sorted(tally.speedups.items()):
        yield charts.bars(f"Speed-up over {name.replace('_', '-')}", _by_speed(values), order=False)


def _by_speed(values: Sequence[float]) -> dict[str, float]:
    edges = (0.0, 0.5, 0.9, 1.1, 2.0, 4.0, float("inf"))
    names = ("below 0.5×", "0.5 to 0.9×", "0.9 to 1.1×", "1.1 to 2×", "2 to 4×", "4× and more")
    return {name: sum(low <= value < high for value in values)
            for name, (low, high) in zip(names, itertools.pairwise(edges), strict=True)}  # fmt: skip


def html(facts: Facts) -> str:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("triton_data.report", "assets"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["shell"] = shlex.quote
    return environment.get_template("report.html").render(facts=facts)
