"""The verb that keeps jails ready between commands."""

from __future__ import annotations

import json
from typing import Any

import click

from triton_data.commands import options
from triton_data.jail.standing.start import asked, serving


@click.command()
@click.option("--minutes", type=click.FloatRange(min=0.1), default=10.0, show_default=True,
              help="Without use, after which they go.")  # fmt: skip
@click.option("--stop", is_flag=True, help="End it now.")
@click.option("--list", "listed", is_flag=True, help="Print what is ready.")
@options.UNSAFE
@options.JSON
def warm(minutes: float, stop: bool, listed: bool, allow_unsafe_exec: bool, as_json: bool) -> None:
    """Keep what verify, capture, rewrite and extract load ready between commands.

    Loading takes such a command most of its seconds. What is loaded waits in processes of some 400 MiB each, which
    every later command of yours takes by itself; they go after some minutes without use. TRITON_DATA_WARM=off leaves
    a command out.

    Example:  triton-data warm --minutes 30

    Example:  triton-data warm --stop
    """
    if stop or listed:
        said = asked({"stop": True} if stop else {"list": True})
        _print(said, as_json)
        raise SystemExit(0 if said else 1)
    serving(60 * minutes)
    from triton_data.without_run.warm import loaded

    for name in loaded(allow_unsafe_exec):
        click.echo(f"{name} is ready", err=True)
    kept = asked({"list": True})
    _print(kept, as_json)
    if not (kept and kept["jails"]):
        raise SystemExit(1)


def _print(said: dict[str, Any] | None, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(said or {}))
    elif said is None:
        click.echo("nothing is kept ready: triton-data warm")
    elif "stopping" in said:
        click.echo("it ends")
    else:
        for row in said["jails"]:
            use = f"{row['users']} at it" if row["users"] else f"unused for {row['unused_s']:.0f} s"
            click.echo(f"{row['loaded'][-1]}: {use}")
        click.echo(f"they go after {said['idle_s'] / 60:g} minutes without use, or: triton-data warm --stop")
