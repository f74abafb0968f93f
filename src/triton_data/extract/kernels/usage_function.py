"""The function of a test or example that is run, what it is given, and where it stands.

In: a `Repo` and a `Snippet`. Out: its syntax tree with the arguments of the call; the Origin of its lines; the names
of a launcher's parameters. Nothing is executed. Not covered: what it does (comparisons.py).
"""

from __future__ import annotations

import ast
from dataclasses import replace

from triton_data.extract.source.module import Broken, Module
from triton_data.extract.source.repo import Key, Repo
from triton_data.extract.usage.snippets import CALL, Snippet
from triton_data.extract.wire import InputSource
from triton_data.records import Origin


def function_of(module: Module, snippet: Snippet) -> tuple[ast.FunctionDef, dict[str, str]] | None:
    """The function that the snippet calls, with what it is given; or the snippet's own."""
    last = module.tree.body[-1]
    if not isinstance(last, ast.FunctionDef) or last.name != CALL:
        return None
    if snippet.source is not InputSource.TESTS:
        return last, {}
    call = last.body[0].value if isinstance(last.body[0], ast.Expr) else None
    if not isinstance(call, ast.Call):
        return None
    name = ast.unparse(call.func).rpartition(".")[2]
    if name == "debug":
        name = next((n.value for n in ast.walk(call) if isinstance(n, ast.Constant) and isinstance(n.value, str)), "")
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg}
    functions = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef) and node.name == name]
    return (functions[-1], given) if functions else None


def lines_of(repo: Repo, origin: Origin, snippet: Snippet) -> Origin:
    module = repo.module(snippet.path)
    usage = None if isinstance(module, Broken) else function_of(module, snippet)
    if usage is None or snippet.source is not InputSource.TESTS:
        return origin  # the snippet's lines are not those of the file
    return replace(origin, line_start=usage[0].lineno, line_end=usage[0].end_lineno)


def parameters_of(repo: Repo, key: Key) -> list[str]:
    module = repo.module(key[0])
    for node in module.tree.body if isinstance(module, Module) else ():
        if isinstance(node, ast.FunctionDef) and node.name == key[1]:
            return [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        if isinstance(node, ast.ClassDef) and node.name == key[1]:
            methods = [m for m in node.body if isinstance(m, ast.FunctionDef) and m.name in ("apply", "forward")]
            return [argument.arg for argument in methods[0].args.args[1:]] if methods else []
    return []
