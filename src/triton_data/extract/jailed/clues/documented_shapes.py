"""Shapes that an author wrote in words: `x: (B, C, H, W)`, ``x`` (torch.Tensor): ... of shape [batch, time, dim].

In: docstrings and comments of a class as text. Out: for an argument's name the axes as written.
Not covered: which size an axis has (`axis_size` of jailed/guess/guess.py).
"""

from __future__ import annotations

import re

_AXIS = r"[A-Za-z_*][\w*'/^{}\\ .+-]*|\d+|\.\.\.|…"
_SHAPE = re.compile(rf"[(\[{{]\s*((?:{_AXIS})(?:\s*[,×]\s*(?:{_AXIS}))*,?)\s*[)\]}}]")
_TYPES = frozenset(
    [
        "int",
        "str",
        "float",
        "bool",
        "optional",
        "torch.tensor",
        "tensor",
        "list",
        "tuple",
        "nn.module",
        "none",
        "torch.floattensor",
        "torch.longtensor",
        "default",
        "callable",
        "dict",
        "module",
    ]
)

_ATTRIBUTE = re.compile(r"[^\W\d]\.[^\W\d]")
_CALLED = re.compile(r"(?<!Tensor)(?<!tensor)(?<!shape)(?<!Shape)(?<=\w)$")


def written_shapes(text: str, names: list[str]) -> dict[str, list[str]]:
    """The first shape within reach of each argument's name."""
    found: dict[str, list[str]] = {}
    for name in names:
        for place in re.finditer(rf"(?<![\w.]){re.escape(name)}(?![\w(])", text):
            axes = _shape_after(text[place.end() : place.end() + 220])
            if axes:
                found[name] = axes
                break
    if not found and len(names) == 1:
        called = re.search(r"(?i)\binputs?\b\W", text)
        axes = _shape_after(text[called.end() : called.end() + 160]) if called else []
        if axes:
            found[names[0]] = axes
    return found


def _shape_after(text: str) -> list[str]:
    text = re.split(r"\n\s*\n|\n\s*(?:Returns?|Outputs?|Return)\b", text)[0]
    for match in _SHAPE.finditer(text):
        axes = [axis.strip(" `'\\") for axis in re.split(r"[,×]", match[1]) if axis.strip()]
        words = {axis.lower() for axis in axes}
        if _called(text[: match.start()], match[0]) or any(_ATTRIBUTE.search(axis) for axis in axes):
            continue
        if words & _TYPES or not all(re.fullmatch(r"[\w*'/^{}\\ .+…-]{1,32}", axis) for axis in axes):
            continue
        if len(axes) == 1 and not match[0].rstrip(" )]}").endswith(","):
            continue
        if len(axes) <= 6 and all(len(axis.split()) <= 3 for axis in axes):
            return axes
    return []


def _called(before: str, found: str) -> bool:
    """`layer(gate, y, weight, bias)` is a call and no shape."""
    return found.startswith("(") and _CALLED.search(before) is not None
