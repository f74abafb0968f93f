"""Put a Program's text together: the standalone file, then `get_inputs()` and `get_init_inputs()`.

In: text and arguments as source text, with ⟦marked⟧ names. Out: the file as KernelBench writes it.
Not covered: whether it runs (check.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from triton_data.extract.wire import Arguments

MARK = re.compile("⟦([^⟦⟧]*)⟧")
_KEYWORD = re.compile(r"([^\W\d]\w*)=(?!=)(.*)", re.S)
_LIBRARIES = ("torch", "math", "functools", "types")


def unmarked(text: str) -> str:
    return MARK.sub(lambda found: found[1], text)


def assemble(text: str, arguments: Arguments) -> str:
    inputs = _returned(arguments.inputs)
    args = ", ".join(unmarked(value) for value in arguments.init)
    kwargs = ", ".join(f'"{key}": {unmarked(value)}' for key, value in arguments.init_kw.items())
    tail = [
        "def get_inputs():",
        f"    return {inputs}",
        "",
        "",
        "def get_init_inputs():",
        f"    return [[{args}], {{{kwargs}}}]",
    ]
    if arguments.more_inputs:
        tail += ["", "", "def get_more_inputs():", "    return ["]
        tail += [f"        {_returned(values)}," for values in arguments.more_inputs]
        tail += ["    ]"]
    body = "\n".join(tail)
    needed = [name for name in _LIBRARIES if re.search(rf"(?<![\w.]){name}\.", body)]
    missing = [f"import {name}" for name in needed if not re.search(rf"^import {name}$", text, re.M)]
    return f"{_with_imports(text, missing)}\n\n{body}\n"


def assemble_with(text: str, inputs: str) -> str:
    """A function with inputs that are written already."""
    imports = [line for line in inputs.splitlines() if line.startswith("import ")]
    rest = "\n".join(line for line in inputs.splitlines() if not line.startswith("import ")).strip()
    missing = [line for line in imports if line not in text.splitlines()]
    return f"{_with_imports(text, missing).rstrip()}\n\n\n{rest}\n\n\ndef get_init_inputs():\n    return []\n"


def inputs_text(text: str, arguments: Sequence[str]) -> str:
    """`get_inputs()` for a function of the text, to stand behind it; arguments as they stand in a call."""
    body = f"def get_inputs():\n    return {_returned(arguments)}\n"
    needed = [name for name in _LIBRARIES if re.search(rf"(?<![\w.]){name}\.", body)]
    missing = [f"import {name}" for name in needed if not re.search(rf"^import {name}$", text, re.M)]
    return "\n".join([*missing, "", "", body]) if missing else body


def more_inputs_text(calls: Sequence[Sequence[str]]) -> str:
    """Behind `inputs_text()`: further calls, in the same form."""
    lines = [f"        {_returned(arguments)}," for arguments in calls]
    return "\n".join(["", "", "def get_more_inputs():", "    return [", *lines, "    ]", ""])


def _returned(arguments: Sequence[str]) -> str:
    """`[x, y]`; with keyword-only arguments `[[x], {"y": y}]`, as `get_init_inputs()` has them."""
    pairs = [_KEYWORD.match(unmarked(text)) for text in arguments]
    places = ", ".join(unmarked(text) for text, pair in zip(arguments, pairs, strict=True) if pair is None)
    keywords = ", ".join(f'"{pair[1]}": {pair[2]}' for pair in pairs if pair is not None)
    return f"[[{places}], {{{keywords}}}]" if keywords else f"[{places}]"


def _with_imports(text: str, lines: list[str]) -> str:
    if not lines:
        return text
    future = "from __future__ import annotations\n"
    block = "\n".join(lines) + "\n"
    if text.startswith(future):
        return f"{future}\n{block}{text.removeprefix(future).lstrip(chr(10))}"
    gap = "" if text.startswith(("import ", "from ")) else "\n\n"
    return block + gap + text
