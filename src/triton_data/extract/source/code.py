"""The statements of one unit and the names they use, parsed when first asked for.

In: a run of lines and where it begins, or statements that are parsed already. Out: their AST, with the line
numbers of the file; and `Uses`. Runs of lines that are equal, line number included, are one `Code`: a repository may
hold a package twice, and each of its tests becomes a file of its own.
Not covered: what stands around the unit (module.py).
"""

from __future__ import annotations

import ast
import symtable
import warnings
from functools import cached_property

from triton_data.extract.reasons import Reason
from triton_data.extract.source.function_names import Function, looked_up, says_more, undecorated, without_body
from triton_data.extract.source.gc_pause import no_collection
from triton_data.extract.source.used_names import Uses, When


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
    def heads(self) -> list[ast.stmt]:
        """The nodes; a function that nobody has parsed yet comes without its body."""
        return self.nodes if self._head is None else [self._head]

    @cached_property
    def uses(self) -> list[Uses]:
        return [Uses(node) for node in self.nodes]

    @cached_property
    def roots(self) -> list[Uses]:
        """The uses; of a function that nobody has parsed yet without attributes, and annotations of its variables are
        names like others. Nothing is imported in it."""
        if self._head is None or says_more(self.text) or self._table is None:
            return self.uses
        names = looked_up(self._head.name, self._table)
        if names is None:
            return self.uses
        found = Uses(self._head)
        for name in names:
            found.chains[name] = found.chains.get(name, 0) | When.LAZY
        return [found]

    @cached_property
    def flaw(self) -> Unparsable | None:
        """Why it does not parse. The symbol table takes half the time where nobody needs the nodes."""
        if "nodes" not in self.__dict__ and self._table is not None:
            return None
        # without a table it may still be something that the parser takes, as a `return` outside of a function
        return self._tree if not self.nodes and isinstance(self._tree, Unparsable) else None

    @cached_property
    def _head(self) -> Function | None:
        if "nodes" in self.__dict__:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return without_body(self.text, self.line)

    @cached_property
    def _table(self) -> symtable.SymbolTable | None:
        text = undecorated(self.text) if self.__dict__.get("_head") is not None else self.text
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return symtable.symtable(text, "", "exec")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def _tree(self) -> ast.Module | Unparsable:
        try:
            return parsed("\n" * (self.line - 1) + self.text)
        except Unparsable as error:
            return error
