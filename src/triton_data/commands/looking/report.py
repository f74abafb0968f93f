"""The verb report: a run as a folder of pages that opens from disk.

In: flags. Out: the folder, and where it lies. Not covered: what is on the pages (report/).
"""

from __future__ import annotations

import json
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triton_data import pipeline
from triton_data.commands import options
from triton_data.errors import Misuse
from triton_data.records import Program
from triton_data.store import Store

if TYPE_CHECKING:
    from triton_data.report.folder import Report

OUT, ANSWERS = "report", "eval"  # below the run's folder


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="The folder.  [default: report/ in the run's]")
@click.option("--eval", "answers", type=click.Path(path_type=Path),
              help="What `eval --out DIR` wrote.  [default: eval/ in the run's]")  # fmt: skip
@click.option("--open", "opened", is_flag=True, help="Show it in the browser.")
@click.option("--force", is_flag=True, help="Replace a folder that is no report.")
@click.option("--synth", is_flag=True, help="No pages: print the analysis of modules that a language model wrote.")
@options.RUN_DIR
@options.JSON
def report(out: Path | None, answers: Path | None, opened: bool, force: bool, synth: bool, run_dir: Path,
           as_json: bool) -> None:  # fmt: skip
    """Write pages that show a run: what became of what and why, every pair side by side with its verdict, plots.

    The folder opens from disk, with no server and no network. index.html#pair=ID shows one pair.

    Example:  triton-data report --run-dir runs/quickstart --open

    Example:  triton-data report --run-dir runs/quickstart --eval runs/answers --out pages
    """
    if synth:
        _synthesis(run_dir, as_json)
        return
    if answers is not None and not answers.is_dir():
        raise Misuse(f"no folder {answers}: name the one that `triton-data eval … --out DIR` wrote")
    with Store.read(run_dir) as store:
        made = make(store, out, answers, force)
    if as_json:
        click.echo(json.dumps({"page": str(made.page), "entries": made.entries, "bytes": made.bytes}))
    else:
        click.echo(f"{made.page}: {made.entries} pairs and kernels, {made.bytes / 1e6:.1f} MB")
    if opened:
        webbrowser.open(made.page.resolve().as_uri())


def _synthesis(run_dir: Path, as_json: bool) -> None:
    from triton_data.report import synthesis

    with Store.read(run_dir) as store:
        found = synthesis.analyse(store)
    if not found.samples:
        raise Misuse(f"no modules by a language model in {run_dir}: first triton-data generate llm --run-dir {run_dir}")
    click.echo(json.dumps(found.to_json()) if as_json else synthesis.words(found))


def make(store: Store, out: Path | None = None, answers: Path | None = None, force: bool = False) -> Report:
    """Imported when it is asked for: `--help` needs no templates."""
    from triton_data.commands.looking.meanings import meaning
    from triton_data.report import dropped, evaluation
    from triton_data.report.folder import Known, write

    folder = answers or store.run_dir / ANSWERS
    found = evaluation.read(folder, _references(store)) if folder.is_dir() else None
    known = Known(pipeline.funnel(store), dropped.advice(store), meaning, found)
    return write(store, out or store.run_dir / OUT, known, force)


def _references(store: Store) -> Mapping[str, str]:
    """By the key that `eval` gives to a program of a run."""
    return {f"{program.entry}-{program.key[:8]}": program.text for program in store.records(Program)}
