"""What a capture with symbolic sizes leaves open: names for the sizes, and what the file takes for granted about them.

In: what each input of the graph is, and the guards under which it was traced. Out: names such as `size_0` for
`x.size(0)`, the lines that read them, and assertions. Not covered: the bounds of 32-bit indices, which kernels commonly
leave unsaid.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from triton_data.rewrite import tree
from triton_data.rewrite.naming import fresh

_OPEN = re.compile(r"^(?P<tensor>.+)\.(?P<what>size|stride)\((?P<axis>\d+)\)$")
_INT32 = re.compile(r"\b214748364[78]|\b2147483649")
_FUNCTIONS = {"max", "min", "abs", "math"}


@dataclass
class OpenSizes:
    names: dict[str, str] = field(default_factory=dict)  # input of the graph -> size_0
    read: dict[str, str] = field(default_factory=dict)  # size_0 -> x.size(0)
    guards: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        if not self.read:
            return []
        return [
            f"{', '.join(self.read)} = {', '.join(self.read.values())}",
            *(f"assert {each}" for each in self.guards),
        ]

    def is_said(self, tensor: str, sizes: list[str]) -> bool:
        """Whether a tensor's sizes are what they are by definition, so that checking them would check nothing."""
        return all(self.read.get(size) == f"{tensor}.size({axis})" for axis, size in enumerate(sizes))


def open_sizes(inputs: dict[str, str], taken: Iterable[str]) -> OpenSizes:
    found = OpenSizes()
    names = set(taken)
    for argument, text in inputs.items():
        if match := _OPEN.match(text):
            name = fresh(f"{match['what']}_{match['axis']}", names)
            found.names[argument] = name
            found.read[name] = text
    return found


def understood(guards: Iterable[str], resolve: Callable[[ast.expr], ast.expr], sizes: OpenSizes) -> list[str]:
    """The guards about open sizes, in the names of the file; those about sizes that are fixed are said elsewhere."""
    kept: list[str] = []
    for guard in guards:
        try:
            node = resolve(tree.expression(guard))
        except SyntaxError:
            continue
        names = set(tree.used(node)) - _FUNCTIONS
        text = ast.unparse(node)
        if names and names <= set(sizes.read) and not _INT32.search(text) and text not in kept:
            kept.append(text)
    return kept
