"""Find: every Triton kernel and every `nn.Module` class of a repository, whatever spelling it is written in.

In: a `Repo` and a path, or plain text. Out: `FoundKernel` and `FoundClass`, with the unit they stand in.
A bytes pre-filter decides which files are parsed at all. Only statements are walked, never expressions: definitions
can be nested in functions, classes and conditions, and nowhere else.
Not covered: kernels made by calling `triton.jit(f)`, classes made by `type(...)`.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from triton_data.extract.source.function_names import Function
from triton_data.extract.source.module import Broken, Module, Unit
from triton_data.extract.source.repo import Defined, External, InRepo, Repo, Target
from triton_data.extract.source.star_imports import through_star

_TORCH_HOMES = ("torch.nn", "torch.jit")
_NOT_MODULES = ("Parameter", "functional", "init", "utils", "Buffer", "UninitializedParameter", "ScriptFunction")
# Other packages' base classes are not opened: these endings are what torch's ecosystem calls its modules. What ends in
# DataModule loads data.
_MODULE_ENDINGS = ("Module", "PreTrainedModel", "MessagePassing", "Layer")
_OTHER_FRAMEWORKS = frozenset(("keras", "tensorflow", "flax", "jax", "paddle", "mxnet", "abc", "types"))


_INDENTED = re.compile(r"\n[ \t]+@")  # a decorator inside something
_DECORATORS = re.compile(r"^[ \t]*@[ \t]*(.*)", re.M)
_CHAIN = re.compile(r"([^\W\d][\w.]*)[ \t]*(?:[(#\r]|$)")  # else it is written in an unusual way


@dataclass(frozen=True, slots=True)
class FoundKernel:
    name: str  # dotted where it stands inside a class or function
    text: str  # as written: decorators, comments, formatting; dedented where every line allows it
    line_start: int
    line_end: int
    unit: Unit
    node: Function


@dataclass(frozen=True, slots=True)
class FoundClass:
    name: str
    line_start: int
    line_end: int
    unit: Unit
    node: ast.ClassDef
    nested: bool  # inside a function


def may_hold_kernels(data: bytes) -> bool:
    return b"jit" in data and b"def " in data


def may_hold_classes(data: bytes) -> bool:
    return b"class " in data


def find_kernels(text: str) -> list[FoundKernel]:
    """Kernels of one file with nothing around it: aliases are followed inside the file only."""
    repo = Repo({"file.py": text.encode("utf-8", "surrogateescape")})
    module = repo.module("file.py")
    if isinstance(module, Broken):
        raise SyntaxError(module.detail)
    if module.flaw is not None:
        raise SyntaxError(module.flaw.detail)
    return list(kernels_in(repo, module))


def kernels_in(repo: Repo, module: Module) -> Iterator[FoundKernel]:
    for unit in module.units:
        if not _has_jit(repo, module, unit.text):
            continue
        deep = _INDENTED.search(unit.text)
        for top in unit.nodes if deep else unit.code.heads:
            for name, node, _ in _definitions(top, "", False) if deep else _itself(top):
                if isinstance(node, Function) and node.decorator_list and _is_kernel(repo, module, node):
                    start = min(node.lineno, *(d.lineno for d in node.decorator_list))
                    end = node.end_lineno or start
                    lines = module.lines[_comments_above(module, start) - 1 : end]
                    text = "\n".join(lines)
                    text = textwrap.dedent(text) if text[:1].isspace() else text
                    yield FoundKernel(name, text, start, end, unit, node)


def _has_jit(repo: Repo, module: Module, text: str) -> bool:
    """Most functions are neither kernels nor parsed to find that out."""
    for spelling in _DECORATORS.findall(text) if "@" in text else ():
        chain = _CHAIN.match(spelling)
        if chain is None or _is_jit(repo, module, tuple(chain[1].split("."))):
            return True
    return False


def _itself(node: ast.stmt) -> Iterator[tuple[str, ast.AST, bool]]:
    if isinstance(node, Function):
        yield node.name, node, False


def _comments_above(module: Module, line: int) -> int:
    while line > 1 and module.lines[line - 2].lstrip().startswith("#"):
        line -= 1
    return line


def _definitions(node: ast.AST, prefix: str, in_function: bool) -> Iterator[tuple[str, ast.AST, bool]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        name = prefix + node.name
        yield name, node, in_function
        inside = in_function or not isinstance(node, ast.ClassDef)
        for child in node.body:
            yield from _definitions(child, f"{name}.", inside)
    elif isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try | ast.TryStar):
        for block in ("body", "orelse", "finalbody", "handlers"):
            for child in getattr(node, block, ()):
                yield from _definitions(child, prefix, in_function)
    elif isinstance(node, ast.ExceptHandler):
        for child in node.body:
            yield from _definitions(child, prefix, in_function)


def _is_kernel(repo: Repo, module: Module, node: Function) -> bool:
    functions = (decorator.func if isinstance(decorator, ast.Call) else decorator for decorator in node.decorator_list)
    return any(_is_jit(repo, module, dotted(each)) for each in functions)


def _is_jit(repo: Repo, module: Module, chain: tuple[str, ...]) -> bool:
    if not chain or ("jit" not in chain[-1].lower() and not _aliases_jit(module, chain[0])):
        return False
    return names_triton_jit(resolve(repo, module, chain))


def _aliases_jit(module: Module, root: str) -> bool:
    """`from triton import jit as kernel`, or `kernel = triton.jit` at module level."""
    return any(b.item is None or b.item.attribute == "jit" for b in module.bindings.get(root, ()))


def names_triton_jit(found: tuple[Target, tuple[str, ...]]) -> bool:
    target, rest = found
    if not isinstance(target, External) or target.package != "triton":
        return False
    return (*target.module.split("."), *filter(None, [target.attribute]), *rest)[-1] == "jit"


def dotted(node: ast.AST) -> tuple[str, ...]:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else ()


def resolve(repo: Repo, module: Module, chain: tuple[str, ...]) -> tuple[Target, tuple[str, ...]]:
    """Follow a dotted chain as far as modules go: what it arrives at, and the attributes that remain."""
    target, rest, path = repo.lookup(module.path, chain[0]), chain[1:], module.path
    for _ in range(20):  # `a = b; b = a` must end
        while isinstance(target, InRepo) and rest:
            path = target.path
            target, rest = repo.member(target, rest[0]), rest[1:]
        conditional = _conditional_import(repo, target) if isinstance(target, Defined) else None
        if conditional is not None:
            target = conditional
            continue
        value = _assigned(repo, target) if isinstance(target, Defined) else None
        if not value or not isinstance(target, Defined):
            break
        path = target.path
        target, rest = repo.lookup(path, value[0]), value[1:] + rest
    if target is None and len(chain) == 1:
        for star in reversed(repo.external_stars(path)):
            return through_star(star, chain[0], repo.packages) or External(star, chain[0]), ()
    return target, rest


def _conditional_import(repo: Repo, target: Defined) -> Target:
    """`try: import triton` with `triton = None` below it: what the import says."""
    module = repo.module(target.path)
    items = [] if isinstance(module, Broken) else [b.item for b in module.bindings[target.name] if b.item]
    found = repo.imported(items[0], target.name, target.path) if items else None
    return found if found != target else None


def _assigned(repo: Repo, target: Defined) -> tuple[str, ...]:
    """`X = a.b.c` at module level is another name for a.b.c; in a conditional import, what the import says."""
    module = repo.module(target.path)
    if isinstance(module, Broken):
        return ()
    binding = module.bindings[target.name][-1]
    for node in module.units[binding.unit].code.heads:
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == target.name for t in node.targets):
            chain = dotted(node.value)
            return chain if chain and chain[0] != target.name else ()
    return ()


def classes_in(repo: Repo, module: Module) -> Iterator[FoundClass]:
    for unit in module.units:
        for top in unit.nodes if "class" in unit.text else ():
            for name, node, nested in _definitions(top, "", False):
                if isinstance(node, ast.ClassDef) and is_module_class(repo, module, node):
                    start = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                    yield FoundClass(name, start, node.end_lineno or start, unit, node, nested)


def is_module_class(repo: Repo, module: Module, node: ast.ClassDef, depth: int = 0) -> bool:
    return depth < 30 and any(_is_module_base(repo, module, base, depth) for base in node.bases)


def _is_module_base(repo: Repo, module: Module, base: ast.expr, depth: int) -> bool:
    if isinstance(base, ast.Subscript):  # Generic-style bases: Base[T]
        base = base.value
    chain = dotted(base)
    if not chain:
        return False
    target, rest = resolve(repo, module, chain)
    if isinstance(target, External):
        return _external_module(target, rest)
    if isinstance(target, Defined) and not rest:
        return _defined_module(repo, target, depth)
    return target is None and chain[-1] == "Module"


def _external_module(target: External, rest: tuple[str, ...]) -> bool:
    full = ".".join((target.module, *filter(None, [target.attribute]), *rest))
    home, _, last = full.rpartition(".")
    if home.startswith(_TORCH_HOMES):
        return last.lstrip("_")[:1].isupper() and last not in _NOT_MODULES
    return (
        last.endswith(_MODULE_ENDINGS) and not last.endswith("DataModule") and target.package not in _OTHER_FRAMEWORKS
    )


def _defined_module(repo: Repo, target: Defined, depth: int) -> bool:
    module = repo.module(target.path)
    if isinstance(module, Broken):
        return False
    for binding in module.bindings[target.name]:
        for top in module.units[binding.unit].nodes:
            for name, node, _ in _definitions(top, "", False):
                if not isinstance(node, ast.ClassDef) or name != target.name:
                    continue
                if is_module_class(repo, module, node, depth + 1):
                    return True
    return False
