"""A program as a problem in KernelBench's form: its loader calls `Model(*get_init_inputs())`, `model(*get_inputs())`.

In: a Program. Out: its text, with what the form needs added below, or None where that cannot be had. Arguments that are
written `[[...], {}]` become a plain list; where keywords are needed, `Model` is a wrapper that takes what KernelBench
passes and calls the entry by name. Not covered: making a function's inputs smaller or larger than the ones that were
found for it.
"""

from __future__ import annotations

import ast
import io
import tokenize

from triton_data.export.asked import defines
from triton_data.export.source import header
from triton_data.records import Program

NO_PROBLEM = "no_problem"
FORM = ("Model", "get_inputs", "get_init_inputs")
_ALIAS = "\n\nModel = {entry}\n"
_FUNCTION = '''

class Model(torch.nn.Module):
    """`{entry}` as a module."""

    def forward(self, *args, **kwargs):
        return {entry}(*args, **kwargs)
'''
_NAMED = '''

def _named(given, names):
    """The last arguments by their names."""
    places = len(given) - len(names)
    return given[:places], dict(zip(names, given[places:]))


class Model(torch.nn.Module):
    """`{entry}`, given some of its arguments by name."""

    def __init__(self, *given):
        super().__init__()
        args, kwargs = _named(given, {init})
        self.entry = {made}

    def forward(self, *given):
        args, kwargs = _named(given, {inputs})
        return self.entry(*args, **kwargs)
'''
_NO_INIT = "\n\ndef get_init_inputs():\n    return []\n"


class _Unreadable(ValueError):
    """Arguments whose names only running the program would tell."""


def problem(program: Program) -> str | None:
    try:
        made = _problem(program.text.rstrip("\n") + "\n", program.entry)
        compile(made, "problem.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, tokenize.TokenError):
        return None
    return (
        header(program.origin, program.text, program.requires) + made
        if all(defines(made, name) for name in FORM)
        else None
    )


def _problem(text: str, entry: str) -> str:
    names: dict[str, tuple[str, ...]] = {}
    for name in FORM[1:]:
        text, names[name] = _flat(text, _functions(text).get(name))
    wrapped = any(names.values())
    if defines(text, "Model") and (entry != "Model" or wrapped):
        text, entry = _with_free_name(text, entry)
    is_function = entry in _functions(text)
    if wrapped:
        made = entry if is_function else f"{entry}(*args, **kwargs)"
        init, inputs = (repr(names[name]) for name in ("get_init_inputs", "get_inputs"))
        text = _with_torch(text) + _NAMED.format(entry=entry, made=made, init=init, inputs=inputs)
    elif is_function:
        text = _with_torch(text) + _FUNCTION.format(entry=entry)
    elif entry != "Model":
        text += _ALIAS.format(entry=entry)
    return text if "get_init_inputs" in _functions(text) else text + _NO_INIT


def _functions(text: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}


def _flat(text: str, function: ast.FunctionDef | None) -> tuple[str, tuple[str, ...]]:
    """The text with `[[x, y], {"name": z}]` as `[x, y, z]`, and the names of the last ones. What is no literal is taken
    for a list, as KernelBench does."""
    returns = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)] if function else []
    for value in returns:
        match value:
            case ast.List(elts=[ast.List() | ast.Tuple() as places, ast.Dict() as keywords]):
                pass
            case ast.Tuple(elts=[ast.List() | ast.Tuple() as places, ast.Dict() as keywords]):
                pass
            case ast.Dict() as keywords:
                places = ast.List([])
            case _:
                continue
        if len(returns) > 1 or not all(isinstance(k, ast.Constant) and isinstance(k.value, str) for k in keywords.keys):
            raise _Unreadable
        names = tuple(str(key.value) for key in keywords.keys if isinstance(key, ast.Constant))
        return _replaced(text, value, [*places.elts, *keywords.values]), names
    return text, ()


def _replaced(text: str, old: ast.expr, elements: list[ast.expr]) -> str:
    """By bytes, as Python counts columns."""
    lines = text.encode().split(b"\n")
    assert old.end_lineno is not None and old.end_col_offset is not None, "parsed from text"
    piece = f"[{', '.join(ast.get_source_segment(text, each) or '' for each in elements)}]".encode()
    last = lines[old.end_lineno - 1][old.end_col_offset :]
    lines[old.lineno - 1 : old.end_lineno] = [lines[old.lineno - 1][: old.col_offset] + piece + last]
    return b"\n".join(lines).decode()


def _with_free_name(text: str, entry: str) -> tuple[str, str]:
    """`Model` is KernelBench's: what the text itself calls so gets another name."""
    other = "Model_"
    while other in text:
        other += "_"
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    lines = text.split("\n")
    for before, token in reversed(list(zip([tokens[0], *tokens], tokens, strict=False))):
        if token.type == tokenize.NAME and token.string == "Model" and before.string != ".":
            (row, start), (_, end) = token.start, token.end
            lines[row - 1] = lines[row - 1][:start] + other + lines[row - 1][end:]
    return "\n".join(lines), other if entry == "Model" else entry


def _with_torch(text: str) -> str:
    """The wrapper names torch; a program that never does gets the import, below any `from __future__`."""
    body = ast.parse(text).body
    names = {alias.asname or alias.name for node in body if isinstance(node, ast.Import) for alias in node.names}
    return text if "torch" in names else text + "\n\nimport torch\n"
