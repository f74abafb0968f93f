"""Names that a module of the repository makes when they are asked for, by a `__getattr__` of its own (PEP 562).

In: a `Repo`. Out: one in which such names are asked for by calling that function, so that a closure finds them
and its text runs; the same `Repo` where there are none. Lines keep their numbers.
Not covered: names that are asked for through star imports, or of a module that is passed around.
"""

from __future__ import annotations

import ast
import posixpath
import re
from functools import lru_cache

from triton_data.extract.source.find import dotted
from triton_data.extract.source.module import Broken, Import, Module
from triton_data.extract.source.repo import InRepo, Repo, Target
from triton_data.extract.source.used_names import for_type_checkers

ASKED = "__getattr__"
Edit = tuple[int, int, int, int, str]  # first line and column in bytes, last ones, new text
_LIST = rb"\s+import\s*(\([^)]*|(?:[^\n\\]|\\\r?\n)*)"
_RELATIVE = re.compile(rb"\bfrom\s+\.+%b" % _LIST)
_NOT_ASKED = re.compile(rb"\bas\s+\w+|#[^\n]*")
_WORD = re.compile(rb"[^\W\d]\w*")


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

    return Repo(repo.files, edited=edited, packages=repo.packages)


def _may_ask(repo: Repo, path: str, homes: set[str]) -> bool:
    """By spelling, because few do and parsing takes long: whoever asks a module says its name, or an alias of it."""
    data = repo.files[path]
    return any(_is_lazy(repo, InRepo(home), one.decode()) for home in homes for one in _spelled(data, path, home))


def _spelled(data: bytes, path: str, home: str) -> set[bytes]:
    """The names that are asked of a module, and some that are not."""
    folder, file = posixpath.split(home)
    name = _stem(home).encode()
    lists: list[bytes] = []
    if file == "__init__.py" and path.startswith(f"{folder}/"):
        lists += _RELATIVE.findall(data)
    requested: set[bytes] = set()
    if name in data:
        from_it, aliased = _asking(name)
        lists += from_it.findall(data)
        for each in {name, *aliased.findall(data)}:
            requested.update(_attributes_of(each).findall(data))
    return requested.union(*(_WORD.findall(_NOT_ASKED.sub(b"", each)) for each in lists))


@lru_cache
def _asking(name: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    return re.compile(rb"\bfrom\s+[\w.]*\b%b%b" % (name, _LIST)), re.compile(rb"\b%b\s+as\s+(\w+)" % name)


@lru_cache
def _attributes_of(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\b%b\.(\w+)" % name)


def _stem(home: str) -> str:
    folder, file = posixpath.split(home)
    return posixpath.basename(folder) if file == "__init__.py" else file.removesuffix(".py")


def _edits(repo: Repo, module: Module, homes: set[str]) -> list[Edit]:
    found: list[Edit] = []
    spelled = {_stem(home) for home in homes}
    spelled |= {name for name in module.bindings if _leads_to(repo, repo.lookup(module.path, name), homes)}
    asking = re.compile(rf"\b(?:{'|'.join(map(re.escape, spelled))})\b|\bfrom\s+\.+\s+import\b")
    statements = [top for unit in module.units if asking.search(unit.text) for top in unit.nodes]
    for node in (node for top in statements for node in ast.walk(top)):
        new = ""
        if isinstance(node, ast.ImportFrom):
            new = _imported(repo, module.path, node, homes)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            new = _attribute(repo, module, node, homes)
        if new and isinstance(node, ast.stmt | ast.expr):
            assert node.end_lineno is not None and node.end_col_offset is not None
            found.append((node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, new))
    return found


def _leads_to(repo: Repo, target: Target, homes: set[str]) -> bool:
    return isinstance(target, InRepo) and target.path in homes


def _applied(text: str, edits: list[Edit]) -> str:
    lines = text.encode("utf-8", "surrogateescape").split(b"\n")
    for first, start, last, end, new in sorted(edits, reverse=True):
        rewritten = lines[first - 1][:start] + new.encode() + lines[last - 1][end:]
        lines[first - 1 : last] = [rewritten, *[b""] * (last - first)]
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
    return repo.once((home.path, name, "is made when it is asked for"), lambda: _found_lazy(repo, home, name))


def _found_lazy(repo: Repo, home: InRepo, name: str) -> bool:
    """Nothing binds it, but perhaps what only type checkers read."""
    found = repo.member(home, name)
    module = repo.module(home.path)
    if found is None or isinstance(module, Broken) or isinstance(found, InRepo) or name.startswith("__"):
        return found is None and not name.startswith("__")
    return name in repo.once((module.path, "names that nothing gives a value"), lambda: _unread(module))


def _unread(module: Module) -> set[str]:
    """Names that only statements bind which nobody runs, or which give no value."""
    tops = [top for unit in module.units if not unit.kind for top in unit.nodes]
    nodes = [node for top in tops for node in ast.walk(top)]
    for_type_checkers_only = [node for node in nodes if isinstance(node, ast.If) and for_type_checkers(node)]
    idle = {id(inner) for node in for_type_checkers_only for statement in node.body for inner in ast.walk(statement)}
    named: dict[bool, set[str]] = {True: set(), False: set()}
    for node in nodes:
        if isinstance(node, ast.AnnAssign | ast.Assign):
            runs = id(node) not in idle and node.value is not None
            named[runs].update(target.id for target in _targets(node) if isinstance(target, ast.Name))
    return named[False] - named[True]


def _targets(node: ast.AnnAssign | ast.Assign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]
