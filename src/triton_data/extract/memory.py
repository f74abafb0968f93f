"""Hold the garbage collector back while many objects are made of which none is garbage.

Syntax trees are hundreds of thousands of objects without circles; walking them again and again costs half the time.
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
            gc.enable()
