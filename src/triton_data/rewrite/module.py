"""The Program's class without its computation: the same constructor, so the same state_dict, and a new forward.

In: the Program's text and entry. Out: the parts of it that the constructor needs, the class renamed and without its
forward, and the input functions. The forwards of the classes inside it go too: they only hold parameters here.
Not covered: a constructor that calls forward, or state that is made outside the constructor.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from triton_data.rewrite import granted, tree, unneeded
from triton_data.rewrite.printer import STEP
from triton_data.rewrite.reasons import Declined, Reason

INPUT_FUNCTIONS = ("get_inputs", "get_init_inputs")
_FORWARDS = {"forward", "__call__", "extra_repr"}


@dataclass(frozen=True)
class Shell:
    is_class: bool
    arguments: str  # of forward, with self for a class
    parameters: tuple[str, ...]  # their names
    imports: tuple[str, ...]
    before: tuple[str, ...]  # definitions that the class or the inputs need
    class_lines: tuple[str, ...]  # the class up to where forward goes
    inputs: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that forward's signature binds, `*args` included."""
        arguments = ast.parse(f"def f({self.arguments}): pass").body[0]
        return tuple(each.arg for each in ast.walk(arguments) if isinstance(each, ast.arg))[1 if self.is_class else 0 :]

    def head(self, name: str) -> list[str]:
        """Up to and with the line that opens the new forward, or the new function."""
        if self.is_class:
            return [*self.class_lines, "", f"{STEP}def forward({self.arguments}):"]
        return [f"def {name}({self.arguments}):"]


def shell(text: str, entry: str, new_name: str, constructor: Sequence[str] = ()) -> Shell:
    """`constructor`: what the capture took for granted about the arguments of the class."""
    module = ast.parse(text)
    module.body = [part for node in module.body for part in _one_import_each(node)]
    definitions = {_name(node): node for node in module.body if _name(node)}
    target = definitions.get(entry)
    if isinstance(target, ast.FunctionDef):
        return _of_function(module, target)
    if not isinstance(target, ast.ClassDef):
        raise Declined(Reason.INPUTS, f"{entry} is neither a class nor a function")
    forward = _forward(target, definitions)
    kept = _constructor_only(target, _attributes(module, target))
    kept.name = new_name
    _rename_super(kept, entry, new_name)
    unneeded.without_attributes(kept, _foreign(module), _attributes(module, target))
    granted.in_constructor(kept, definitions, constructor)
    roots: list[ast.stmt] = [kept, *_defaults(forward)]
    inputs = [definitions[name] for name in INPUT_FUNCTIONS if name in definitions]
    imports, before = _needed(module, [*roots, *inputs], {entry, *INPUT_FUNCTIONS})
    return Shell(
        True,
        _plain_arguments(forward.args),
        tuple(a.arg for a in [*forward.args.posonlyargs, *forward.args.args, *forward.args.kwonlyargs][1:]),
        imports,
        before,
        tuple(ast.unparse(kept).splitlines()),
        tuple(ast.unparse(node) for node in inputs),
    )


def _defaults(function: ast.FunctionDef) -> list[ast.stmt]:
    """The values that stand in the signature, whose names the new one needs too."""
    values = [*function.args.defaults, *(each for each in function.args.kw_defaults if each is not None)]
    return [ast.Expr(value) for value in values]


def _attributes(module: ast.Module, target: ast.ClassDef) -> set[str]:
    """What the text outside of a class reads of others: its class methods, and what its heirs and inputs look at."""
    others = [node for node in module.body if node is not target]
    nodes = [each for other in others for each in ast.walk(other)]
    return {each.attr for each in nodes if isinstance(each, ast.Attribute)}


