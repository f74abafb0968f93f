"""The verb curate: labels, graphs and decisions for a run; fingerprints of a benchmark; what came near to one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click
from tqdm import tqdm

from triton_data import pipeline
from triton_data.commands import options
from triton_data.curate.settings import CHOICES, opted_out, unmatched
from triton_data.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])


def _choice(name: str, text: str) -> Callable[[Command], Command]:
    return click.option(f"--{name.replace('_', '-')}", type=click.Choice(CHOICES[name]), help=text)


@click.group(invoke_without_command=True)
@_choice("dedup", "How alike two texts may not be.  [default: near]")
@_choice("decontaminate", "What to do with a benchmark's problems.  [default: drop]")
@click.option("--benchmark", "benchmarks", multiple=True, metavar="FILE", help="Fingerprints besides those shipped.")
@click.option("--trace/--no-trace", default=None, help="Compare traced graphs too.  [default: trace]")
@click.option("--licences", metavar="SPDX,...", help="Licences to keep.  [default: the permissive ones]")
@_choice("unknown_licence", "Own keeps what you gave, drops what came from the net.  [default: own]")
@_choice("verified", "What verification must have said.  [default: not_failed]")
@_choice("personal", "E-mail and network addresses. Secrets are always left out.  [default: flag]")
@click.option("--opt-out", metavar="FILE", help="Owners and owner/name to leave out, one a line.")
@click.option("--max-tokens", type=click.IntRange(min=1), help="Longer texts are left out.  [default: 32768]")
@_choice("split_by", "What is never in two splits, besides copies.  [default: repository]")
@click.option(
    "--per-family/--over-all", default=None, help="By cluster: shares hold in each family.  [default: over all]"
)
@click.option("--validation", type=click.IntRange(0, 100), help="Percent.  [default: 5]")
@click.option("--test", type=click.IntRange(0, 100), help="Percent.  [default: 5]")
@click.option("--seed", type=int, help="Of the split.  [default: 0]")
@options.RUN_DIR
@options.JOBS
@options.UNSAFE
@options.JSON
@click.pass_context
def curate(context: click.Context, /, run_dir: Path, jobs: int | None, allow_unsafe_exec: bool, as_json: bool,
           licences: str | None, benchmarks: tuple[str, ...], opt_out: str | None, **chosen: Any) -> None:  # fmt: skip
    """Decide what goes into the dataset: duplicates, benchmark problems, licences, secrets, splits.

    Each text of the run gets a label and a decision with its reasons; nothing is deleted. Exports read the newest
    decisions. Asked again with other settings, everything is decided anew. Settings are those of the run and of this
    call: the next call does not know them.

    Example:  triton-data curate --run-dir runs/quickstart --decontaminate flag
    """
    if context.invoked_subcommand is not None:
        return
    flags = {f"curate__{name}": value for name, value in chosen.items()}
    flags["curate__licences"] = options.listed(licences)
    flags["curate__benchmarks"] = tuple(str(Path(each).absolute()) for each in benchmarks) or None
    flags["curate__opt_out"] = opt_out and str(Path(opt_out).absolute())
    with Store.read(run_dir):  # a run must exist: curation makes nothing of nothing
        pass
    config = pipeline.grown(run_dir, jobs=jobs, allow_unsafe_exec=allow_unsafe_exec or None, **flags)
    pipeline.check(config, pipeline.CURATING)
    pipeline.execute(config, pipeline.CURATING, remembered=False)
    from triton_data.curate.summary import decisions, summarise

    with Store.read(run_dir) as store:
        failed = store.ended("curate", "exception")
        if failed:
            raise RuntimeError(f"curation failed: {failed[-1][1]}")
        summary = summarise(store)
        absent = unmatched(opted_out(config.curate.opt_out), (each.origin.repo for each in decisions(store)))
    if absent:
        click.echo(f"nothing in this run is from whom {config.curate.opt_out} names: {', '.join(absent)}", err=True)
    settings = asdict(config.curate)
    if as_json:
        click.echo(json.dumps({**asdict(summary), "settings": settings}))
        return
    click.echo(summary.text())
    click.echo(
        "curated with: " + ", ".join(f"{name} {value}" for name, value in settings.items() if value not in ("", ()))
    )


@curate.command()
@click.argument("folder", metavar="DIR|LIST.txt", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="The benchmark's name, such as KernelBench.")
@click.option("--out", type=click.Path(path_type=Path), help="The file.  [default: NAME.json.gz]")
@options.UNSAFE
@options.JSON
def fingerprint(folder: Path, name: str, out: Path | None, allow_unsafe_exec: bool, as_json: bool) -> None:
    """Take the fingerprints of a benchmark's problems: names and hashes, none of its code. Of an operator suite: a
    file with one ATen operator a line.

    Example:  triton-data curate fingerprint KernelBench/KernelBench --name KernelBench
    """
    from triton_data.curate.benchmarks.fingerprints import SUFFIX
    from triton_data.curate.benchmarks.read_benchmark import fingerprint as take

    with tqdm(desc="fingerprint", unit="problem", disable=None) as bar:
        made = take(folder, name, out or Path(f"{name}{SUFFIX}"), allow_unsafe_exec, lambda done: bar.update(done))
    if as_json:
        click.echo(json.dumps({**asdict(made), "path": str(made.path)}))
        return
    for problem, why in made.untraced:
        click.echo(f"{problem}: no graph: {why[:100]}", err=True)
    click.echo(f"{made.path}: {made.problems} problems, {made.traced} of them with a traced graph")


@curate.command()
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Pairs to print.")
@click.option("--clusters", is_flag=True, help="The least alike members of each cluster of copies instead.")
@click.option("--lines", type=click.IntRange(min=0), default=8, show_default=True, help="Of each text.")
@options.RUN_DIR
@options.JSON
def audit(limit: int, clusters: bool, lines: int, run_dir: Path, as_json: bool) -> None:
    """Print what came nearest to a benchmark's problem, dropped or not, for the eye; or, with --clusters, the
    copies that are least like what stands for them, why they were merged, and the hashes of both.

    Example:  triton-data curate audit --run-dir runs/quickstart --limit 5
    """
    from triton_data.curate.cluster_audit import Merged, least_alike
    from triton_data.curate.summary import Near, nearest

    with Store.read(run_dir) as store:
        rows: Iterator[Near | Merged] = least_alike(store, limit) if clusters else nearest(store, limit)
        for found in rows:
            if as_json:
                click.echo(json.dumps(asdict(found)))
            else:
                click.echo(found.text_for_eye(lines))
