"""Loads what single verdicts, captures and extractions need into jails that outlast this command.

In: a server that keeps jails (jail/standing). Out: nothing; the jails are there. Each is asked for as its room would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from triton_data.capture.stage import headless_jail
from triton_data.extract.stage import open_jail
from triton_data.rewrite.stage import rewriting_jail
from triton_data.verify.bench.bench import open_bench

ROOMS: tuple[tuple[str, Callable[[bool], AbstractContextManager[object]]], ...] = (
    ("verify", lambda unsafe: open_bench("cpu", unsafe)),
    ("capture", headless_jail),
    ("rewrite", rewriting_jail),
    ("extract", open_jail),
)


def loaded(allow_unsafe: bool = False) -> Iterator[str]:
    """Names, each as it becomes ready."""
    for name, opened in ROOMS:
        with opened(allow_unsafe):
            yield name
