"""Every read and write is masked along x, y and z, whatever the size.

Inductor leaves a mask out where the size is a multiple of every block it would try. A reader who changes a block or
a size must not find out that way, so the mask comes back: it costs nothing where it is always true.
"""

from __future__ import annotations

import ast

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.kernel.infer import Value, axes_of, infer

_GRID_AXES = ("x", "y", "z")


def apply(kernel: Kernel) -> None:
    body = kernel.function.body
    for statement in tree.statements(body):
        pair = tree.single(statement)
        if pair and pair[0] in {f"{a}mask" for a in _GRID_AXES} and isinstance(statement, ast.Assign):
            axis = pair[0][0]
            statement.value = tree.expression(f"{axis}index < {axis}numel")
    known = infer(kernel)
    masks = {a: f"{a}mask" for a in _GRID_AXES if f"{a}mask" in known}
    for statement in tree.statements(body):
        for call in ast.walk(statement):
            if isinstance(call, ast.Call) and tree.called(call) in ("tl.load", "tl.store", "tl.atomic_add"):
                _complete(call, masks, known)


def _complete(call: ast.Call, masks: dict[str, str], known: dict[str, Value]) -> None:
    axes = axes_of(call.args[0], known=known)
    if not axes:
        return
    position = 1 if tree.called(call) == "tl.load" else 2
    given = _given(call, position)
    present = tree.used(given) if given is not None else {}
    missing = [masks[a] for a in _GRID_AXES if a in axes and a in masks and masks[a] not in present]
    if not missing:
        return
    text = " & ".join([*([f"({ast.unparse(given)})"] if given is not None else []), *missing])
    _put(call, position, tree.expression(text))


def _given(call: ast.Call, position: int) -> ast.expr | None:
    found = call.args[position] if len(call.args) > position else None
    for keyword in call.keywords:
        if keyword.arg == "mask":
            found = keyword.value
    return None if isinstance(found, ast.Constant) and found.value is None else found


def _put(call: ast.Call, position: int, mask: ast.expr) -> None:
    for keyword in call.keywords:
        if keyword.arg == "mask":
            keyword.value = mask
            return
    if len(call.args) > position:
        call.args[position] = mask
    else:
        call.args.append(mask)
