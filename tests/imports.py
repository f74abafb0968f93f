"""The import graph of the package, read from syntax trees: what a module imports, wherever in the file it says so."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/triton_data"


@cache
def modules() -> dict[str, Path]:
    """Dotted name below the package -> file; a package's own name is that of its `__init__`."""
    names = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def imported(tree: ast.AST, known: frozenset[str]) -> Iterator[str]:
    """Of this package only. `from a import b` means the module a.b where there is one, else a."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name.partition(".")[2] in known else node.module for name in whole]
        else:
            continue
        yield from (name.partition(".")[2] for name in names if name.partition(".")[0] == "triton_data")


@cache
def graph() -> dict[str, frozenset[str]]:
    known = frozenset(modules())
    return {
        name: frozenset(imported(ast.parse(path.read_text("utf-8")), known)) - {""} for name, path in modules().items()
    }


def circles(edges: dict[str, frozenset[str]]) -> list[list[str]]:
    """Every way along imports that comes back to where it began, one for each module it was found from."""
    done: set[str] = set()
    found: list[list[str]] = []

    def follow(name: str, path: list[str]) -> None:
        if name in path:
            found.append([*path[path.index(name) :], name])
        elif name not in done:
            for target in sorted(edges.get(name, ())):
                follow(target, [*path, name])
            done.add(name)

    for name in sorted(edges):
        follow(name, [])
    return found
