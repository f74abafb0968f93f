"""The values that a class's own code compares a parameter with: `if mode == "sum"`, `kind in ("lstm", "gru")`.

In: the source of a standalone file. Out: for each parameter name the string and number literals it meets, as
source text: comparisons, `match` cases, and the keys of dictionaries that it is looked up in.
Not covered: values that are computed.
"""

from __future__ import annotations

import ast


def literals(tree: ast.Module) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    tables = _tables(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                for name in _names(side):
                    values = [
                        v
                        for other in (node.left, *node.comparators)
                        if other is not side
                        for v in _values(other, tables)
                    ]
                    found.setdefault(name, {}).update(dict.fromkeys(values))
        elif isinstance(node, ast.Subscript):
            for name in _names(node.slice):
                found.setdefault(name, {}).update(dict.fromkeys(_keys(node.value, tables)))
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "get"
            and node.args
        ):
            for name in _names(node.args[0]):
                found.setdefault(name, {}).update(dict.fromkeys(_keys(node.func.value, tables)))
        elif isinstance(node, ast.Match):
            for name in _names(node.subject):
                cases = [v for case in node.cases for v in _pattern(case.pattern)]
                found.setdefault(name, {}).update(dict.fromkeys(cases))
    return {name: list(values)[:6] for name, values in found.items() if values}


def _names(node: ast.expr) -> list[str]:
    """`x`, `self.x`, `x.lower()`: all are about x."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        node = node.func.value
    if isinstance(node, ast.Attribute):
        return [node.attr]
    return [node.id] if isinstance(node, ast.Name) else []


def _values(node: ast.expr, tables: dict[str, ast.expr]) -> list[str]:
    if isinstance(node, ast.Name | ast.Attribute):
        node = tables.get(node.id if isinstance(node, ast.Name) else node.attr, node)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [v for element in node.elts for v in _values(element, _constants(tables))]
    if isinstance(node, ast.Dict):
        return _keys(node, {})
    return [repr(node.value)] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _constants(tables: dict[str, ast.expr]) -> dict[str, ast.expr]:
    return {name: value for name, value in tables.items() if isinstance(value, ast.Constant)}


def _keys(node: ast.expr, tables: dict[str, ast.expr]) -> list[str]:
    if isinstance(node, ast.Name | ast.Attribute):
        node = tables.get(node.id if isinstance(node, ast.Name) else node.attr, node)
    if not isinstance(node, ast.Dict):
        return []
    return [repr(k.value) for k in node.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)]


def _pattern(pattern: ast.pattern) -> list[str]:
    if isinstance(pattern, ast.MatchOr):
        return [v for inner in pattern.patterns for v in _pattern(inner)]
    value = pattern.value if isinstance(pattern, ast.MatchValue) else None
    return _values(value, {}) if value is not None else []


def _tables(tree: ast.Module) -> dict[str, ast.expr]:
    """Literal collections by the name they are assigned to, anywhere in the file; and words, at module level."""
    found: dict[str, ast.expr] = {}
    words = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        word = id(node) in words and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        if word or isinstance(node.value, ast.Dict | ast.List | ast.Tuple | ast.Set):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name | ast.Attribute):
                    found[target.id if isinstance(target, ast.Name) else target.attr] = node.value
    return found
