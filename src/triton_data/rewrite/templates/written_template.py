"""A product as it stands in the file: the launch binds its sizes, reads strides from tensors, and has a grid of tiles.

In: what templates/written.py made of the kernel, under its new names. Out: lines and statements, as of any kernel.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from triton_data.rewrite import printer, tree
from triton_data.rewrite.host.layout import Layout
from triton_data.rewrite.host.read_call import Launch
from triton_data.rewrite.kernel.written import Written
from triton_data.rewrite.templates.written import Filled, Launching

STEP = printer.STEP
LONGEST_BOUND = 84  # of a line that binds sizes


class WrittenTemplate(Written):
    """A product or a convolution: its sizes and strides are read from the tensors."""

    def __init__(
        self, filled: Filled, title: str, names: dict[str, str], autotune: bool, helpers: set[str], reserved: set[str]
    ) -> None:
        super().__init__(filled.kernel, title, names, filled.configs, autotune, helpers)
        self.filled, self.reserved = filled, reserved

    def _autotune(self) -> list[str]:
        lines = super()._autotune()
        sizes = [self.names.get(n, n) for n in self.filled.body.sizes if self._is_used(n)]
        return [f"{STEP}key={sizes!r}," if line.startswith(f"{STEP}key=") else line for line in lines]

    def launch(self, arguments: list[ast.expr], layouts: Sequence[Layout | None] = ()) -> list[ast.stmt]:
        launching = Launching(self.filled, Launch(self.kernel, arguments, list(layouts)))
        body = self.filled.body
        sizes = {name: launching.value(name) for name in body.sizes if self._is_used(name) or name == "znumel"}
        short = {name: self.names.get(name, name) for name in sizes}
        lines = list[str]()
        if not {*short.values()} & self.reserved:
            lines += _bound([(short[name], value) for name, value in sizes.items()])
            sizes = short
        spoken = {name: ast.unparse(value) for name, value in launching.passed.items()}
        spoken |= sizes | {name: launching.value(name) for name in body.strides.known}
        passed = [spoken[name] for name in self._order() if name in spoken]
        options = [f"{self.names.get(b, b)}={v}" for b, v in body.fixed.items() if self._is_used(b)]
        if not self.tuned:
            first = self.configs[0]
            options += [f"{self.names.get(b, b)}={v}" for b, v in first.blocks if self._is_used(b)]
            options += [f"num_warps={first.num_warps}", f"num_stages={first.num_stages}"]
        parts = ", ".join(self._spoken(part, sizes) for part in body.grid)
        lines.append(f"grid = lambda meta: ({parts},)")
        lines.append(f"{self.title}[grid]({', '.join([*passed, *options])})")
        return [tree.statement(line) for line in lines]

    def _order(self) -> list[str]:
        """Parameters as the kernel takes them, in their old names."""
        old = {new: name for name, new in self.names.items()}
        return [old.get(name, name) for name in self._parameters()]

    def _spoken(self, part: str, sizes: Mapping[str, str]) -> str:
        by = {name: tree.expression(text) for name, text in sizes.items()}
        text = ast.unparse(tree.Substitute(by).visit(tree.expression(part)))
        return re.sub(r"meta\['(\w+)'\]", lambda found: f"meta['{self.names.get(found[1], found[1])}']", text)


def _bound(pairs: list[tuple[str, str]]) -> list[str]:
    """`M, N, K = …`, as many on a line as fit."""
    lines: list[list[tuple[str, str]]] = [[]]
    for pair in pairs:
        if lines[-1] and sum(len(name) + len(value) + 4 for name, value in [*lines[-1], pair]) > LONGEST_BOUND:
            lines.append([])
        lines[-1].append(pair)
    return [f"{', '.join(name for name, _ in line)} = {', '.join(value for _, value in line)}" for line in lines]
