"""What Inductor fused before and behind a product, with addresses and masks as an expert writes them.

In: statements of a template kernel, and what stands for each axis. Out: the same computation in the names that the
passes know (`yindex`, `xmask`), addresses through strides where they are linear. Masks are narrowed to the axes that an
address moves along: a bias is loaded once a column.
"""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass, field

from triton_data.rewrite import tree
from triton_data.rewrite.templates.addresses import coefficients, is_one, is_zero, plain, terms_of, total
from triton_data.rewrite.templates.modulo import simplified

_NUMBER = re.compile(r"^(_?tmp)(\d+)(.*)$")
_ACCESS = ("tl.load", "tl.store", "tl.atomic_add")


@dataclass(frozen=True)
class Axis:
    index: str  # idx_m, as Inductor calls it
    ours: str  # yindex
    letter: str  # of its stride: m
    mask: str  # what bounds it: ymask; '' for one that a program has only one of
    size: ast.expr


@dataclass
class Strides:
    """Strides that become parameters: name -> (pointer, axis, what it is in numbers or symbols)."""

    known: dict[str, tuple[str, Axis, ast.expr]] = field(default_factory=dict)

    def name(self, pointer: str, axis: Axis, value: ast.expr) -> str:
        return self.known_as(f"stride_{pointer}_{axis.letter}", pointer, axis, value)

    def known_as(self, name: str, pointer: str, axis: Axis, value: ast.expr) -> str:
        """'' where the name stands for another number already."""
        there = self.known.setdefault(name, (pointer, axis, value))
        return name if ast.unparse(there[2]) == ast.unparse(value) else ""


class Fused(ast.NodeTransformer):
    """One piece, with its axes; `blocks` renames the sizes of its blocks."""

    def __init__(self, axes: list[Axis], strides: Strides, blocks: dict[str, str], pointers: dict[str, str]) -> None:
        self.axes = {axis.index: axis for axis in axes}
        self.strides, self.pointers = strides, pointers
        self.renamed: dict[str, ast.expr] = {axis.index: ast.Name(axis.ours, ast.Load()) for axis in axes}
        self.renamed |= {old: ast.Name(new, ast.Load()) for old, new in (blocks | pointers).items()}
        self.renamed["mask"] = tree.expression("(ymask & xmask)")
        self.renamed |= {"a_mask": tree.expression("r0_mask"), "b_mask": tree.expression("r1_mask")}
        self.indices: dict[str, ast.expr] = {}

    def of(self, statements: list[ast.stmt], numbered_from: int = 0) -> list[ast.stmt]:
        """Each piece counts its values from tmp0: `numbered_from` keeps them apart."""
        made: list[ast.stmt] = []
        for statement in map(_Numbered(numbered_from).visit, copy.deepcopy(statements)):
            pair = tree.single(statement)
            if (
                pair
                and not tree.TEMPORARY.match(pair[0])
                and (pair[0][0] in "xyzr" or pair[0] == "flat")
                and not _reads_memory(pair[1])
            ):
                self.indices[pair[0]] = tree.Substitute(self.indices).visit(copy.deepcopy(pair[1]))
            made.append(tree.Substitute(self.renamed).visit(self.visit(statement)))
        return made

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if tree.called(node) in _ACCESS and isinstance(node.args[0], ast.BinOp):
            return self._access(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "broadcast_to" and not _is_tl(node):
            return node.func.value  # `.broadcast_to(xindex.shape)`
        return node

    def _access(self, node: ast.Call) -> ast.Call:
        pointer, index = node.args[0].left, node.args[0].right  # type: ignore[attr-defined]
        whole = simplified(tree.Substitute(self.indices).visit(copy.deepcopy(plain(index))), self._bounds())
        moves = [axis for name, axis in self.axes.items() if name in tree.used(whole)]
        linear = coefficients(whole, {*self.axes})
        if linear is not None and isinstance(pointer, ast.Name):
            index = self._strided(pointer.id, linear)
        elif not _is_store(node):
            index = plain(index)
        if _is_store(node) and {axis.mask[0] for axis in moves if axis.mask} != {"x", "y"}:
            index = ast.Call(tree.expression("tl.broadcast_to"), [index, tree.expression("[YBLOCK, XBLOCK]")], [])
            moves = [*self.axes.values()]
        node.args[0] = pointer if is_zero(index) else total([pointer, *terms_of(index)])
        return self._masked(node, list(dict.fromkeys(axis.mask for axis in moves if axis.mask)))

    def _bounds(self) -> dict[str, ast.expr]:
        return {name: axis.size for name, axis in self.axes.items()}

    def _strided(self, pointer: str, linear: dict[str, ast.expr]) -> ast.expr:
        terms = list[ast.expr]()
        for name in (*self.axes, ""):
            if name not in linear or (not name and is_zero(linear[name])):
                continue
            value = linear[name]
            if not name:
                terms.append(value)
                continue
            axis: ast.expr = ast.Name(name, ast.Load())
            stride = (
                "" if is_one(value) else self.strides.name(self.pointers.get(pointer, pointer), self.axes[name], value)
            )
            factor = ast.Name(stride, ast.Load()) if stride else value
            terms.append(axis if is_one(value) else ast.BinOp(axis, ast.Mult(), factor))
        return total(terms)

    def _masked(self, node: ast.Call, masks: list[str]) -> ast.Call:
        position = 2 if _is_store(node) else 1
        given = node.args[position] if len(node.args) > position else None
        given = next((k.value for k in node.keywords if k.arg == "mask"), given)
        own = given is not None and not set(tree.used(given)) <= {"mask", "a_mask", "b_mask"}
        del node.args[position:]
        kept = [k for k in node.keywords if k.arg not in ("mask", "eviction_policy")]
        others = [k for k in kept if k.arg != "other"]
        terms = [ast.unparse(tree.Substitute({}).visit(given))] if own and given is not None else []
        text = " & ".join([*(f"({term})" for term in terms), *masks])
        node.keywords = [ast.keyword("mask", tree.expression(text)), *(kept if own else others)] if text else others
        return node


class _Numbered(ast.NodeTransformer):
    def __init__(self, first: int) -> None:
        self.first = first

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id == "xindex":  # of the output as a whole; ours is that of its columns
            return ast.Name("flat", node.ctx)
        found = _NUMBER.match(node.id)
        return ast.Name(f"{found[1]}{int(found[2]) + self.first}{found[3]}", node.ctx) if found else node


def _is_tl(node: ast.Call) -> bool:
    return tree.called(node) == "tl.broadcast_to"


def _is_store(node: ast.Call) -> bool:
    return tree.called(node) != "tl.load"


def _reads_memory(node: ast.expr) -> bool:
    return any(tree.called(each) in _ACCESS for each in ast.walk(node))
