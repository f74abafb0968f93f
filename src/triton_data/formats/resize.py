"""The same program at other sizes: its text with other integers in `get_inputs` and `get_init_inputs`.

In: a text in KernelBench's form. Out: texts in which sizes are changed, each with what was changed. Equal numbers
change together, because they are usually one size spelled twice. Nothing is executed, so whether a text runs is for
the caller to try. Not covered: sizes that are computed, or read from objects.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triton_data.formats.program_form import INPUTS

FACTORS = (4, 8, 16, 32, 64, 256)
SMALLEST = 16  # what a size is never divided below
DIVIDED = 48  # sizes above are divided
_TABLES = ("tensor", "randperm")
PARTS, LEAST = (2, 4, 8), 8  # where that is not enough, into how many parts smaller ones are, down to this one


@dataclass(frozen=True, slots=True)
class Resized:
    text: str
    changes: tuple[tuple[int, int], ...]  # (old size, new size)

    def __str__(self) -> str:
        return ", ".join(f"{old} as {new}" for old, new in self.changes)


def shrunk(text: str) -> Iterator[Resized]:
    """Smaller and smaller, in steps that keep sizes multiples of 16."""
    yield from _shrunk(text, literals(text))


def shrunk_inputs(text: str) -> Iterator[Resized]:
    """Only what the constructor is not given, the smallest first: what was written for its arguments takes any other
    size."""
    owned = {(node.lineno, node.col_offset) for node, _ in literals(text, INPUTS[1:])}
    found = literals(text)
    free = [pair for pair in found if (pair[0].lineno, pair[0].col_offset) not in owned]
    if len(free) < len(found):
        yield from _shrunk(text, free, FACTORS[::-1])


def _shrunk(text: str, found: list[tuple[ast.Constant, int]], factors: Sequence[int] = FACTORS) -> Iterator[Resized]:
    for factor in factors:
        changes = {v: max(SMALLEST, v // factor // 16 * 16) for v in {value for _, value in found} if v > DIVIDED}
        if changes:
            yield with_sizes(text, found, changes)
    for part in PARTS:
        small = {v: max(2, v // part) for v in {value for _, value in found} if LEAST < v <= DIVIDED}
        if small:
            yield with_sizes(text, found, changes | small)


def shrunk_singly(text: str) -> Iterator[Resized]:
    """One large size alone, the first that is named first: as a rule that is the batch."""
    found = literals(text)
    in_order = sorted(found, key=lambda pair: (pair[0].lineno, pair[0].col_offset))
    sizes = dict.fromkeys(value for _, value in in_order)
    for changes in (
        *({value: SMALLEST} for value in sizes if value > DIVIDED),
        *({value: 2} for value in sizes if LEAST < value <= DIVIDED),
    ):
        yield with_sizes(text, found, changes)


def shrunk_first(text: str) -> Iterator[Resized]:
    """The places that are named first, more and more of them: as a rule the batch, then channels, then what a kernel
    reduces. Equal numbers of several places are several sizes here."""
    places = sorted(literals(text), key=lambda pair: (pair[0].lineno, pair[0].col_offset))
    for count in range(1, len(places)):
        for least in (SMALLEST, 2):
            some = [(node, value) for node, value in places[:count] if value > least]
            if some and some[-1] == places[count - 1]:
                changed = _replaced(text, [(node, least) for node, _ in some])
                yield Resized(changed, tuple((value, least) for _, value in some))


def varied(text: str) -> Iterator[Resized]:
    """Sizes that no block divides: all of them together first, then one after the other, larger and smaller."""
    found = literals(text)
    sizes = sorted({value for _, value in found if value >= 3}, reverse=True)
    several = [
        {v: v - 1 for v in sizes if v > 4},
        *({v: v - 1} for v in sizes),
        *({v: v + 1} for v in sizes),
    ]
    for changes in several:
        if changes:
            yield with_sizes(text, found, changes)


def meant(text: str, entry: str, changes: tuple[tuple[int, int], ...]) -> bool:
    """A function that names a size itself, as what a test expects often does, means that size and no other; so does
    one that is given a table, whose numbers belong to the sizes."""
    known = {n.name: n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)}
    functions = [known[entry]] if entry in known else []
    drawn = ast.walk(known["get_inputs"]) if "get_inputs" in known else ()
    if functions and any(isinstance(n, ast.Attribute) and n.attr in _TABLES for n in drawn):
        return False
    named = {n.value for node in functions for n in ast.walk(node) if isinstance(n, ast.Constant)}
    return not named & {old for old, _ in changes}


def sizes(text: str) -> list[int]:
    """As often as they are named."""
    return [value for _, value in literals(text)]


def largest(text: str) -> int:
    """The product of the sizes that one call of the input functions names, where that is largest."""
    tree = ast.parse(text)
    constants = dict(pair for node in tree.body if isinstance(node, ast.Assign) for pair in _assigned(node))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in INPUTS]
    calls = [call for function in functions for call in ast.walk(function) if isinstance(call, ast.Call)]
    return max((math.prod(_named(call, constants)) for call in calls), default=1)


def _assigned(node: ast.Assign) -> Iterator[tuple[str, int]]:
    for target in node.targets:
        names, values = [target], [node.value]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            names, values = target.elts, node.value.elts
        for name, value in zip(names, values, strict=False):
            if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and type(value.value) is int:
                yield name.id, value.value


def _named(call: ast.Call, constants: dict[str, int]) -> Iterator[int]:
    for node in ast.walk(call):
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value > 1:
            yield node.value
        elif isinstance(node, ast.Name) and constants.get(node.id, 1) > 1:
            yield constants[node.id]


def literals(text: str, functions: Sequence[str] = INPUTS) -> list[tuple[ast.Constant, int]]:
    """Integers that the input functions name, themselves or through constants of the module."""
    tree = ast.parse(text)
    constants = {name.id: node for node in tree.body for target in _targets(node) for name in _names(target)}
    queue: list[ast.stmt] = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in functions]
    seen: list[ast.stmt] = []
    while queue:
        node = queue.pop()
        if node not in seen:
            seen.append(node)
            queue += [constants[name.id] for name in _names(node) if name.id in constants]
    written = {id(inner) for node in seen for table in tables(node) for inner in ast.walk(table)}
    numbers = [inner for node in seen for inner in ast.walk(node) if isinstance(inner, ast.Constant)]
    return [(n, n.value) for n in numbers if type(n.value) is int and n.value >= 2 and id(n) not in written]


def tables(node: ast.AST) -> Iterator[ast.expr]:
    """`torch.tensor([0, 4, 26])` holds values, which are no sizes."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(("tensor", "as_tensor", "array")):
            yield from (each for each in call.args[:1] if isinstance(each, ast.List | ast.Tuple))


