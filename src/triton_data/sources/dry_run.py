"""`--dry-run`: what discovery would ask, how many requests that is, and how long the budget makes it take.

In: settings. Out: a table, or one JSON object. It asks GitHub for each query's number of results and for the budget,
nothing else, and writes no run. Not covered: how long fetching takes (the network decides).
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path

import click

from triton_data.config import ScrapeConfig
from triton_data.errors import Misuse
from triton_data.records import SearchSlice
from triton_data.sources import spec
from triton_data.sources.fetching.waits import Waits
from triton_data.sources.github import slices
from triton_data.sources.github.api import Api
from triton_data.sources.github.lookup import BATCH
from triton_data.sources.github.token import WITHOUT, find_token
from triton_data.sources.reasons import NotNow

CUTS = 2.5  # questions asked for each slice that is answered, measured on simulated populations
A_MINUTE = {"search": (10, 30), "code_search": (10, 10), "core": (1, 83), "graphql": (83, 83)}  # without, with a token


@dataclass(frozen=True)
class Step:
    what: str
    results: int | None
    slices: int
    requests: int
    minutes: float


def show_plan(config: ScrapeConfig, run_dir: Path, as_json: bool) -> None:
    token = find_token()
    with tempfile.TemporaryDirectory() as folder:
        api = Api(config.base_url, token, Waits(Path(folder), config.patience), config.stall)
        budgets = api.check() if any(s.startswith("github:") for s in config.sources) else {}
        try:
            steps = list(_steps(config, api))
        except NotNow as problem:
            raise Misuse(f"the plan could not be made: {problem}") from problem
    total = Step("in all", None, sum(s.slices for s in steps), sum(s.requests for s in steps),
                 round(sum(s.minutes for s in steps), 1))  # fmt: skip
    left = {name: row["remaining"] for name, row in budgets.items() if name in A_MINUTE}
    if as_json:
        click.echo(json.dumps({"steps": [asdict(s) for s in steps], "total": asdict(total), "budget_left": left}))
        return
    if budgets and token is None:
        print(WITHOUT, file=sys.stderr)
    click.echo(f"{'ask':60} {'results':>8} {'slices':>7} {'requests':>9} {'minutes':>8}")
    for step in [*steps, total]:
        results = "" if step.results is None else step.results
        click.echo(f"{step.what[:60]:60} {results:>8} {step.slices:>7} {step.requests:>9} {step.minutes:>8}")
    click.echo(f"budget left: {left or 'not limited'}; nothing was written to {run_dir}")


def _steps(config: ScrapeConfig, api: Api) -> Iterator[Step]:
    for ask in spec.asks(config):
        names = ["@".join(ask.names)] if ask.kind == "git" else ask.names
        label = f"{ask.kind} {', '.join(names[:3])}{' ...' if len(names) > 3 else ''}"
        requests = 0 if ask.kind != "github" else 1 if api.has_token else len(names)
        yield Step(label, len(names), 1, requests, _minutes("graphql" if api.has_token else "core", requests, api))
    for part in spec.searches(config, with_code=api.has_token):
        yield _searched(part, api, config.limit)


def _searched(part: SearchSlice, api: Api, limit: int) -> Step:
    resource = "search" if part.kind == "repositories" else "code_search"
    params = {"q": slices.text(part), "per_page": 1}
    found = int(api.get(f"/search/{part.kind}", params, resource=resource).data["total_count"])
    wanted = min(found, limit or found)
    pieces = 1 if wanted <= slices.MOST else ceil(CUTS * wanted / slices.MOST)
    requests = max(ceil(wanted / 100), 1) + pieces - 1
    looked_up = ceil(wanted / BATCH) if api.has_token else 0
    minutes = _minutes(resource, requests, api) + _minutes("graphql", looked_up, api)
    return Step(slices.text(part), found, pieces, requests + looked_up, round(minutes, 1))


def _minutes(resource: str, requests: int, api: Api) -> float:
    return round(requests / A_MINUTE[resource][api.has_token], 2)
