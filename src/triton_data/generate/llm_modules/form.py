"""The form that a program must have before it is run, and its class's name made what the file's will be.

In: a text, and the name that was wanted. Out: the text with its entry called so, or a Drop. By LibCST: names that refer
to the class change, `SubModel`, strings, attributes and locals of the same name do not; comments stay. Nothing is run.
Not covered: whether it works.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import libcst as cst
from libcst.metadata import GlobalScope, MetadataWrapper, ScopeProvider

from triton_data.generate.llm_modules.reasons import Category
from triton_data.records import Drop

FUNCTIONS = ("get_inputs", "get_init_inputs")
_USUAL = ("Model", "ModelNew", "SynthModel", "SynthModule")


def formed(text: str, name: str) -> str | Drop:
    tree = parse(text)
    if isinstance(tree, Drop):
        return tree
    entry = entry_of(tree, name)
    missing = [each for each in FUNCTIONS if each not in _defined(tree, ast.FunctionDef)]
    if not entry:
        return Drop(Category.FORM, f"no class {name}(nn.Module) in it")
    if missing:
        return Drop(Category.FORM, f"no function {missing[0]}() in it")
    if entry != name and name in _bound(tree):
        return Drop(Category.FORM, f"{name} is not the module but something else in it")
    try:
        return text if entry == name else renamed(text, entry, name)
    except (cst.ParserSyntaxError, RecursionError) as error:
        return Drop(Category.SYNTAX, f"{type(error).__name__}: it cannot be rewritten")


def parse(text: str) -> ast.Module | Drop:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        where = f" in line {error.lineno}" if isinstance(error, SyntaxError) else ""
        return Drop(Category.SYNTAX, f"{type(error).__name__}{where}: {error.args[0] if error.args else error}")
    except (RecursionError, MemoryError):
        return Drop(Category.SYNTAX, "nested too deep to be read")


def entry_of(tree: ast.Module, name: str) -> str:
    """The class with the wanted name, or a usual one, or the last that is a module and that no other is made of."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    names = [node.name for node in classes]
    for each in (name, *_USUAL):
        if each in names:
            return each
    modules = [node for node in classes if any("Module" in ast.unparse(base) for base in node.bases)]
    used = {
        found.id
        for node in classes
        for found in ast.walk(node)
        if isinstance(found, ast.Name) and found.id != node.name
    }
    alone = [node.name for node in modules if node.name not in used]
    return (alone or [node.name for node in modules] or [""])[-1]


def renamed(text: str, old: str, new: str) -> str:
    wrapper = MetadataWrapper(cst.parse_module(text))
    scopes = {scope for scope in wrapper.resolve(ScopeProvider).values() if isinstance(scope, GlobalScope)}
    nodes: set[cst.CSTNode] = set()
    for scope in scopes:
        for assignment in scope[old]:
            node = getattr(assignment, "node", None)
            if isinstance(node, cst.ClassDef | cst.FunctionDef):
                nodes.add(node.name)
            elif isinstance(node, cst.Name):
                nodes.add(node)
            nodes.update(each for access in assignment.references for each in _names(access.node, old))
    return wrapper.module.visit(_Renamer(nodes, new)).code


def _names(node: cst.CSTNode, old: str) -> Iterator[cst.Name]:
    """Of `Model.width` only what stands first."""
    while isinstance(node, cst.Attribute):
        node = node.value
    if isinstance(node, cst.Name) and node.value == old:
        yield node


class _Renamer(cst.CSTTransformer):
    def __init__(self, nodes: set[cst.CSTNode], new: str) -> None:
        super().__init__()
        self.nodes, self.new = nodes, new

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        return updated_node.with_changes(value=self.new) if original_node in self.nodes else updated_node


def _defined(tree: ast.Module, kind: type[ast.stmt]) -> list[str]:
    return [getattr(node, "name", "") for node in tree.body if isinstance(node, kind)]


def _bound(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | {
        node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef)
    }
