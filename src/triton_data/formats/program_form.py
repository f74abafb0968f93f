"""KernelBench's form of a program: one file with an entry, `get_inputs()` and, for a class, `get_init_inputs()`.

In: a file's text and name, or what its functions returned. Out: a Program or a Drop; arguments and keywords.
Not covered: running it. Reading a file here executes nothing.
"""

from __future__ import annotations

import ast
from typing import Any

from triton_data.records import Drop, Origin, Program

INPUTS = ("get_inputs", "get_init_inputs")
ENTRIES = ("Model", "fused_operator")  # what the entry is called where it is not called like its file


def read_program(text: str, stem: str, origin: Origin) -> Program | Drop:
    """The entry is the class or function named like the file, or a known name, or else the last class."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        return Drop("syntax", f"{type(error).__name__}: {error}")
    names = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    if "get_inputs" not in names:
        return Drop("no_inputs", "the file has no get_inputs(): `triton-data extract` finds inputs for modules")
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    for entry in (stem, *ENTRIES, *reversed(classes)):
        if entry in names:
            return Program(entry, text, "given", origin)
    return Drop("no_entry", f"no class or function named {stem!r}, {' or '.join(ENTRIES)}")


def arguments(given: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """`[x, y]`, `[[x, y], {...}]` and `([x, y], {...})` are all in use: a trailing dict after one sequence
    means keywords, anything else is positional."""
    if isinstance(given, dict):
        return (), dict(given)
    if not isinstance(given, list | tuple):
        return (given,), {}
    if len(given) == 2 and isinstance(given[0], list | tuple) and isinstance(given[1], dict):
        return tuple(given[0]), dict(given[1])
    return tuple(given), {}
