"""The verb merge: runs that several machines made, as one."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from triton_data import pipeline
from triton_data.commands import options
from triton_data.errors import Misuse
from triton_data.store import Store, merging


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN...")
@click.option("--into", required=True, type=click.Path(path_type=Path), help="The run they go into; made if need be.")
@options.JSON
def merge(runs: tuple[Path, ...], into: Path, as_json: bool) -> None:
    """Bring several runs together in one, for those who shard by hand.

    Records that are equal become one, and what differs is counted. What is done in one run need not be done again.
    Files are linked, not copied, where all lie on one disk. Curation comes afterwards: it is about the whole.

    Example:  triton-data merge runs/part-1 runs/part-2 --into runs/all
    """
    for run in runs:
        if not (run / "run.db").is_file():
            raise Misuse(f"no run in {run}: name folders that hold a run.db")
    with Store.open(into) as store:
        for run in runs:
            found = merging.merge(store, run)
            with Store.read(run) as source:
                theirs = pipeline.saved_config(source)
            pipeline.remember(store, pipeline.together(pipeline.saved_config(store), theirs, into))
            if as_json:
                click.echo(json.dumps({"run": str(run), "tables": [asdict(each) for each in found]}))
            else:
                click.echo(f"{run}: " + "; ".join(str(each) for each in found if each.new or each.equal))
    if not as_json:
        click.echo(f"next: triton-data curate --run-dir {into}", err=True)
