"""The syntax tree's side of renaming.py: which names are global, and what stands for an import.

In: text and an `Edit`. Out: the text, changed. Not covered: whether it is still Python.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
from libcst.metadata import BuiltinScope, GlobalScope, MetadataWrapper, ScopeProvider

from triton_data.extract.closure.edit import Edit


def rewritten(text: str, edit: Edit) -> str:
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    return wrapper.visit(Rewriter(edit)).code


class Rewriter(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (ScopeProvider,)

    def __init__(self, edit: Edit) -> None:
        super().__init__()
        self.edit = edit

    def _is_global(self, node: cst.CSTNode, name: str) -> bool:
        scope = self.get_metadata(ScopeProvider, node, None)
        if scope is None:
            return False
        return all(isinstance(found.scope, GlobalScope | BuiltinScope) for found in scope[name])

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        new = self.edit.chains.get(original_node.value)
        if new is None or not self._is_global(original_node, original_node.value):
            return updated_node
        return updated_node.with_changes(value=new)

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        chain = _chain(original_node)
        new = self.edit.chains.get(chain) if chain else None
        if new is not None and self._is_global(original_node, chain.split(".")[0]):
            return cst.Name(new, lpar=updated_node.lpar, rpar=updated_node.rpar)
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Param(self, original_node: cst.Param, updated_node: cst.Param) -> cst.Param:
        return updated_node.with_changes(name=original_node.name)

    def leave_ImportAlias(self, original_node: cst.ImportAlias, updated_node: cst.ImportAlias) -> cst.ImportAlias:
        bound = original_node.asname.name if original_node.asname else original_node.name
        new = self.edit.chains.get(bound.value) if isinstance(bound, cst.Name) else None
        if new is None or not isinstance(bound, cst.Name) or not self._is_global(original_node, bound.value):
            return original_node
        return original_node.with_changes(asname=cst.AsName(cst.Name(new)))

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        return updated_node.with_changes(decorators=self._kept(original_node.decorators, updated_node.decorators))

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        return updated_node.with_changes(decorators=self._kept(original_node.decorators, updated_node.decorators))

    def _kept(self, before: Sequence[cst.Decorator], after: Sequence[cst.Decorator]) -> list[cst.Decorator]:
        pairs = zip(before, after, strict=True)
        return [new for old, new in pairs if _decorator_chain(old) not in self.edit.drop_decorators]

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.BaseSmallStatement | cst.FlattenSentinel[cst.BaseSmallStatement]:
        if isinstance(original_node.names, cst.ImportStar):
            return original_node
        module = "." * len(original_node.relative) + (_chain(original_node.module) if original_node.module else "")
        lines = self._bound([(module, _chain(alias.name), alias) for alias in original_node.names])
        return updated_node if lines is None else cst.FlattenSentinel(lines or [cst.Pass()])

    def leave_Import(
        self, original_node: cst.Import, updated_node: cst.Import
    ) -> cst.BaseSmallStatement | cst.FlattenSentinel[cst.BaseSmallStatement]:
        lines = self._bound([(name := _chain(alias.name), name, alias) for alias in original_node.names])
        return updated_node if lines is None or len(original_node.names) > 1 else cst.FlattenSentinel(lines)

    def _bound(self, aliases: list[tuple[str, str, cst.ImportAlias]]) -> list[cst.BaseSmallStatement] | None:
        """What stands for the import; None where it stays."""
        lines: list[cst.BaseSmallStatement] = []
        known = False
        for module, name, alias in aliases:
            new = self.edit.imports.get((module, name))
            known |= new is not None
            bound = alias.asname.name if alias.asname else alias.name
            if new is not None and isinstance(bound, cst.Name):
                lines += _bind(self.edit.chains.get(bound.value, bound.value), new)
        return lines if known else None


def _bind(name: str, new: str) -> list[cst.BaseSmallStatement]:
    if ":" in new:
        module, attribute = new.split(":")
        code = f"from {module} import {attribute} as {name}" if attribute else f"import {module} as {name}"
    elif name == new:
        return []
    else:
        code = f"{name} = {new}"
    line = cst.parse_statement(code)
    assert isinstance(line, cst.SimpleStatementLine)
    return list(line.body)


def _chain(node: cst.CSTNode) -> str:
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    return ".".join([node.value, *reversed(parts)]) if isinstance(node, cst.Name) else ""


def _decorator_chain(node: cst.Decorator) -> str:
    inner = node.decorator
    chain = _chain(inner.func if isinstance(inner, cst.Call) else inner)
    return chain.split(".")[0] if chain else ""
