"""Options that several verbs share, so that they are spelled and explained once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from triton_data.errors import Misuse

RUN_DIR = click.option(
    "--run-dir",
    type=click.Path(path_type=Path),
    default=Path("runs/default"),
    show_default=True,
    help="The run's folder.",
)
OFFLINE = click.option("--offline", is_flag=True, help="Install nothing that sources require; ask no index.")
JOBS = click.option("--jobs", type=click.IntRange(min=1), help="Worker processes; one a core if not given.")
JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout, one object a line.")
UNSAFE = click.option("--allow-unsafe-exec", is_flag=True, help="Run foreign code even where it cannot be confined.")
LIBRARIES = click.option(
    "--libraries",
    type=click.Choice(["keep", "triton"]),
    help="triton: products, convolutions and attention become kernels too.  [default: keep]",
)

LLM_MODEL = click.option("--llm-model", metavar="NAME", help="Ask this model for inputs that nothing else finds.")
LLM_URL = click.option("--llm-url", metavar="URL", help="Its server, such as http://localhost:8000/v1.")

_GATHERING = (
    click.option("--min-stars", type=click.IntRange(min=0), help="GitHub: fewest stars.  [default: 100]"),
    click.option("--limit", type=click.IntRange(min=1), help="Stop after so many repositories."),
    click.option("--query", help="GitHub's search words, instead of ours; | between several."),
    click.option("--repos-file", help="owner/name or URL a line: these, instead of a search."),
    click.option("--names-file", help="Packages, most wanted first: for pypi-top."),
    click.option("--since", metavar="DATE", help="GitHub: pushed on this day or later, such as 2026-01-31."),
    click.option("--opt-out", metavar="FILE", help="Owners and owner/name to leave out, one a line."),
    click.option("--base-url", help="GitHub Enterprise: https://HOST/api/v3."),
    click.option("--refresh", is_flag=True, help="Ask everything anew; unchanged commits are not fetched again."),
    click.option("--dry-run", is_flag=True, help="Print what would be asked, and how long it would take."),
)


def gathering(command: Callable[..., None]) -> Callable[..., None]:
    """Where to find code: what `scrape` and the door scrape_github.py have in common."""
    for option in reversed(_GATHERING):
        command = option(command)
    return command


def writable(folder: Path | None) -> None:
    """Whether files can be made in a folder is asked before minutes of work, not after; the asking leaves nothing."""
    if folder is None:
        return
    absent = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        for place in absent:
            place.rmdir()
    except OSError as error:
        raise Misuse(f"cannot write under {folder}: {error.strerror}; name another --out") from error


def listed(text: str | None) -> tuple[str, ...] | None:
    """'a,b' as ('a', 'b'); None stays None, so that a setting of the run or its default holds."""
    return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())
