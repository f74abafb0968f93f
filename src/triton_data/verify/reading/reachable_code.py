"""Which parts of a text run when it is imported and its entry is used: its benchmarks and tests do not.

In: a tree and the name of the entry. Out: the nodes that count, each once. A function or class of the module counts
when it is the entry, has a decorator that is not Triton's, or its name occurs, as a name, an attribute or a string, in
what counts; all else counts always. Not covered: which branch is taken.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_TRITONS = ("jit", "autotune", "heuristics")
_SHOWN = ("extra_repr", "__repr__", "__str__")  # for people to read


def reachable(tree: ast.Module, entry: str) -> Iterator[ast.AST]:
    waiting: list[ast.stmt] = []
    nodes: list[ast.AST] = []
    names = {entry}
    for node in tree.body:
        if isinstance(node, Definition) and node.name != entry and not _is_handed_on(node):
            waiting.append(node)
            nodes += _at_import(node)
        elif not _is_main(node):
            nodes.append(node)
    found: dict[int, ast.AST] = {}
    while nodes:
        for inner in (inner for node in nodes for inner in _walk(node)):
            found[id(inner)] = inner
            names |= _named(inner)
        nodes = [node for node in waiting if isinstance(node, Definition) and node.name in names]
        waiting = [node for node in waiting if node not in nodes]
    return iter(found.values())


def reached_by_calls(tree: ast.Module, entry: str) -> Iterator[ast.AST]:
    """What may run when the entry is called: it, and all of the module whose names occur in that, again and again."""
    known: dict[str, list[ast.AST]] = {}
    for node in _statements(tree.body):
        for name in _defines(node):
            known.setdefault(name, []).append(node)
    found: dict[int, ast.AST] = {}
    names, done = {entry}, set[str]()
    while names:
        done |= names
        for inner in (inner for name in names for node in known.get(name, []) for inner in _walk(node)):
            found[id(inner)] = inner
        names = {name for inner in found.values() for name in _named(inner)} & known.keys() - done
    return iter(found.values())


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those of a module, also inside of `if` and `try`; what such a one asks itself is asked at import only."""
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
            blocks = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
            blocks += [handler.body for handler in getattr(node, "handlers", [])]
            for block in blocks:
                yield from _statements(block)
        else:
            yield node


def _defines(node: ast.stmt) -> set[str]:
    if isinstance(node, Definition):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return set()
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    todo = [node]
    while todo:
        inner = todo.pop()
        if not (isinstance(inner, ast.FunctionDef) and inner.name in _SHOWN):
            yield inner
            todo += ast.iter_child_nodes(inner)


def _named(node: ast.AST) -> set[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return {name}
        case ast.Constant(value=str(text)):
            return {text}
    return set()


def _is_handed_on(node: Definition) -> bool:
    return any(not any(word in ast.unparse(d) for word in _TRITONS) for d in node.decorator_list)


def _at_import(node: Definition) -> list[ast.AST]:
    """What is evaluated without anybody calling it: decorators, defaults, bases and the statements of a class."""
    if isinstance(node, ast.ClassDef):
        inner = [
            found for part in node.body for found in (_at_import(part) if isinstance(part, Definition) else [part])
        ]
        return [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords), *inner]
    defaults = [*node.args.defaults, *(value for value in node.args.kw_defaults if value is not None)]
    return [*node.decorator_list, *defaults]


def _is_main(node: ast.stmt) -> bool:
    """`if __name__ == "__main__":` with nothing else to it."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'" and not node.orelse
