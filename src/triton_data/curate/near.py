"""Which of many texts are nearly the same: MinHash finds candidates, the sets themselves decide.

In: sketches. Out: pairs of row numbers whose shingles agree to THRESHOLD and whose operators agree to AGREEMENT; a
union of pairs makes clusters. rensa makes the signatures (2.8 µs each, from numpy's arrays as they are); banding is
numpy's sort here, one band at a time, because an index of buckets would hold all 32 of them in memory.
Not covered: why two texts are alike (tree.py and trace.py see through restructuring).
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triton_data.curate.shingles import Sets, Sketches
from triton_data.errors import MissingExtra

THRESHOLD = 0.7  # Jaccard of shingles
AGREEMENT = 0.9  # Jaccard of operators: relu and tanh are not the same, however alike the text around them
SIGNATURE = 128
ROWS = 4  # 32 bands of 4: a pair of similarity 0.7 is a candidate with probability 0.9998
_DOUBT = 0.16  # four standard deviations of a signature's estimate at the threshold
_BLOCK = 1 << 16  # pairs looked at together
_ROWS_TOGETHER = 1 << 12  # signatures that pass through Python's integers together
_SEED = 1


class Clusters:
    """Union-find over row numbers; the smallest number stands for its cluster."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def find(self, item: int) -> int:
        root = item
        while self.parent[root] != root:
            root = self.parent[root]
        while self.parent[item] != root:
            self.parent[item], item = root, self.parent[item]
        return root

    def union(self, one: int, other: int) -> None:
        one, other = self.find(one), self.find(other)
        self.parent[max(one, other)] = min(one, other)


def signatures(sets: Sets) -> NDArray[np.uint32]:
    try:
        rensa: Any = importlib.import_module("rensa")
    except ImportError:
        raise MissingExtra("dedup", "finding near-duplicates") from None
    made = np.empty((len(sets), SIGNATURE), np.uint32)
    for first in range(0, len(sets), _ROWS_TOGETHER):
        last = min(first + _ROWS_TOGETHER, len(sets))
        low, high = sets.bounds[first], sets.bounds[last]
        flat, offsets = sets.values[low:high].astype(np.uint64), sets.bounds[first : last + 1] - low
        made[first:last] = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
            flat, offsets.astype(np.uint64), num_perm=SIGNATURE, seed=_SEED
        ).to_rows()
    return made


def merge_similar(sketches: Sketches, clusters: Clusters) -> None:
    """Unite every pair that is confirmed and not united yet."""
    made = signatures(sketches.shingles)
    filled = np.diff(sketches.shingles.bounds) > 0
    for candidates in _bands(made, filled):
        likely = candidates[_estimate(made, candidates) >= THRESHOLD - _DOUBT]
        for one, other in likely.tolist():
            if clusters.find(one) != clusters.find(other) and alike(sketches, one, sketches, other):
                clusters.union(one, other)


def _bands(made: NDArray[np.uint32], filled: NDArray[np.bool_]) -> Iterator[NDArray[np.int64]]:
    """Of each band the pairs that share a bucket: each member with the bucket's first and with the one before it."""
    rows = np.flatnonzero(filled)
    whole = made[rows].view(np.uint64) @ np.arange(1, SIGNATURE, 2, dtype=np.uint64)  # equal for equal signatures
    for first in range(0, SIGNATURE, ROWS):
        keys = np.ascontiguousarray(made[rows, first : first + ROWS]).view(np.uint64)
        after = (first + ROWS) % SIGNATURE
        beside = np.ascontiguousarray(made[rows, after : after + ROWS]).view(np.uint64)
        # In a crowded bucket the likest stand together: those that share the next band, and equal ones above all.
        order = np.lexsort((whole, beside[:, 0], keys[:, 1], keys[:, 0]))
        keys = keys[order]
        same = np.flatnonzero((keys[1:] == keys[:-1]).all(axis=1))
        if not len(same):
            continue
        opens = np.concatenate([np.ones(1, np.bool_), np.diff(same) > 1])
        heads = same[np.flatnonzero(opens)][np.cumsum(opens) - 1]
        members = rows[order[same + 1]]
        pairs = np.concatenate(
            [np.stack([rows[order[heads]], members], 1), np.stack([rows[order[same]], members], 1)[heads != same]]
        )
        yield pairs


class Bands:
    """Signatures to be met by others: which of these rows share a band with a row of another table."""

    def __init__(self, made: NDArray[np.uint32], filled: NDArray[np.bool_]) -> None:
        self.tables: list[dict[bytes, list[int]]] = []
        for first in range(0, SIGNATURE, ROWS):
            table: dict[bytes, list[int]] = {}
            for row in np.flatnonzero(filled).tolist():
                table.setdefault(made[row, first : first + ROWS].tobytes(), []).append(row)
            self.tables.append(table)

    def pairs(self, others: NDArray[np.uint32]) -> Iterator[tuple[int, int]]:
        """(row of `others`, row of ours), the same pair once for every band."""
        for table, first in zip(self.tables, range(0, SIGNATURE, ROWS), strict=True):
            packed = np.ascontiguousarray(others[:, first : first + ROWS]).tobytes()
            width = 4 * ROWS
            for row in range(len(others)):
                for mine in table.get(packed[row * width : (row + 1) * width], ()):
                    yield row, mine


def _estimate(made: NDArray[np.uint32], pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    parts = [
        (made[block[:, 0]] == made[block[:, 1]]).mean(axis=1)
        for block in np.array_split(pairs, len(pairs) // _BLOCK + 1)
    ]
    return np.concatenate(parts)


def alike(left: Sketches, one: int, right: Sketches, other: int) -> bool:
    return (
        jaccard(left.operators.row(one), right.operators.row(other)) >= AGREEMENT
        and jaccard(left.shingles.row(one), right.shingles.row(other)) >= THRESHOLD
    )


def jaccard(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """Of two sorted arrays without repeats. Two empty ones are equal."""
    if not len(one) or not len(other):
        return float(len(one) == len(other))
    merged = np.sort(np.concatenate([one, other]), kind="stable")
    shared = int(np.count_nonzero(merged[1:] == merged[:-1]))
    return shared / (len(one) + len(other) - shared)
