"""Sizes and strides on the host side: which views have a plain name, and which allocations are contiguous.

In: size and stride tuples as Inductor wrote them, numbers or symbols. Out: `x.t()`, `x.view(...)`, or None where only
an explicit strided view says the same. Symbols are compared as text, so two spellings of one size count as different.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Layout:
    size: ast.expr
    stride: ast.expr

    @property
    def sizes(self) -> list[str]:
        return _parts(self.size)

    @property
    def strides(self) -> list[str]:
        return _parts(self.stride)


@dataclass
class Layouts:
    known: dict[str, Layout] = field(default_factory=dict)
    arguments: dict[str, Layout] = field(default_factory=dict)  # what forward's own arguments must look like
    weights: dict[str, Layout] = field(default_factory=dict)  # and what the module holds

    def learn(self, name: str, size: ast.expr, stride: ast.expr) -> None:
        self.known[name] = Layout(size, stride)

    def view(self, base: ast.expr, source: str, wanted: Layout, offset: str) -> str | None:
        if not isinstance(base, ast.Name) or base.id not in self.known or offset != "0":
            return None
        has = self.known[base.id]
        if (has.sizes, has.strides) == (wanted.sizes, wanted.strides):
            return source
        if len(has.sizes) == 2 and (has.sizes[::-1], has.strides[::-1]) == (wanted.sizes, wanted.strides):
            return f"{source}.t()"
        both = is_contiguous(has.size, has.stride) and is_contiguous(wanted.size, wanted.stride)
        if both and _product(has.sizes) == _product(wanted.sizes):
            return f"{source}.view({', '.join(wanted.sizes) or '()'})"
        return None


def is_contiguous(size: ast.expr, stride: ast.expr) -> bool:
    sizes, strides = _parts(size), _parts(stride)
    if all(s.isdigit() for s in (*sizes, *strides)):
        product = 1
        for length, step in zip(reversed(sizes), reversed(strides), strict=True):
            if int(length) != 1 and int(step) != product:
                return False
            product *= max(int(length), 1)
        return True
    wanted = [_product(sizes[axis + 1 :]) for axis in range(len(sizes))]
    return [_product([stride]) for stride in strides] == wanted


def _product(parts: list[str]) -> tuple[int, tuple[str, ...]]:
    """A number and the symbols in order, so that `4*s0*s1` and `s1*4*s0` are the same."""
    number, symbols = 1, list[str]()
    for factor in (factor for part in parts for factor in _factors(ast.parse(part, mode="eval").body)):
        if factor.isdigit():
            number *= int(factor)
        else:
            symbols.append(factor)
    return number, tuple(sorted(symbols))


def _factors(node: ast.expr) -> Iterator[str]:
    """`max(1, n)` is n here: it is another number only for a tensor without elements."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield from _factors(left)
            yield from _factors(right)
        case ast.Call(func=ast.Name(id="max"), args=[ast.Constant(value=1), inner], keywords=[]):
            yield from _factors(inner)
        case _:
            yield ast.unparse(node)


def _parts(node: ast.expr) -> list[str]:
    return [ast.unparse(part) for part in node.elts] if isinstance(node, ast.Tuple) else [ast.unparse(node)]


def same(one: str, other: str) -> bool:
    """Whether two sizes are equal as products of numbers and symbols."""
    return _product([one]) == _product([other])
