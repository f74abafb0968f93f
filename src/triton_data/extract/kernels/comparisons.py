"""What a test compares a function's result with, cut out as a function of the same arguments.

In: a function of a test or example, and which calls in it are of interest. Out: `Comparison`s: the call, and
the text of a function that computes the expected value from the call's arguments. It is only a reading of the text;
whether it gives what the test really compared with is for jailed/observe/launches.py to see.
Not covered: comparisons through a repository's own functions, expected values read from files.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from triton_data.extract.kernels.local_variables import defined, last_bound, loaded, stripped
from triton_data.extract.source.module import Module

COMPARING = ("assert_close", "allclose", "equal", "assert_allclose", "assert_array_equal", "assert_array_almost_equal")
_DISTANCES = ("abs", "norm")  # of a difference: `(a - b).abs().max() < 1e-3`, or only printed
_BLOCKS = (ast.With, ast.For, ast.If, ast.While, ast.Try)
Wanted = Callable[[ast.Call], bool]
Parameters = Callable[[ast.Call], list[str]]


@dataclass(frozen=True, slots=True)
class Comparison:
    call: ast.Call
    name: str
    text: str  # `def name(…): …`
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Result:
    """Where one compared value comes from: what a call returns ('' or a place in it), or an argument it writes to."""

    call: ast.Call
    place: str | int
    of: int = 1  # how many values the call returns
    written: str = ""  # the argument's name


@dataclass(eq=False)
class _Group:
    """All that is compared of one call."""

    before: list[ast.stmt]
    expected: dict[str | int, ast.expr] = field(default_factory=dict)
    results: dict[str | int, _Result] = field(default_factory=dict)


def comparisons(
    module: Module, function: ast.FunctionDef, given: dict[str, str], wanted: Wanted, parameters: Parameters
) -> Iterator[Comparison]:
    """`given`: what the function's own arguments are; `parameters`: what the called function calls its own."""
    groups: dict[int, _Group] = {}
    for statement, before in _reached(function.body, []):
        for one, other in _compared(statement):
            for actual, expected in ((one, other), (other, one)):
                result = _source_of(actual, before, wanted)
                if result is not None:
                    group = groups.setdefault(id(result.call), _Group(before))
                    group.before = before  # the last comparison sees all that the earlier ones see
                    group.expected.setdefault(result.place, expected)
                    group.results.setdefault(result.place, result)
                    break
    for number, group in enumerate(groups.values()):
        call = next(iter(group.results.values())).call
        cut = _Cut(module, function, given, group, call)
        text = cut.text(f"expected_{number}", parameters(call))
        if text is not None:
            yield Comparison(call, f"expected_{number}", text, tuple(cut.names))


def _reached(body: list[ast.stmt], before: list[ast.stmt]) -> Iterator[tuple[ast.stmt, list[ast.stmt]]]:
    """Every plain statement with those before it; of a block the first part."""
    seen = list(before)
    for node in body:
        if isinstance(node, _BLOCKS):
            yield from _reached(node.body, seen)
        elif isinstance(node, ast.Expr | ast.Assert | ast.Assign):
            yield node, list(seen)
        seen.append(node)


def _compared(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            keywords = {keyword.arg: keyword.value for keyword in node.keywords}
            pair = [*node.args[:2], *(keywords[k] for k in ("actual", "expected", "input", "other") if k in keywords)]
            if name in COMPARING and len(pair) == 2:
                yield pair[0], pair[1]
            elif name in COMPARING and len(pair) == 1 and isinstance(node.func, ast.Attribute):
                yield node.func.value, pair[0]
            elif name in _DISTANCES:
                of = node.args[0] if node.args else getattr(node.func, "value", None)
                if isinstance(of, ast.BinOp) and isinstance(of.op, ast.Sub):
                    yield of.left, of.right


def _source_of(value: ast.expr, before: list[ast.stmt], wanted: Wanted) -> _Result | None:
    value = stripped(value)
    if isinstance(value, ast.Call):
        return _Result(value, "") if wanted(value) else None
    if not isinstance(value, ast.Name):
        return None
    for index in range(len(before) - 1, -1, -1):
        node = before[index]
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and wanted(call) and value.id in _given_names(call, before[:index]):
            return _Result(call, f"write {value.id}", written=value.id)
        if value.id in defined(node):
            return _assigned(node, value.id, before[:index], wanted)
    return None


def _given_names(call: ast.Call, before: list[ast.stmt]) -> list[str]:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return [argument.id for argument in given if isinstance(argument, ast.Name)]


def _assigned(node: ast.stmt, name: str, before: list[ast.stmt], wanted: Wanted) -> _Result | None:
    target, value = last_bound(node)
    if isinstance(target, ast.Name) and value is not None:
        return _source_of(value, before, wanted)
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Call) and wanted(value):
        for place, each in enumerate(target.elts):
            if isinstance(each, ast.Name) and each.id == name:
                return _Result(value, place, len(target.elts))
    return None


