"""What the statements of a file bind.

In: a `Module`, one of its units and a statement in it. Out: the module's bindings, star imports and `__all__`
with what the statement adds to them. Not covered: captures of `match`, names made by `globals()` or `setattr`.
"""

from __future__ import annotations

import ast

from triton_data.extract.source.module import Binding, Import, Module, Unit


def bind(module: Module, unit: Unit, node: ast.stmt, nested: bool) -> None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        define(module, unit, node.name, nested)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        _bind_import(module, unit, node, nested)
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if isinstance(node, ast.Assign) and "__all__" in (getattr(t, "id", "") for t in targets):
            module.exports = _literal_names(node.value)
        for name in _stored(*targets):
            define(module, unit, name, nested)
    else:
        _bind_block(module, unit, node)


def _bind_block(module: Module, unit: Unit, node: ast.stmt) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            bind(module, unit, child, nested=True)
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            for inner in child.body:
                bind(module, unit, inner, nested=True)
        else:
            for name in _stored(child):
                define(module, unit, name, True)


def define(module: Module, unit: Unit, name: str, nested: bool) -> None:
    unit.binds.add(name)
    known = module.bindings.setdefault(name, [])
    if not known or known[-1].unit != unit.index or known[-1].item is not None:
        known.append(Binding(unit.index, None, nested))


def _bind_import(module: Module, unit: Unit, node: ast.Import | ast.ImportFrom, nested: bool) -> None:
    for alias in node.names:
        if isinstance(node, ast.Import):
            item = Import(alias.name, "", 0, alias.asname is not None)
            name = alias.asname or alias.name.split(".")[0]
        else:
            if node.module == "__future__":
                module.future_annotations |= alias.name == "annotations"
                continue
            item = Import(node.module or "", alias.name, node.level, alias.asname is not None)
            name = alias.asname or alias.name
        if name == "*":
            module.stars.append((unit.index, Import(item.module, "", item.level, False)))
            continue
        unit.binds.add(name)
        module.bindings.setdefault(name, []).append(Binding(unit.index, item, nested))


def _stored(*nodes: ast.AST) -> list[str]:
    return [
        child.id
        for node in nodes
        for child in ast.walk(node)
        if isinstance(child, ast.Name) and not isinstance(child.ctx, ast.Load)
    ]


def _literal_names(node: ast.expr) -> list[str] | None:
    if not isinstance(node, ast.List | ast.Tuple):
        return None
    names = [e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
    return names if len(names) == len(node.elts) else None
