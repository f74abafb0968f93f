"""What is the same as what: union-find over row numbers, many rows at a time.

In: pairs of row numbers. Out: for each row the smallest number of its cluster. Not covered: why two rows are one
(near.py, decide.py).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


class Clusters:
    """The smallest number stands for its cluster: a parent is never larger than its child."""

    def __init__(self, size: int) -> None:
        self.parent: Rows = np.arange(size)

    def find(self, item: int) -> int:
        parent = self.parent
        root = item
        while parent[root] != root:
            root = int(parent[root])
        while parent[item] != root:
            parent[item], item = root, int(parent[item])
        return root

    def union(self, one: int, other: int) -> None:
        one, other = self.find(one), self.find(other)
        self.parent[max(one, other)] = min(one, other)

    def roots(self, rows: Rows) -> Rows:
        found = self.parent[rows]
        while True:
            above = self.parent[found]
            if np.array_equal(above, found):
                self.parent[rows] = found
                return found
            found = above

    def labels(self) -> Rows:
        return self.roots(np.arange(len(self.parent)))

    def unite(self, ones: Rows, others: Rows) -> None:
        """Row by row. One round settles nearly all; where several claim one root, the next round joins these."""
        while len(ones):
            one, other = self.roots(ones), self.roots(others)
            apart = one != other
            ones, others, one, other = ones[apart], others[apart], one[apart], other[apart]
            np.minimum.at(self.parent, np.maximum(one, other), np.minimum(one, other))
