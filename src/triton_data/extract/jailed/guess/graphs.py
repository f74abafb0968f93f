"""Graphs as their layers take them: nodes, and edges as pairs of node numbers.

In: names of arguments. Out: for each a Spec, all of one graph. Nothing where no name speaks of edges.
Not covered: graphs without edge indices, such as adjacency matrices.
"""

from __future__ import annotations

import re

from triton_data.extract.jailed.spec import INT, Spec

NODES, EDGES = 16, 32
_EDGES = re.compile(r"^edge_?(index|indices|list)$")
_OTHERS: tuple[tuple[str, Spec], ...] = (
    (r"^(batch|batch_index|graph_ids?)$", Spec(fixed=f"torch.arange(2).repeat_interleave({NODES // 2})")),
    (r"^edge_?(weights?|norm)$", Spec((EDGES,))),
    (r"^edge_?types?$", Spec((EDGES,), INT, 2)),
    (r"^(z|node_?types?|atom\w*)$", Spec((NODES,), INT, 10)),
    (r"^(pos|coords?|positions)$", Spec((NODES, 3))),
)  # fmt: skip


def graph(names: list[str], width: int) -> list[Spec]:
    if not any(map(_EDGES.search, names)):
        return []
    return [_one(name, width) for name in names]


def _one(name: str, width: int) -> Spec:
    if _EDGES.search(name):
        return Spec((2, EDGES), INT, NODES)
    of_edges = name.startswith("edge")
    found = (spec for pattern, spec in _OTHERS if re.search(pattern, name))
    return next(found, Spec((EDGES if of_edges else NODES, width)))
