"""Assignments that nothing reads go, with what only they needed; parameters that nothing reads go as well.

Kept: stores, atomics, asserts, and everything that a loop carries. Which parameters went is kept in `kernel.dropped`,
because the launch must not pass them.
"""

from __future__ import annotations

import ast

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.emitted import Kernel


def apply(kernel: Kernel) -> None:
    body = kernel.function.body
    while True:
        reads = tree.uses_in(body)
        removed = False
        for block in tree.blocks(body):
            kept = [s for s in block if not _unread(s, reads)]
            removed |= len(kept) < len(block)
            if kept or block is body:
                block[:] = kept or [ast.Pass()]
        if not removed:
            break
    reads = tree.uses_in(body)
    kernel.dropped = tuple(p for p in kernel.parameters if not reads[p])
    kernel.function.args.args = [a for a in kernel.function.args.args if reads[a.arg]]


def _unread(statement: ast.stmt, reads: dict[str, int]) -> bool:
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    names = tree.assigned(statement)
    inside = tree.used(statement)
    return all(reads[name] <= inside[name] for name in names)
