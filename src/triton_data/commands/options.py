"""Options that several verbs share, so that they are spelled and explained once."""

from __future__ import annotations

from pathlib import Path

import click

RUN_DIR = click.option(
    "--run-dir",
    type=click.Path(path_type=Path),
    default=Path("runs/default"),
    show_default=True,
    help="The run's folder.",
)
JOBS = click.option("--jobs", type=click.IntRange(min=1), help="Worker processes; one a core if not given.")
JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout, one object a line.")
UNSAFE = click.option("--allow-unsafe-exec", is_flag=True, help="Run foreign code even where it cannot be confined.")


def listed(text: str | None) -> tuple[str, ...] | None:
    """'a,b' as ('a', 'b'); None stays None, so that a setting of the run or its default holds."""
    return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())