@dataclass(eq=False)
class _Cut:
    """The statements that lead to the expected value, from the call's arguments on."""

    module: Module
    function: ast.FunctionDef
    given: dict[str, str]
    group: _Group
    call: ast.Call
    names: list[str] = field(default_factory=list)  # of the parameters
    bound: dict[str, str] = field(default_factory=dict)  # keyword → what the test calls it

    def text(self, name: str, parameters: list[str]) -> str | None:
        if not self._take_parameters(parameters) or not self._whole():
            return None
        lines = self._statements()
        if lines is None:
            return None
        lines = [*(f"{local} = {keyword}" for keyword, local in self.bound.items()), *lines, *self._results()]
        return f"def {name}({', '.join(self.names)}):\n" + textwrap.indent("\n".join(lines), "    ") + "\n"

    def _take_parameters(self, parameters: list[str]) -> bool:
        for place, argument in enumerate(self.call.args):
            if isinstance(argument, ast.Starred):
                return False
            own = self._root(argument)
            usual = parameters[place] if place < len(parameters) else f"argument_{place}"
            self.names.append(own if own and own not in self.names else usual)
        for keyword in self.call.keywords:
            if keyword.arg is None:
                return False
            own = self._root(keyword.value)
            if own and own != keyword.arg:
                self.bound[keyword.arg] = own
            self.names.append(keyword.arg)
        return len(set(self.names)) == len(self.names)

    def _root(self, value: ast.expr) -> str:
        """The variable whose copy this is; '' where it is none."""
        value = stripped(value)
        if not isinstance(value, ast.Name):
            return ""
        for index in range(len(self.group.before) - 1, -1, -1):
            node = self.group.before[index]
            if any(inner is self.call for inner in ast.walk(node)):
                continue  # it may give its result the argument's name
            if value.id in defined(node):
                target, bound = last_bound(node)
                origin = stripped(bound) if bound is not None else None
                if isinstance(target, ast.Name) and isinstance(origin, ast.Name) and origin.id != value.id:
                    value = origin
                    continue
                break
        return value.id

    def _whole(self) -> bool:
        """Every value that the call returns is compared, or only ones that it writes."""
        results = list(self.group.results.values())
        if any(result.written for result in results):
            return all(result.written for result in results)
        return len(results) == results[0].of

    def _statements(self) -> list[str] | None:
        known = {*self.names, *self.bound.values()}
        local = defined(self.function) | {argument.arg for argument in ast.walk(self.function.args)
                                          if isinstance(argument, ast.arg)}  # fmt: skip
        needed = {n for value in self.group.expected.values() for n in loaded(value)} & local - known
        chosen: list[ast.stmt] = []
        for node in reversed(self.group.before):
            if not defined(node) & needed:
                continue
            if any(inner is self.call for inner in ast.walk(node)):
                return None  # the expected value comes from the call itself
            chosen.append(node)
            if isinstance(node, ast.Assign | ast.AnnAssign):
                needed -= defined(node)  # a part of a variable that is set is read too, and comes back
            needed |= loaded(node) & local - known
        if not needed <= self.given.keys() - defined(self.function):
            return None
        return [*(f"{n} = {self.given[n]}" for n in sorted(needed)), *(self._source(n) for n in reversed(chosen))]

    def _source(self, node: ast.stmt) -> str:
        lines = self.module.lines[node.lineno - 1 : node.end_lineno]
        whole = textwrap.dedent("\n".join(lines))
        return whole if ast.unparse(node) == _parsed(whole) else ast.unparse(node)

    def _results(self) -> list[str]:
        expected = {place: self._expression(value) for place, value in self.group.expected.items()}
        results = self.group.results
        if any(result.written for result in results.values()):
            names = {p: self._root(ast.Name(result.written, ast.Load())) for p, result in results.items()}
            return [f"{names[place]}.copy_({value})" for place, value in expected.items()]
        places = ["" for _ in results] if "" in results else range(len(results))
        return [f"return {', '.join(expected[place] for place in places)}"]

    def _expression(self, node: ast.expr) -> str:
        text = ast.get_source_segment(self.module.text, node) or ast.unparse(node)
        return text if "\n" not in text else ast.unparse(node)


def _parsed(text: str) -> str:
    try:
        return ast.unparse(ast.parse(text))
    except SyntaxError:
        return ""
