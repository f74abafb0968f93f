"""What a file takes for granted about arguments that are no tensors, said where they arrive.

In: comparisons that the capture recorded, such as `kernel_size == 3` of the constructor and `L['k'] == 3` of the call.
Out: the class whose constructor asserts its own, and lines that open the forward. Not covered: a constructor that only
a base outside of the text has.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from triton_data.rewrite import tree
from triton_data.rewrite.host import graph_inputs
from triton_data.rewrite.reasons import Declined

WIDEST = 108  # of an assertion before it is indented: a signature above it may be as wide


def in_constructor(target: ast.ClassDef, definitions: Mapping[str, ast.stmt], said: Sequence[str]) -> None:
    """`target` is changed: its own constructor asserts first, or one that hands on to its base's does."""
    if not said:
        return
    own = _constructor(target)
    inherited = None if own else _inherited(target, definitions)
    if own is None and inherited is not None:
        own = _handing_on(inherited)
        target.body = [own, *(each for each in target.body if not isinstance(each, ast.Pass))]
    if own is not None:
        names = {each.arg for each in ast.walk(own.args) if isinstance(each, ast.arg)}
        kept = [each for each in said if set(tree.used(tree.expression(each))) & names]
        start = 1 if ast.get_docstring(own) is not None else 0
        own.body[start:start] = [statement for line in assertions(kept) for statement in ast.parse(line).body]


def in_forward(said: Sequence[str], is_class: bool, parameters: Sequence[str]) -> list[str]:
    """Those about arguments that forward names itself."""
    found = []
    for each in said:
        node = tree.expression(each)
        assert isinstance(node, ast.Compare)
        try:
            (node.left,) = map(
                tree.expression, graph_inputs.expressions([ast.unparse(node.left)], is_class, parameters)
            )
        except Declined:
            continue
        if "self" not in tree.used(node.left):
            found.append(ast.unparse(node))
    return list(assertions(found))


def assertions(said: Sequence[str]) -> Iterator[str]:
    """As many of them on a line as fit, and the same words as its message."""
    group: list[str] = []
    for each in said:
        if group and len(_assertion([*group, each])) > WIDEST:
            yield _assertion(group)
            group = []
        group.append(each)
    if group:
        yield _assertion(group)


def _assertion(said: Sequence[str]) -> str:
    sides = [_sides(each) for each in said]
    message = repr("written for " + ", ".join(f"{name}={value}" for name, value in sides))
    if len(said) == 1:
        return f"assert {said[0]}, {message}"
    names, values = (", ".join(column) for column in zip(*sides, strict=True))
    return f"assert ({names}) == ({values}), {message}"


def _sides(said: str) -> tuple[str, str]:
    node = tree.expression(said)
    assert isinstance(node, ast.Compare)
    return ast.unparse(node.left), ast.unparse(node.comparators[0])


def _constructor(target: ast.stmt) -> ast.FunctionDef | None:
    body = target.body if isinstance(target, ast.ClassDef) else []
    return next((each for each in body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None)


def _inherited(target: ast.ClassDef, definitions: Mapping[str, ast.stmt]) -> ast.FunctionDef | None:
    for base in target.bases:
        there = definitions.get(ast.unparse(base))
        if isinstance(there, ast.ClassDef) and (found := _constructor(there) or _inherited(there, definitions)):
            return found
    return None


def _handing_on(constructor: ast.FunctionDef) -> ast.FunctionDef:
    arguments = constructor.args
    given = [each.arg for each in (*arguments.posonlyargs, *arguments.args)][1:]
    given += [f"*{arguments.vararg.arg}"] if arguments.vararg else []
    given += [f"{each.arg}={each.arg}" for each in arguments.kwonlyargs]
    given += [f"**{arguments.kwarg.arg}"] if arguments.kwarg else []
    made = ast.parse(f"def __init__({ast.unparse(arguments)}): super().__init__({', '.join(given)})").body[0]
    assert isinstance(made, ast.FunctionDef)
    for each in ast.walk(made.args):
        if isinstance(each, ast.arg):
            each.annotation = None
    return made
