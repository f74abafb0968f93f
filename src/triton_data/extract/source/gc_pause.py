"""Hold the garbage collector back while many objects are made of which none is garbage.

Syntax trees are hundreds of thousands of objects without circles, and a repository's trees live until it is done;
walking them again and again costs more than half the time. What is made under `no_collection` is set aside, out of the
collector's sight, until the repository that it belongs to ends: that is the bound on what it can hold on to.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.freeze()
            gc.enable()


@contextmanager
def one_repository() -> Iterator[None]:
    """Around all work on one repository: afterwards the collector sees everything again."""
    try:
        yield
    finally:
        gc.unfreeze()
