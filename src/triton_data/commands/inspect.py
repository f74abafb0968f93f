"""Verbs that look and change nothing: doctor and status."""

from __future__ import annotations

import json
from pathlib import Path

import click

from triton_data import pipeline
from triton_data.commands import options
from triton_data.commands.looking.dropped import line, printable
from triton_data.report.dropped import advice, rows
from triton_data.store import Store


@click.command()
@click.option("--run-dir", type=click.Path(path_type=Path), default=Path("runs"), help="Where free disk is looked up.")
@click.option("--try", "file", type=click.Path(path_type=Path), help="Run this file's main() in the jail; prints JSON.")
@click.option("--profile", default="run", show_default=True, help="With --try: run, compile or gpu.")
@options.UNSAFE
@options.JSON
def doctor(run_dir: Path, file: Path | None, profile: str, allow_unsafe_exec: bool, as_json: bool) -> None:
    """Print what this machine can do, and what is missing for what.

    Example:  triton-data doctor --json

    Example:  triton-data doctor --try FILE.py --profile run
    """
    if file is not None:
        _try(file, profile, allow_unsafe_exec)
        return
    from triton_data.commands.looking import doctor as room
    from triton_data.commands.terminal_tables import console, facts_table

    facts = room.examine(run_dir)
    if as_json:
        click.echo(json.dumps(facts))
    else:
        console().print(facts_table(room.lines(facts)))


def _try(file: Path, profile: str, allow_unsafe: bool) -> None:
    from triton_data.jail import try_file

    result = try_file(file, profile, allow_unsafe=allow_unsafe)
    click.echo(json.dumps(result))
    if result["status"] != "ok":
        raise SystemExit(1)


@click.command()
@click.option("--dropped", is_flag=False, flag_value="", metavar="[REASON]", help="What was dropped, with messages.")
@options.RUN_DIR
@options.JSON
def status(dropped: str | None, run_dir: Path, as_json: bool) -> None:
    """Print the funnel of a run: done, pending, dropped by reason, records made.

    Example:  triton-data status --run-dir runs/quickstart --json

    Example:  triton-data status --run-dir runs/quickstart --dropped construct_failed
    """
    with Store.read(run_dir) as store:
        if dropped is None:
            print_funnel(store, as_json)
            return
        for row in rows(store, dropped):
            click.echo(json.dumps(row) if as_json else line(row))


def print_funnel(store: Store, as_json: bool) -> None:
    funnel = pipeline.funnel(store)
    if as_json:
        click.echo(json.dumps(funnel))
        return
    from triton_data.commands.terminal_tables import console, funnel_table, kernels_line, nodes_table

    console().print(funnel_table(funnel))
    if nodes := funnel.get("nodes"):
        console().print(nodes_table(str(store.run_dir), nodes))
    if line := kernels_line(funnel):
        console().print(line)
    for words in advice(store):
        console().print(printable(words), soft_wrap=True, markup=False)
    if any(row["dropped"] for row in funnel["stages"].values()):
        click.echo(f"what was dropped: triton-data status --run-dir {store.run_dir} --dropped")
