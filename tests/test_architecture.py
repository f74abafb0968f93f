"""The floor plan is kept: imports point downwards, rooms do not know each other, nothing goes round in a circle."""

import ast

import pytest

from tests.imports import PACKAGE, circles, graph, imported, modules

# Low to high. What stands on one line does not know its neighbours; everything may import what lies below it.
FLOORS = (
    ("errors",),
    ("records", "targets", "block_sizes"),
    ("config",),
    ("store", "formats", "jail", "environments"),
    ("llm",),
    ("running",),
    ("sources", "extract", "generate", "capture", "rewrite", "verify", "curate", "export", "train", "report"),
    ("evaluate",),
    ("pipeline",),
    ("api", "without_run", "lazy_group"),
    ("commands",),
    ("cli",),
    ("__main__",),
)
FLOOR = {name: floor for floor, names in enumerate(FLOORS) for name in names}
LARGEST_FOLDER = 16  # modules, without `__init__`


def unit(module: str) -> str:
    return module.partition(".")[0]


def forbidden(edges: dict[str, frozenset[str]]) -> list[str]:
    return [
        f"{name} imports {target}"
        for name, targets in sorted(edges.items())
        for target in sorted(targets)
        if unit(name) != unit(target) and FLOOR[unit(target)] >= FLOOR[unit(name)]
    ]


def test_every_module_is_on_a_floor() -> None:
    assert {unit(name) for name in modules() if name} == set(FLOOR)


def test_imports_point_downwards() -> None:
    assert forbidden({name: targets for name, targets in graph().items() if name}) == []


def test_no_import_circles() -> None:
    assert circles(graph()) == []


def test_folders_stay_small() -> None:
    sizes = {
        folder.relative_to(PACKAGE).as_posix(): len([path for path in folder.glob("*.py") if path.stem != "__init__"])
        for folder in {path.parent for path in modules().values()}
    }
    assert {folder: size for folder, size in sizes.items() if size > LARGEST_FOLDER} == {}


def test_imports_are_absolute() -> None:
    relative = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


@pytest.mark.parametrize(
    ("edges", "complaints"),
    [
        ({"export.rows": frozenset({"verify.speed"})}, ["export.rows imports verify.speed"]),
        ({"records": frozenset({"store.store"})}, ["records imports store.store"]),
        ({"verify.a": frozenset({"verify.b", "records"})}, []),
    ],
)
def test_what_is_forbidden_is_seen(edges: dict[str, frozenset[str]], complaints: list[str]) -> None:
    assert forbidden(edges) == complaints


def test_circles_are_seen() -> None:
    tree = ast.parse("def f():\n    from triton_data.a import b\n    import triton_data.c\n")
    assert set(imported(tree, frozenset({"a", "a.b", "c"}))) == {"a.b", "c"}
    assert circles({"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset({"b"})}) == [["b", "c", "b"]]
