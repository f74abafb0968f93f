"""How the outputs of one graph become what the program returns.

In: what the program returned, and what its only graph was called with and made. Out: an expression over `out` and the
graph's inputs, such as `(out[0], {'loss': out[1]}, L['x'])`, or '' where it cannot be told: then something besides the
graph made a part of it, and the graph alone is not the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch


class Untold(Exception):
    """A part of the result that no output, input or literal accounts for."""


def expression(result: Any, inputs: Sequence[Any], sources: Sequence[str], outputs: Sequence[Any]) -> str:
    names = {id(value): source for value, source in zip(inputs, sources, strict=False) if source}
    names |= {id(value): f"out[{index}]" for index, value in enumerate(outputs)}
    try:
        return _spell(result, names)
    except Untold:
        return ""


def _spell(value: Any, names: dict[int, str]) -> str:
    if isinstance(value, torch.Tensor):
        if id(value) not in names:
            raise Untold
        return names[id(value)]
    if value is None or type(value) in (bool, int, float, str):
        return repr(value)
    if type(value) is tuple or type(value).__module__ == "torch.return_types":
        return f"({', '.join(_spell(item, names) for item in value)}{',' if len(value) == 1 else ''})"
    if type(value) is list:
        return f"[{', '.join(_spell(item, names) for item in value)}]"
    if type(value) is dict and all(type(key) is str for key in value):
        return f"{{{', '.join(f'{key!r}: {_spell(item, names)}' for key, item in value.items())}}}"
    raise Untold
