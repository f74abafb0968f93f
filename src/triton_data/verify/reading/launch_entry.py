"""Which function of a file launches its kernels, and how it is called.

In: a text. Out: the text with something to call in it, its name, and the names of its parameters. Nothing is executed.
Not covered: launchers that are methods of objects.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TypeAlias

from triton_data.formats.program_form import INPUTS
from triton_data.records import Drop
from triton_data.verify.reading.edit import is_kernel
from triton_data.verify.reasons import Reason

Definition: TypeAlias = ast.FunctionDef | ast.ClassDef
_ASIDE = ("test", "bench", "main", "run_")  # what calls a launcher, and is none


@dataclass(frozen=True)
class Entry:
    text: str
    name: str
    parameters: tuple[str, ...]


def entry_of(text: str, name: str = "") -> Entry | Drop:
    """`name` is a function, or a class whose `apply` launches; without one the last function of the file that leads to
    a launch is taken, because authors build upwards."""
    try:
        known = _definitions(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        return Drop(Reason.SYNTAX, f"{type(error).__name__}: {error}")
    if "get_inputs" not in known:
        return Drop(Reason.REFERENCE_FAILED, "the file has no get_inputs()")
    name = name or next((one for one in reversed(_leading(known)) if not one.startswith(_ASIDE)), "")
    node = known.get(name)
    if isinstance(node, ast.FunctionDef):
        return Entry(text, name, tuple(argument.arg for argument in (*node.args.posonlyargs, *node.args.args)))
    if isinstance(node, ast.ClassDef):
        called = f"{name}_apply"
        added = f"\n\ndef {called}(*args, **kwargs):\n    return {name}.apply(*args, **kwargs)\n"
        return Entry(text + added, called, _applied(node))
    return Drop(Reason.SIGNATURE, f"no function {name or 'of the file launches a kernel'}".strip())


def named_like(text: str, stem: str) -> str:
    """The function or class of that name, if it leads to a launch."""
    try:
        return stem if stem in _leading(_definitions(text)) else ""
    except (SyntaxError, ValueError, RecursionError):
        return ""


def _definitions(text: str) -> dict[str, Definition]:
    return {node.name: node for node in ast.parse(text).body if isinstance(node, Definition)}


def _leading(known: dict[str, Definition]) -> list[str]:
    """Functions and classes that launch a kernel, themselves or through others, in the order of the file."""
    inside = [inner for node in known.values() for inner in ast.walk(node) if isinstance(inner, ast.FunctionDef)]
    kernels = {function.name for function in inside if is_kernel(function)}
    leading = {name for name, node in known.items() if name not in kernels and _launched(node) & kernels}
    for _ in known:
        leading |= {name for name, node in known.items() if leading & _names(node)}
    return [name for name in known if name in leading - kernels - set(INPUTS)]


def _launched(node: ast.AST) -> set[str]:
    """Last names of what stands before `[grid](...)`."""
    found = [n.func.value for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Subscript)]
    return {base.attr if isinstance(base, ast.Attribute) else base.id for base in found
            if isinstance(base, ast.Attribute | ast.Name)}  # fmt: skip


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _applied(node: ast.ClassDef) -> tuple[str, ...]:
    methods = {inner.name: inner for inner in node.body if isinstance(inner, ast.FunctionDef)}
    method = methods.get("apply") or methods.get("forward")
    return tuple(argument.arg for argument in method.args.args[1:]) if method else ()
