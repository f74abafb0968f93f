"""A file becomes a `Module`: its statements found, cut out, and their names bound.

In: path and bytes. Out: a `Module`, or a `Broken` that says why not. Functions and classes are found by where they
begin (outline.py) and parsed when somebody asks what is in them: most files are opened for a few of theirs.
Not covered: what a statement binds (bindings.py).
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable

from triton_data.extract.reasons import Reason
from triton_data.extract.source.bindings import bind, define
from triton_data.extract.source.code import Code, Unparsable, parsed
from triton_data.extract.source.module import Broken, Module, Unit
from triton_data.extract.source.outline import Definition, outline


def decode(data: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return io.TextIOWrapper(io.BytesIO(data), encoding, newline=None).read()


def parse(path: str, data: bytes, known: dict[tuple[int, str], Code] | None = None) -> Module | Broken:
    """`known`: definitions of other files by line and text, which this file's join."""
    try:
        text = decode(data)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        return Broken(path, Reason.ENCODING, str(error))
    lines = text.split("\n")
    found = outline(text, lines)
    try:
        if found is not None:
            try:
                return _assemble(path, text, lines, found.definitions, parsed(found.rest).body, known)
            except Unparsable:
                pass  # perhaps a line that the outline took for a beginning
        return _assemble(path, text, lines, [], parsed(text).body, known)
    except Unparsable as error:
        return Broken(path, error.reason, error.detail)


def _assemble(
    path: str, text: str, lines: list[str], definitions: Iterable[Definition], others: list[ast.stmt],
    known: dict[tuple[int, str], Code] | None,
) -> Module:  # fmt: skip
    module = Module(path, text, lines, [], {}, [], None, False)
    statements: list[tuple[int, int, Definition | ast.stmt]] = [(one.start, one.end, one) for one in definitions]
    statements += [(*_span(node), node) for node in others]
    statements.sort(key=lambda each: each[0])
    for start, end, one in statements:
        last = module.units[-1] if module.units else None
        if last is not None and start <= last.end and isinstance(one, ast.stmt):
            last.nodes.append(one)
            last.end = max(last.end, end)
            last.text = "\n".join(lines[last.start - 1 : last.end])
            bind(module, last, one, nested=False)
            continue
        floor = last.end if last is not None else 0
        while start - 1 > floor and lines[start - 2].startswith("#"):
            start -= 1
        body = "\n".join(lines[start - 1 : end])
        if isinstance(one, Definition):
            code = Code(body, start) if known is None else known.setdefault((start, body), Code(body, start))
            unit = Unit(path, len(module.units), start, end, body, code, one.kind)
            define(module, unit, one.name, nested=False)
        else:
            unit = Unit(path, len(module.units), start, end, body, Code(body, start, [one]), _kind(one))
            bind(module, unit, one, nested=False)
        module.units.append(unit)
    return module


def _span(node: ast.stmt) -> tuple[int, int]:
    start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    return start, node.end_lineno or start


def _kind(node: ast.stmt) -> str:
    if isinstance(node, ast.ClassDef):
        return "class"
    return "def" if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else ""
