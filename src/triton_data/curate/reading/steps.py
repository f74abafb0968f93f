"""The operators that a text applies, in the order in which it applies them.

In: the tree of a module, a function or a file of kernels. Out: names such as ('conv2d', 'relu', 'add'), the same for
`nn.ReLU()`, `F.relu(x)`, `x.relu()`, and for `x + y` and `torch.add(x, y)`; what a submodule or a helper of the same
text does stands where it is called. Not covered: which branch runs, how often a loop does, and values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from triton_data.curate.reading import vocabulary
from triton_data.curate.reading.tree import INPUTS, dotted, imported

DEPTH = 12  # calls inside calls; recursion ends here
LIMIT = 2000  # steps: what is longer is told apart long before
_SIGNS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.MatMult: "matmul", ast.Pow: "pow",
    ast.FloorDiv: "floordivide", ast.Mod: "remainder",
}  # fmt: skip
_MOVES = {"view", "reshape", "contiguous", "flatten", "size", "shape", "expand", "unsqueeze", "squeeze", "arange"}
_HOLDERS = {"sequential", "modulelist", "moduledict"}
_CALLED = {"forward", "__call__", "apply"}


def steps(module: ast.Module, entry: str = "") -> tuple[str, ...]:
    """Of the entry, or of every function of the text where it has none."""
    reader = _Reader(
        imported(module), {n.name: n for n in module.body if isinstance(n, ast.ClassDef | ast.FunctionDef)}
    )
    wanted = [reader.known[entry]] if entry in reader.known else list(reader.known.values())
    found: list[str] = []
    for node in wanted:
        if isinstance(node, ast.FunctionDef) and node.name in INPUTS:
            continue
        try:
            found += _some(reader.of_definition(node, 0))
        except RecursionError:
            continue
    return tuple(found[:LIMIT])


def _some(words: Iterator[str]) -> list[str]:
    return [word for _, word in zip(range(LIMIT), words, strict=False)]


@cache
def _operators() -> frozenset[str]:
    return frozenset(map(plain, vocabulary.operators()))


def plain(name: str) -> str:
    name = name.lower().replace("_", "")
    return re.sub(r"[123]d$", "", name) if "norm" in name or "dropout" in name else name


@dataclass
class _Reader:
    imports: dict[str, str]
    known: dict[str, ast.ClassDef | ast.FunctionDef]

    def of_definition(self, node: ast.ClassDef | ast.FunctionDef, depth: int) -> Iterator[str]:
        if depth > DEPTH:
            return
        if isinstance(node, ast.FunctionDef):
            yield from self._body(node.body, None, depth)
            return
        methods = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
        called = [methods[name] for name in methods if name in _CALLED]
        for method in called or [each for name, each in methods.items() if not name.startswith("__")]:
            yield from self._body(method.body, _Class(methods, self._parts(methods, depth)), depth)

    def _parts(self, methods: dict[str, ast.FunctionDef], depth: int) -> dict[str, list[str]]:
        """self.NAME to the steps of the module that __init__ puts there."""
        parts: dict[str, list[str]] = {}
        made = methods.get("__init__")
        for node in ast.walk(made) if made else ():
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                for target in node.targets:
                    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                        parts[target.attr] = _some(self._made_of(node.value, depth))
        return parts

    def _made_of(self, call: ast.Call, depth: int) -> Iterator[str]:
        name = self._name(call.func)
        if name in self.known:
            yield from self.of_definition(self.known[name], depth + 1)
        elif plain(name) in _HOLDERS:
            for node in ast.walk(ast.Module([ast.Expr(each) for each in call.args], [])):
                if isinstance(node, ast.Call) and plain(self._name(node.func)) not in _HOLDERS:
                    yield from self._made_of(node, depth + 1)
        elif plain(name) in _operators():
            yield plain(name)

    def _name(self, function: ast.expr) -> str:
        full = dotted(function, self.imports)
        if full:
            return full.rpartition(".")[2]
        if isinstance(function, ast.Attribute):
            return function.attr
        return function.id if isinstance(function, ast.Name) else ""

    def _body(self, nodes: list[ast.stmt], owner: _Class | None, depth: int) -> Iterator[str]:
        for node in nodes:
            yield from self._steps(node, owner, depth)

    def _steps(self, node: ast.AST, owner: _Class | None, depth: int) -> Iterator[str]:
        """Operands before the operator, as they are evaluated."""
        for child in ast.iter_child_nodes(node):
            yield from self._steps(child, owner, depth)
        if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _SIGNS:
            yield _SIGNS[type(node.op)]
        elif isinstance(node, ast.Call):
            yield from self._called(node.func, owner, depth)

    def _called(self, function: ast.expr, owner: _Class | None, depth: int) -> Iterator[str]:
        name = self._name(function)
        mine = isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
        if mine and owner and function.value.id == "self":  # type: ignore[attr-defined]
            if name in owner.parts:
                yield from owner.parts[name]
            elif name in owner.methods and depth < DEPTH:
                yield from self._body(owner.methods[name].body, owner, depth + 1)
        elif name in self.known and isinstance(function, ast.Name):
            yield from self.of_definition(self.known[name], depth + 1)
        elif plain(name) in _operators() and plain(name) not in _MOVES:
            yield plain(name)


@dataclass(frozen=True)
class _Class:
    methods: dict[str, ast.FunctionDef]
    parts: dict[str, list[str]]
