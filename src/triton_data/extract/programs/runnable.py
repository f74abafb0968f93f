"""Standalone files that run with and without a GPU.

In: a `Repo` and the names to start from. Out: their closure, with Triton's interpreter for files that launch kernels.
Not covered: running them (probe_client.py).
"""

from __future__ import annotations

from dataclasses import replace

from triton_data.extract.closure.closure import Closed, close
from triton_data.extract.programs.interpreted import with_interpreter
from triton_data.extract.source.repo import Key, Repo
from triton_data.records import Drop


def runnable(repo: Repo, roots: list[Key]) -> Closed | Drop:
    closed = close(repo, roots)
    return closed if isinstance(closed, Drop) else replace(closed, text=with_interpreter(closed.text))
