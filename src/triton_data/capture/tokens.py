"""How many tokens a text is, for a reader who sizes a dataset.

Enters: texts. Leaves: a count and who counted: tiktoken where it is installed and has its vocabulary, else an
estimate. Not covered: the tokenizer of the model that will be trained.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable

ENCODING = "cl100k_base"
_CHARACTERS_PER_TOKEN = 3  # a round guess for code, not a measurement


def count_tokens(texts: Iterable[str]) -> tuple[int, str]:
    try:
        tiktoken = importlib.import_module("tiktoken")
        encoding = tiktoken.get_encoding(ENCODING)
    except (ImportError, OSError):  # its vocabulary is fetched on first use, which fails without a network
        return round(
            sum(map(len, texts)) / _CHARACTERS_PER_TOKEN
        ), f"estimated, {_CHARACTERS_PER_TOKEN} characters each"
    return sum(len(encoding.encode(text, disallowed_special=())) for text in texts), f"tiktoken {ENCODING}"
