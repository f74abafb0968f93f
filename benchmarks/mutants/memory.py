"""Operators on what a kernel reads and writes: masks, fill values, addresses, atomics.

In: a kernel. Out: one `Edit` a place. Not covered: block pointers and tensor descriptors, whose bounds are not masks.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triton_data.verify.reading.edit import (
    STORES,
    Edit,
    accesses,
    address_names,
    address_nodes,
    called,
    changed,
    expression,
    inside,
    replaced,
)

INFINITE = ("float('-inf')", "float('inf')")


def dropped_mask(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """tl.load(p, mask=m, other=0.0) → tl.load(p)"""
    for call in accesses(kernel):
        if any(keyword.arg == "mask" for keyword in call.keywords):
            kept = [keyword for keyword in call.keywords if keyword.arg not in ("mask", "other")]
            yield replaced(call, changed(call, keywords=kept))


def weaker_mask(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """mask=rows & cols → mask=rows, and mask=cols, here or where the mask is named"""
    masks = [keyword.value for call in accesses(kernel) for keyword in call.keywords if keyword.arg == "mask"]
    names = {mask.id for mask in masks if isinstance(mask, ast.Name)}
    for statement in inside(kernel, ast.Assign):
        if isinstance(statement.targets[0], ast.Name) and statement.targets[0].id in names:
            masks.append(statement.value)
    for mask in masks:
        for node in ast.walk(mask):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
                # Broadcast against the other half, so that the shape stays what it was.
                yield replaced(node, changed(node, right=_always(node.right)))
                yield replaced(node, changed(node, left=_always(node.left)))


def _always(mask: ast.expr) -> ast.expr:
    return expression(f"({ast.unparse(mask)} | True)")


def wrong_fill(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """other=float("-inf") → other=0.0, other=0.0 → other=1.0"""
    for call in accesses(kernel):
        for keyword in call.keywords:
            if keyword.arg == "other":
                text = ast.unparse(keyword.value)
                wrong = "0.0" if text in INFINITE else {"0": "1", "1": "0", "1.0": "0.0"}.get(text, "1.0")
                yield Edit(keyword.value, wrong)


def wrong_offset(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """tl.load(p + i) → tl.load(p + i + 1)"""
    for call in accesses(kernel):
        yield replaced(call.args[0], expression(f"{ast.unparse(call.args[0])} + 1"))


def wrong_stride(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """p + row * n → p + row * (n + 1), and p + row"""
    for node in address_nodes(kernel):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            yield replaced(node, changed(node, right=expression(f"({ast.unparse(node.right)} + 1)")))
            yield replaced(node, node.left)


def stale_pointer(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """p += step → pass"""
    names = address_names(kernel)
    for node in inside(kernel, ast.AugAssign):
        if isinstance(node.target, ast.Name) and node.target.id in names:
            yield Edit(node, "pass")


def store_for_atomic(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """tl.atomic_add(p, x) → tl.store(p, x)"""
    for call in accesses(kernel, tuple(name for name in STORES if name.startswith("atomic"))):
        kept = [keyword for keyword in call.keywords if keyword.arg == "mask"]
        yield replaced(call, changed(call, func=expression("tl.store"), keywords=kept))


def zeroed_tile(kernel: ast.FunctionDef) -> Iterator[Edit]:
    """tl.store(p, x) → tl.store(p, 0 in the first program, else x)"""
    for call in accesses(kernel, STORES):
        if len(call.args) > 1 and called(call) == "store":
            value = ast.unparse(call.args[1])
            yield replaced(call.args[1], expression(f"tl.where(tl.program_id(0) == 0, ({value}) * 0, {value})"))
