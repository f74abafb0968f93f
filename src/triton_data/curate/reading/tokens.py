"""How many tokens a text is, and who counted.

In: a text. Out: a count: by tiktoken's o200k_base where the package and its vocabulary are there, else an estimate
from pieces that its splitter would make. Not covered: the tokenizer of the model that will be trained.
"""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import Any

ENCODING = "o200k_base"
ESTIMATE = "estimate"
_PIECE = re.compile(r"(?:[^\r\n\w]|_)?[^\W\d_]+|\d{1,3}| ?(?:[^\s\w]|_)+[\r\n]*|\s+")
_LETTERS = 9  # a longer piece is two tokens or more


@cache
def _encoding() -> Any:
    try:
        return importlib.import_module("tiktoken").get_encoding(ENCODING)
    except (ImportError, OSError):  # its vocabulary is fetched on first use, which fails without a network
        return None


def counted_by() -> str:
    return ESTIMATE if _encoding() is None else f"tiktoken {ENCODING}"


def count(text: str) -> int:
    encoding = _encoding()
    if encoding is None:
        return estimate(text)
    return len(encoding.encode(text, disallowed_special=()))


def estimate(text: str) -> int:
    return sum(1 + (len(piece) - 1) // _LETTERS for piece in _PIECE.findall(text))
