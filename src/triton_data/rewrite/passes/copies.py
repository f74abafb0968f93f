"""Second names go: `x0 = xindex`, `rindex = r0_index`, `RBLOCK: tl.constexpr = R0_BLOCK`.

A name that is only ever a copy of one other name is replaced by it. Left alone: a copy of something that a loop
carries from one round to the next, because the copy may be of the earlier round.
"""

from __future__ import annotations

import ast

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.emitted import Kernel


def apply(kernel: Kernel) -> None:
    body = kernel.function.body
    sources: dict[str, set[str]] = {}
    carried: set[str] = set()
    for statement in tree.statements(body):
        pair = tree.single(statement)
        for name in tree.assigned(statement):
            value = pair[1] if pair else None
            sources.setdefault(name, set()).add(value.id if isinstance(value, ast.Name) else "")
        if pair and pair[0] in tree.used(pair[1]):
            carried.add(pair[0])
    carried |= _read_before_written(body)
    only = {n: next(iter(s)) for n, s in sources.items() if len(s) == 1 and "" not in s and not s & carried}
    by: dict[str, ast.expr] = {}
    for name in only:
        target = name
        while target in only:
            target = only[target]
        by[name] = ast.Name(target, ast.Load())
    for block in tree.blocks(body):
        block[:] = [s for s in block if not ((pair := tree.single(s)) and pair[0] in by)]
    tree.substitute(body, by)


def _read_before_written(body: list[ast.stmt]) -> set[str]:
    """Names that a loop reads before it writes them in the same round."""
    found: set[str] = set()
    for loop in tree.statements(body):
        if not isinstance(loop, ast.For):
            continue
        written: set[str] = set()
        inside = {name for statement in loop.body for name in tree.assigned(statement)}
        for statement in loop.body:
            reads = {n for n in tree.used(statement) if n in inside} - written
            found |= reads
            written.update(tree.assigned(statement))
    return found
