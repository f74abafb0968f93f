"""A syntax tree as words, node by node: what tree.py and computes.py have in common.

In: nodes. Out: `words`, in the order of the tree. Not covered: what counts of a name, a constant or a block, which is
what the two differ in.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod

SKIPPED = frozenset({"ctx", "annotation", "returns", "type_comment", "decorator_list", "kind", "type_params"})


class Printer(ABC):
    """A subclass has `_Name`, `_Call` and so on for the nodes that it prints in its own way."""

    def print(self, node: ast.AST) -> None:
        own = getattr(self, f"_{type(node).__name__}", None)
        if own is not None:
            own(node)
            return
        self._say(type(node).__name__)
        for name, value in ast.iter_fields(node):
            if name not in SKIPPED:
                self._value(value)

    def _value(self, value: object) -> None:
        if isinstance(value, ast.AST):
            self.print(value)
        elif isinstance(value, list):
            self._list(value)
        elif isinstance(value, str):
            self._say(self._named(value))
        else:
            self._say(repr(value))

    def _AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.print(ast.Assign([node.target], node.value))

    @abstractmethod
    def _say(self, word: str) -> None: ...

    @abstractmethod
    def _list(self, values: list[ast.AST]) -> None: ...

    @abstractmethod
    def _named(self, name: str) -> str:
        """A name that stands where Python has no expression."""
