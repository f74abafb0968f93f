"""Which global names a function uses, told from its signature and the interpreter's symbol table of the rest.

In: the text of one top-level function. Out: the function without its body, and the names that its body looks up
in the module; in half the time that parsing it and walking through it takes.
Not covered: bodies that import, declare or define something that a symbol table says too little about; None.
"""

from __future__ import annotations

import ast
import re
import symtable

_DEF = re.compile(r"^(?:async[ \t]+)?def\b", re.M)
_COLON_ENDS = re.compile(r":[ \t]*(?:#.*)?$", re.M)
_SAYS_MORE = ("import", "global", "TYPE_CHECKING")
_SAYS_MORE_THERE = re.compile(r"(?:^|[;:])[ \t]*(?:import|from|global|if[ \t(]+[\w.]*TYPE_CHECKING)\b", re.M)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def without_body(text: str, line: int) -> Function | None:
    """With the lines that it has in its file, the last one included. None: a body on the line of its signature."""
    begins = _DEF.search(text)
    for ends in _COLON_ENDS.finditer(text, begins.start()) if begins else ():
        try:
            tree = ast.parse("\n" * (line - 1) + text[: ends.end()] + "\n pass")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # a colon inside of the signature
        (node,) = tree.body
        assert isinstance(node, Function)
        node.end_lineno = line + text.count("\n")
        return node
    return None


def undecorated(text: str) -> str:
    """What has a signature has been read that far."""
    begins = _DEF.search(text)
    return text[begins.start() :] if begins is not None else text


def says_more(text: str) -> bool:
    """Than a symbol table repeats."""
    return any(word in text for word in _SAYS_MORE) and _SAYS_MORE_THERE.search(text) is not None


def looked_up(name: str, table: symtable.SymbolTable) -> list[str] | None:
    """`table`: of the text with its signature."""
    scopes = [child for child in table.get_children() if child.get_name() == name][-1:]
    if not scopes:
        return None
    found: dict[str, None] = {}
    for scope in scopes:
        if not isinstance(scope, symtable.Function):
            return None
        found.update(dict.fromkeys(scope.get_globals()))
        scopes += scope.get_children()
    return list(found)
