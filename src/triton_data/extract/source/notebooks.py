"""Notebooks as Python files: the code cells one after another.

In: the bytes of an `.ipynb` file. Out: Python source, or `Unreadable` for what is no notebook.
Cells that only IPython can read stay as comments, so that the classes of the other cells are found; `%magics`,
`!commands` and questions with `?` become `pass`. Not covered: outputs, and cells that were run in another order.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import Any

SUFFIX = ".ipynb"
_COMMAND = re.compile(r"^([ \t]*)(?:[%!?]|[\w.]+\?\??[ \t]*$).*", re.M)
_OUTPUT_OF_COMMAND = re.compile(r"^([ \t]*)[\w, \t]+=[ \t]*[%!].*", re.M)
_RUNS_PYTHON = re.compile(r"%%(time|timeit|capture|prun)\b")


class Unreadable(ValueError):
    """Why this is no notebook."""


def python_of(data: bytes) -> bytes:
    try:
        book = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {error}") from error
    cells = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(cells, list):
        raise Unreadable("no notebook: it has no list of cells")
    code = [_text(cell) for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    return "\n\n".join(map(_plain, filter(None, code))).encode("utf-8", "surrogateescape")


def _text(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    lines = source if isinstance(source, list) else [source]
    return "".join(line for line in lines if isinstance(line, str)).strip("\n")


def _plain(cell: str) -> str:
    if cell.startswith("%%") and not _RUNS_PYTHON.match(cell):
        return _commented(cell)
    plain = _OUTPUT_OF_COMMAND.sub(r"\1pass", _COMMAND.sub(r"\1pass", cell))
    for text in (cell, plain):  # a line of a string may begin with % or !
        if _is_python(text):
            return text
    return _commented(cell)


def _is_python(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _commented(cell: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in cell.split("\n"))
