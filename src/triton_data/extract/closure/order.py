"""The order of a standalone file's units.

In: a `Plan`. Out: its units, in original order inside each file, imported files first, and whatever must exist
at import time before its use.
Not covered: circles of import-time needs, which Python itself would meet too; there the earliest goes first.
"""

from __future__ import annotations

import heapq

from triton_data.extract.closure.plan import Plan
from triton_data.extract.source.module import Unit


def order(plan: Plan) -> list[Unit]:
    """Original order inside each file, imported files first, and whatever must exist at import time before its use."""
    rank = {path: n for n, path in enumerate(_module_order(plan))}
    before = {key: _needed_first(plan, key) for key in plan.units}
    ready = [(rank[key[0]], key[1], key) for key, needed in before.items() if not needed]
    heapq.heapify(ready)
    after: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for key, needed in before.items():
        for other in needed:
            after.setdefault(other, []).append(key)
    done: list[Unit] = []
    waiting = {key: needed for key, needed in before.items() if needed}
    while ready or waiting:
        if not ready:  # a circle: Python would meet it too; take the earliest
            key = min(waiting, key=lambda k: (len(waiting[k]), rank[k[0]], k[1]))
            del waiting[key]
            heapq.heappush(ready, (rank[key[0]], key[1], key))
        *_, key = heapq.heappop(ready)
        done.append(plan.units[key])
        for other in after.get(key, ()):
            if other in waiting:
                waiting[other].discard(key)
                if not waiting[other]:
                    del waiting[other]
                    heapq.heappush(ready, (rank[other[0]], other[1], other))
    return done


def _module_order(plan: Plan) -> list[str]:
    """Depth first along the units' needs: a file comes after the files it uses."""
    edges: dict[str, list[str]] = {path: [] for path in plan.modules()}
    for key, needed in plan.needs.items():
        edges[key[0]] += [path for path, _ in sorted(needed.lazy) if path != key[0]]
    seen: dict[str, None] = {}
    visiting: set[str] = set()

    def visit(path: str) -> None:
        if path in visiting:
            return
        visiting.add(path)
        for other in edges[path]:
            visit(other)
        seen[path] = None

    for path in edges:
        visit(path)
    return list(seen)


def _needed_first(plan: Plan, key: tuple[str, int]) -> set[tuple[str, int]]:
    """Eager needs; where the unit runs code at import time, also what that code needs in turn."""
    needed = plan.needs[key].eager
    if plan.units[key].kind:
        decorated = any(getattr(node, "decorator_list", ()) for node in plan.units[key].code.heads)
        if not decorated:
            return needed & plan.units.keys() - {key}
    if not needed:
        return set()
    direct, needed = needed, set(needed)
    queue = list(needed)
    while queue:
        following = plan.needs.get(queue.pop())
        for other in following.lazy if following else ():
            if other not in needed:
                needed.add(other)
                queue.append(other)
    # same-file definitions keep their original order unless the use is direct
    kept = {other for other in needed if other in direct or other[0] != key[0] or other[1] < key[1]}
    return kept & plan.units.keys() - {key}
