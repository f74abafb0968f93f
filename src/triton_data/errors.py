"""What can go wrong, in two kinds.

Bad data is a value: a `Drop` record (see records/records.py). What a *user* did wrong is a `Misuse`: the command
line prints its one line and exits 2. Every other exception is a bug and keeps its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class Misuse(Exception):
    """A user's mistake. The message says what is wrong and what to type instead, in one line."""


class MissingExtra(Misuse):
    def __init__(self, extra: str, needed_for: str) -> None:
        super().__init__(f"{needed_for} needs the extra [{extra}]: pip install 'triton-data[{extra}]'")


class Stopped(Exception):
    """The user asked for an orderly stop; everything finished so far is committed."""


def closest(word: str, known: Iterable[str]) -> str:
    """' (did you mean X?)' where one of the known words is near, else the list of them."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1)
    return f" (did you mean {near[0]!r}?)" if near else f" (known: {', '.join(names)})"
