"""Names that a module of the repository makes when they are asked for, by a `__getattr__` of its own (PEP 562).

Enters: a `Repo`. Leaves: one in which such names are asked for by calling that function, so that a closure finds them
and its text runs; the same `Repo` where there are none. Lines keep their numbers.
Not covered: names that are asked for through star imports, or of a module that is passed around.
"""

from __future__ import annotations

import ast
import posixpath
import re

from .bindings import Import
from .find import dotted
from .module import Broken, Module
from .names import for_type_checkers
from .repo import InRepo, Repo

ASKED = "__getattr__"
Edit = tuple[int, int, int, int, str]  # first line and column in bytes, last ones, new text


def resolved(repo: Repo) -> Repo:
    homes = {path for path in repo.python_files() if b"\ndef __getattr__(" in repo.files[path]}
    if not homes:
        return repo

    def edited(path: str) -> bytes:
        module = repo.module(path) if _may_ask(repo, path, homes) else None
        edits = _edits(repo, module, homes) if isinstance(module, Module) else []
        if not isinstance(module, Module) or not edits:
            return repo.files[path]
        return _applied(module.text, edits).encode("utf-8", "surrogateescape")

    return Repo(repo.files, edited=edited)


def _may_ask(repo: Repo, path: str, homes: set[str]) -> bool:
    """By spelling, because few do and parsing takes long: whoever asks a module says its name, or an alias of it."""
    data = repo.files[path]
    for home in homes:
        folder, file = posixpath.split(home)
        package = file == "__init__.py"
        name = (posixpath.basename(folder) if package else file.removesuffix(".py")).encode()
        if package and path.startswith(f"{folder}/") and re.search(rb"\bfrom\s+\.+\s+import\b", data):
            return True
        if name not in data:
            continue
        if re.search(rb"\bfrom\s+[\w.]*\b%b\s+import\b" % name, data):
            return True
        names = [name, *re.findall(rb"\b%b\s+as\s+(\w+)" % name, data)]
        asked = {one.decode() for each in names for one in re.findall(rb"\b%b\.(\w+)" % each, data)}
        if any(_is_lazy(repo, InRepo(home), one) for one in asked):
            return True
    return False


def _edits(repo: Repo, module: Module, homes: set[str]) -> list[Edit]:
    found: list[Edit] = []
    for node in ast.walk(module.tree):
        new = ""
        if isinstance(node, ast.ImportFrom):
            new = _imported(repo, module.path, node, homes)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            new = _attribute(repo, module, node, homes)
        if new and isinstance(node, ast.stmt | ast.expr):
            assert node.end_lineno is not None and node.end_col_offset is not None
            found.append((node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, new))
    return found


def _applied(text: str, edits: list[Edit]) -> str:
    lines = text.encode("utf-8", "surrogateescape").split(b"\n")
    for first, start, last, end, new in sorted(edits, reverse=True):
        made = lines[first - 1][:start] + new.encode() + lines[last - 1][end:]
        lines[first - 1 : last] = [made, *[b""] * (last - first)]
    return b"\n".join(lines).decode("utf-8", "surrogateescape")


def _imported(repo: Repo, path: str, node: ast.ImportFrom, homes: set[str]) -> str:
    home = repo.import_target(Import(node.module or "", "", node.level, False), path)
    if not isinstance(home, InRepo) or home.path not in homes:
        return ""
    lazy = [alias for alias in node.names if alias.name != "*" and _is_lazy(repo, home, alias.name)]
    if not lazy:
        return ""
    function = f"_ask_{(node.module or 'here').replace('.', '_')}"
    kept = [ast.unparse(alias) for alias in node.names if alias not in lazy]
    source = f"from {'.' * node.level}{node.module or ''} import {', '.join([*kept, f'{ASKED} as {function}'])}"
    return "; ".join([source, *(f"{alias.asname or alias.name} = {function}({alias.name!r})" for alias in lazy)])


def _attribute(repo: Repo, module: Module, node: ast.Attribute, homes: set[str]) -> str:
    """`envs.DEBUG` as `envs.__getattr__("DEBUG")`."""
    chain = dotted(node)
    target = repo.lookup(module.path, chain[0]) if len(chain) > 1 else None
    for part in chain[1:-1]:
        target = repo.member(target, part) if isinstance(target, InRepo) else None
    if not isinstance(target, InRepo) or target.path not in homes or not _is_lazy(repo, target, chain[-1]):
        return ""
    return f"{'.'.join(chain[:-1])}.{ASKED}({chain[-1]!r})"


def _is_lazy(repo: Repo, home: InRepo, name: str) -> bool:
    key = (home.path, name, "is made when it is asked for")
    if key not in repo.remembered:
        repo.remembered[key] = _found_lazy(repo, home, name)
    known: bool = repo.remembered[key]
    return known


def _found_lazy(repo: Repo, home: InRepo, name: str) -> bool:
    """Nothing binds it, but perhaps what only type checkers read."""
    found = repo.member(home, name)
    module = repo.module(home.path)
    if found is None or isinstance(module, Broken) or isinstance(found, InRepo) or name.startswith("__"):
        return found is None and not name.startswith("__")
    shown = [node for node in ast.walk(module.tree) if isinstance(node, ast.If) and for_type_checkers(node)]
    unread = {id(inner) for node in shown for statement in node.body for inner in ast.walk(statement)}
    statements = [node for node in ast.walk(module.tree) if isinstance(node, ast.AnnAssign | ast.Assign)]
    bound = [n for n in statements if any(isinstance(t, ast.Name) and t.id == name for t in _targets(n))]
    return bool(bound) and all(
        id(node) in unread or (isinstance(node, ast.AnnAssign) and node.value is None) for node in bound
    )


def _targets(node: ast.AnnAssign | ast.Assign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]