def _foreign(module: ast.Module) -> set[str]:
    """Names that imports bind, but for torch's."""
    imports = [node for node in module.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return {name for node in imports for name in _bound(node) if "torch" not in ast.unparse(node)}


def _one_import_each(node: ast.stmt) -> list[ast.stmt]:
    """`import a, b as c` as two lines, so that each is kept or left out by itself."""
    if isinstance(node, ast.Import):
        return [ast.Import([alias]) for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module != "__future__":
        return [ast.ImportFrom(node.module, [alias], node.level) for alias in node.names]
    return [] if isinstance(node, ast.ImportFrom) else [node]


def _of_function(module: ast.Module, target: ast.FunctionDef) -> Shell:
    inputs = [node for node in module.body if _name(node) in INPUT_FUNCTIONS]
    imports, before = _needed(module, [*inputs, *_defaults(target)], {target.name, *INPUT_FUNCTIONS})
    names = tuple(a.arg for a in [*target.args.posonlyargs, *target.args.args, *target.args.kwonlyargs])
    return Shell(False, _plain_arguments(target.args), names, imports, before, (), tuple(map(ast.unparse, inputs)))


def _name(node: ast.stmt) -> str:
    return node.name if isinstance(node, ast.ClassDef | ast.FunctionDef) else ""


def _forward(target: ast.ClassDef, definitions: dict[str, ast.stmt]) -> ast.FunctionDef:
    for node in target.body:
        if isinstance(node, ast.FunctionDef) and node.name == "forward":
            return node
    for base in target.bases:
        inherited = definitions.get(ast.unparse(base))
        if isinstance(inherited, ast.ClassDef):
            return _forward(inherited, definitions)
    raise Declined(Reason.INPUTS, f"{target.name} has no forward in its own text")


def _constructor_only(target: ast.ClassDef, read: set[str] = frozenset()) -> ast.ClassDef:  # type: ignore[assignment]
    """Without forward, and without the methods that only forward used; class methods that others call stay."""
    copy = unneeded.without_annotations(ast.parse(ast.unparse(target)).body[0])
    assert isinstance(copy, ast.ClassDef)
    methods = {n.name: n for n in copy.body if isinstance(n, ast.FunctionDef)}
    needed, queue = set[str](), [n for n in methods if n.startswith("__") and n not in _FORWARDS]
    queue += [n for n, node in methods.items() if n in read and _is_of_class(node)]
    while queue:
        name = queue.pop()
        if name in needed or name not in methods:
            continue
        needed.add(name)
        queue += [n.attr for n in ast.walk(methods[name]) if isinstance(n, ast.Attribute)]
    copy.body = [n for n in copy.body if not isinstance(n, ast.FunctionDef) or n.name in needed - _FORWARDS]
    copy.body = [n for n in copy.body if not _is_text(n)] or [ast.Pass()]
    for node in ast.walk(copy):
        if isinstance(node, ast.FunctionDef) and len(node.body) > 1:
            node.body = [n for n in node.body if not isinstance(n, ast.Pass)] or [ast.Pass()]
    return copy


def _is_of_class(node: ast.FunctionDef) -> bool:
    return any(ast.unparse(each) in ("classmethod", "staticmethod") for each in node.decorator_list)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _rename_super(target: ast.ClassDef, old: str, new: str) -> None:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = new


def _plain_arguments(arguments: ast.arguments) -> str:
    """Without annotations, whose names the new file may not have."""
    copy = ast.parse(f"def f({ast.unparse(arguments)}): pass").body[0]
    for node in ast.walk(copy):
        if isinstance(node, ast.arg):
            node.annotation = None
    assert isinstance(copy, ast.FunctionDef)
    return ast.unparse(copy.args)


def _needed(module: ast.Module, roots: list[ast.stmt], without: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Imports and definitions of the text that the roots need, in the text's order."""
    binds: dict[str, list[int]] = {}
    nodes: list[ast.stmt] = []
    for node in module.body:
        stripped = _stripped(node, module)
        nodes.append(stripped)
        for name in _bound(stripped):
            if name not in without:
                binds.setdefault(name, []).append(len(nodes) - 1)
    needed: set[int] = set()
    queue = [name for root in roots for name in _loads(root)]
    while queue:
        for index in binds.get(queue.pop(), ()):
            if index not in needed:
                needed.add(index)
                queue += _loads(nodes[index])
    chosen = [nodes[i] for i in sorted(needed)]
    imports = tuple(ast.unparse(n) for n in chosen if isinstance(n, ast.Import | ast.ImportFrom))
    return imports, tuple(ast.unparse(n) for n in chosen if not isinstance(n, ast.Import | ast.ImportFrom))


def _stripped(node: ast.stmt, module: ast.Module) -> ast.stmt:
    is_module = isinstance(node, ast.ClassDef) and any(ast.unparse(b).endswith("Module") for b in node.bases)
    if is_module and isinstance(node, ast.ClassDef):
        return _constructor_only(node, _attributes(module, node))
    return unneeded.without_annotations(node) if isinstance(node, ast.FunctionDef) else node


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name.split(".")[0]) for alias in node.names]
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return [node.name]
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def _loads(node: ast.stmt) -> list[str]:
    return list(tree.used(node))
