"""What a licence lets a dataset do.

In: an SPDX expression, and the licences that are wanted. Out: whether one may keep what is under it. `A OR B` needs
one of them, `A AND B` both. Not covered: what attribution a licence asks for (the exports carry origin and licence).
"""

from __future__ import annotations

import re
from collections.abc import Collection

PERMISSIVE = (
    "MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear", "0BSD", "ISC", "Unlicense",
    "CC0-1.0", "BSL-1.0", "Zlib", "Python-2.0", "PSF-2.0", "HPND", "NCSA", "PostgreSQL", "WTFPL", "X11", "CC-BY-4.0",
)  # fmt: skip
OWN = ("dir", "given", "generated")  # the user's own files; what no licence file covers is theirs to use
_WORD = re.compile(r"\(|\)|[^\s()]+")


def allowed(expression: str, wanted: Collection[str]) -> bool:
    known = {name.lower() for name in wanted}
    words = _WORD.findall(expression)
    return bool(words) and _any(words, known) and not words


def _any(words: list[str], known: set[str]) -> bool:
    result = _all(words, known)
    while words and words[0] == "OR":
        words.pop(0)
        result = _all(words, known) or result
    return result


def _all(words: list[str], known: set[str]) -> bool:
    result = _one(words, known)
    while words and words[0] == "AND":
        words.pop(0)
        result = _one(words, known) and result
    return result


def _one(words: list[str], known: set[str]) -> bool:
    word = words.pop(0) if words else ""
    if word == "(":
        result = _any(words, known)
        if words and words[0] == ")":
            words.pop(0)
        return result
    if words and words[0] == "WITH":  # an exception only adds to what is allowed
        del words[:2]
    return word.lower() in known
