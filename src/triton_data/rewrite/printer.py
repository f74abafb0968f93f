"""Syntax trees as text of at most 100 columns, in one style.

Long calls and signatures are broken one argument a line, the rest is Python's own `ast.unparse`. In: statements or
expressions. Out: lines. Not covered: expressions that are long without being calls; they stay on their line.
"""

from __future__ import annotations

import ast
import io
import tokenize

WIDTH = 100
STEP = "    "


def double_quoted(text: str) -> str:
    """Strings in the quotes that people use; `ast.unparse` always writes the other ones."""
    out = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        value = token.string
        plain = token.type == tokenize.STRING and value.startswith("'") and not value.startswith("'''")
        if plain and '"' not in value and "\\" not in value:
            token = token._replace(string=f'"{value[1:-1]}"')
        out.append(token)
    return tokenize.untokenize(out)


def function(node: ast.FunctionDef, indent: str = "") -> list[str]:
    """The signature and the body, without decorators."""
    arguments = ast.unparse(node.args)
    line = f"{indent}def {node.name}({arguments}):"
    if len(line) <= WIDTH:
        head = [line]
    else:
        parts = _split(arguments)
        pointers = [p for p in parts if ":" not in p]
        constants = [p for p in parts if ":" in p]
        head = [f"{indent}def {node.name}("]
        head += _filled(pointers, indent + STEP)
        head += [f"{indent}{STEP}{part}," for part in constants]
        head += [f"{indent}):"]
    return head + body(node.body, indent + STEP)


def body(statements: list[ast.stmt], indent: str) -> list[str]:
    lines: list[str] = []
    for each in statements:
        lines += statement(each, indent)
    return lines


def statement(node: ast.stmt, indent: str) -> list[str]:
    if isinstance(node, ast.For):
        head = f"{indent}for {ast.unparse(node.target)} in {ast.unparse(node.iter)}:"
        return [head, *body(node.body, indent + STEP)]
    if isinstance(node, ast.If):
        lines = [f"{indent}if {ast.unparse(node.test)}:", *body(node.body, indent + STEP)]
        return lines + ([f"{indent}else:", *body(node.orelse, indent + STEP)] if node.orelse else [])
    if isinstance(node, ast.FunctionDef):
        return function(node, indent)
    text = _unwrapped(node)
    if len(indent) + len(text) <= WIDTH or "\n" in text:
        return [indent + line for line in text.splitlines()]
    return _broken(node, text, indent)


def _unwrapped(node: ast.stmt) -> str:
    """`a, b = c, d`, which `ast.unparse` writes with brackets."""
    match node:
        case (
            ast.Assign(value=ast.Tuple(elts=[_, _, *_] as values))
            | ast.Return(value=ast.Tuple(elts=[_, _, *_] as values))
        ):
            assert isinstance(node, ast.Assign | ast.Return) and node.value is not None
            text = ast.unparse(node)
            return text[: len(text) - len(ast.unparse(node.value))] + ", ".join(map(ast.unparse, values))
    return ast.unparse(node)


def _broken(node: ast.stmt, text: str, indent: str) -> list[str]:
    value = getattr(node, "value", None)
    if not isinstance(value, ast.Call):
        return [indent + text]
    inside = ", ".join([*map(ast.unparse, value.args), *(ast.unparse(k) for k in value.keywords)])
    head = text[: len(text) - len(inside) - 1]
    if not text.endswith(f"({inside})"):
        return [indent + text]
    arguments = [*map(ast.unparse, value.args), *(ast.unparse(k) for k in value.keywords)]
    return [indent + head, *_filled(arguments, indent + STEP), f"{indent})"]


def _filled(parts: list[str], indent: str) -> list[str]:
    """As many on a line as fit, each followed by a comma."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) + 2 <= WIDTH:
            lines[-1] += f" {part},"
        else:
            lines.append(f"{indent}{part},")
    return lines


def _split(arguments: str) -> list[str]:
    """At commas that are not inside brackets."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(arguments):
        depth += char in "([{"
        depth -= char in ")]}"
        if char == "," and depth == 0:
            parts.append(arguments[start:index].strip())
            start = index + 1
    return [*parts, arguments[start:].strip()]
