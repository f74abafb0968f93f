"""Classes to give where a constructor asks for an unfinished one: `backbone: Backbone`, to be finished by subclasses.

In: a `Repo`, and a class in it. Out: for each annotation of its constructor that is an unfinished class of the
repository up to two finished ones that inherit from it. Not covered: subclasses of subclasses.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triton_data.extract.source.repo import Defined, Key, Repo
from triton_data.extract.usage.class_users import all_classes

FOR_ONE = 2


class Subclasses:
    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self._nodes: dict[Key, ast.ClassDef] | None = None
        self._subclasses: dict[Key, list[Key]] = {}

    def of(self, path: str, name: str) -> list[Key]:
        if self._nodes is None:
            self._nodes = self._index()
        node = self._nodes.get((path, name))
        annotated = [self._home(path, word) for word in _annotated(node)] if node is not None else []
        return [each for key in dict.fromkeys(annotated) if key is not None for each in self._finished(key)]

    def _finished(self, key: Key) -> list[Key]:
        nodes = self._nodes or {}
        if key not in nodes or not _unfinished(nodes[key]):
            return []
        return [each for each in self._subclasses.get(key, ()) if not _unfinished(nodes[each])][:FOR_ONE]

    def _index(self) -> dict[Key, ast.ClassDef]:
        nodes: dict[Key, ast.ClassDef] = {}
        for module, found in all_classes(self.repo):
            if found.nested or "." in found.name:
                continue
            nodes[(module.path, found.name)] = found.node
            for base in found.node.bases:
                home = self._home(module.path, ast.unparse(base))
                if home is not None:
                    self._subclasses.setdefault(home, []).append((module.path, found.name))
        return nodes

    def _home(self, path: str, name: str) -> Key | None:
        target = self.repo.lookup(path, name) if name.isidentifier() else None
        return (target.path, target.name) if isinstance(target, Defined) else None


def _annotated(node: ast.ClassDef) -> Iterator[str]:
    """Names in the annotations of the constructor, quoted ones too."""
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            for argument in (*method.args.args, *method.args.kwonlyargs):
                for inner in ast.walk(argument.annotation or ast.Constant(None)):
                    if isinstance(inner, ast.Name):
                        yield inner.id
                    elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                        yield inner.value


def _unfinished(node: ast.ClassDef) -> bool:
    """It has abstract methods, or a `forward` that only raises."""
    for method in node.body:
        if not isinstance(method, ast.FunctionDef):
            continue
        if any("abstractmethod" in ast.unparse(decorator) for decorator in method.decorator_list):
            return True
        if method.name == "forward" and isinstance(method.body[-1], ast.Raise):
            return "NotImplementedError" in ast.unparse(method.body[-1])
    return False