def _targets(node: ast.stmt) -> list[ast.expr]:
    """`ROWS, COLS = 12, 100` and `ROWS: int = 12` name sizes as well."""
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) and node.value is not None else []


def _names(node: ast.AST) -> Iterator[ast.Name]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Name))


def drawn_below(node: ast.AST) -> list[ast.expr]:
    """The bounds of a `randint`: how long something is, or which row, never how large a tensor is."""
    if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("randint"):
        return []
    return [*node.args[:2], *(keyword.value for keyword in node.keywords if keyword.arg in ("low", "high"))]


def bounds(text: str) -> set[int]:
    places = [place for node in ast.walk(ast.parse(text)) for place in drawn_below(node)]
    return {n.value for n in places if isinstance(n, ast.Constant) and type(n.value) is int}


def _with_bounds(text: str, changes: dict[int, int], sizes: set[int]) -> dict[int, int]:
    """`randint(1, 11)` beside an axis of 10 draws up to its length, and goes where that goes."""
    linked = {bound for bound in bounds(text) if bound - 1 in sizes and bound - 1 > 1}
    kept = {old: new for old, new in changes.items() if old not in linked}
    return kept | {bound: kept[bound - 1] + 1 for bound in linked if bound - 1 in kept}


def with_sizes(text: str, found: list[tuple[ast.Constant, int]], changes: dict[int, int]) -> Resized:
    changes = _with_bounds(text, changes, {value for _, value in found})
    chosen = [(node, changes[value]) for node, value in found if value in changes]
    return Resized(_replaced(text, chosen), tuple(sorted(changes.items())))


def _replaced(text: str, chosen: list[tuple[ast.Constant, int]]) -> str:
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    for node, new in sorted(chosen, key=lambda pair: (pair[0].lineno, pair[0].col_offset), reverse=True):
        line = lines[node.lineno - 1]
        lines[node.lineno - 1] = line[: node.col_offset] + str(new).encode() + line[node.end_col_offset :]
    return b"".join(lines).decode()
