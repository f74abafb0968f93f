"""The statements of one unit and the names they use, parsed when first asked for.

Enters: a run of lines and where it begins, or statements that are parsed already. Leaves: their AST, with the line
numbers of the file; and `Uses`. Runs of lines that are equal, line number included, are one `Code`: a repository may
hold a package twice, and each of its tests becomes a file of its own.
Not covered: what stands around the unit (module.py).
"""

from __future__ import annotations

import ast
import symtable
import warnings
from functools import cached_property

from .memory import no_collection
from .names import Uses
from .reasons import Reason


class Unparsable(Exception):
    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


def parsed(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings(), no_collection():
            warnings.simplefilter("ignore")  # invalid escapes in other people's strings
            return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise Unparsable(Reason.SYNTAX, str(error)) from error
    except (RecursionError, MemoryError) as error:
        raise Unparsable(Reason.TOO_DEEP, type(error).__name__) from error


class Code:
    def __init__(self, text: str, line: int, nodes: list[ast.stmt] | None = None) -> None:
        self.text, self.line = text, line
        if nodes is not None:
            self.nodes = nodes

    @cached_property
    def nodes(self) -> list[ast.stmt]:
        """Empty where it does not parse: whoever has to know asks for the `flaw`."""
        return [] if isinstance(self._tree, Unparsable) else self._tree.body

    @cached_property
    def uses(self) -> list[Uses]:
        return [Uses(node) for node in self.nodes]

    @cached_property
    def flaw(self) -> Unparsable | None:
        """Why it does not parse. The symbol table takes half the time where nobody needs the nodes."""
        if "nodes" not in self.__dict__:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    symtable.symtable(self.text, "", "exec")
                return None
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                pass  # it may still be something that only the parser takes, as a `return` outside of a function
        return self._tree if not self.nodes and isinstance(self._tree, Unparsable) else None

    @cached_property
    def _tree(self) -> ast.Module | Unparsable:
        try:
            return parsed("\n" * (self.line - 1) + self.text)
        except Unparsable as error:
            return error
