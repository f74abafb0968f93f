"""Which of many texts are nearly the same: signatures find candidates, the sets themselves decide.

In: sketches. Out: a union of the pairs of rows whose shingles agree to THRESHOLD and whose operators agree to
AGREEMENT. Equal sets are united first; of the rest (buckets.py) most pairs fall to a look at the number and the parity
of their operators or at their signatures, and only what is left is compared in full.
Not covered: why two texts are alike (reading/tree.py and benchmarks/trace.py see through restructuring).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triton_data.curate.duplicates.buckets import BANDS, Buckets, band, ranges
from triton_data.curate.duplicates.clusters import Clusters
from triton_data.curate.duplicates.overlap_keys import part_keys
from triton_data.curate.duplicates.signatures import Signatures, signatures
from triton_data.curate.reading.shingles import Sets, Sketches

THRESHOLD = 0.7  # Jaccard of shingles
AGREEMENT = 0.9  # Jaccard of operators: relu and tanh are not the same, however alike the text around them
_DOUBT = 0.125  # three standard deviations of a signature's estimate at the threshold
_ROUNDING = 1e-6
_BLOCK = 1 << 15  # pairs looked at together
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_ODD = np.arange(1, 64, 2, dtype=np.uint64)
Numbers = NDArray[np.int64]


def merge_similar(sketches: Sketches, clusters: Clusters) -> None:
    """Unite every pair that is confirmed and not united yet."""
    made = signatures(sketches.shingles)
    filled = np.flatnonzero(np.diff(sketches.shingles.bounds))  # too short a text is like any other
    _unite_equal(sketches, made, filled, clusters)
    rows = filled[clusters.roots(filled) == filled]
    made = made[rows]
    pairs = _Candidates(sketches, made, rows, clusters)
    for one, other in pairs.likely():
        if clusters.find(one) != clusters.find(other) and alike(sketches, one, sketches, other):
            clusters.union(one, other)


def _unite_equal(sketches: Sketches, made: Signatures, rows: Numbers, clusters: Clusters) -> None:
    """Copies that differ in nothing that counts, which is most of them: no signature has to be looked at twice."""
    sizes = [np.diff(sets.bounds) for sets in (sketches.shingles, sketches.operators)]
    whole = made.view(np.uint64) @ _ODD
    for sets, size in zip((sketches.shingles, sketches.operators), sizes, strict=True):
        whole = whole * _SPREAD + size.view(np.uint64)
        whole = whole * _SPREAD + _folded(np.add, sets.values, sets)  # in a crowd, signatures of others are equal too
    order = rows[np.argsort(whole[rows], kind="stable")]
    same = np.flatnonzero(whole[order[1:]] == whole[order[:-1]])
    for block in np.array_split(same, len(same) // _BLOCK + 1):
        ones, others = order[block], order[block + 1]
        equal = np.ones(len(block), np.bool_)
        for size in sizes:
            equal &= size[ones] == size[others]
        ones, others = ones[equal], others[equal]
        for sets in (sketches.shingles, sketches.operators):
            differ = _elements(sets, ones) != _elements(sets, others)
            wrong = np.zeros(len(ones), np.bool_)
            wrong[np.repeat(np.arange(len(ones)), np.diff(sets.bounds)[ones])[differ]] = True
            ones, others = ones[~wrong], others[~wrong]
        clusters.unite(ones, others)


def _elements(sets: Sets, rows: Numbers) -> NDArray[np.uint32]:
    return sets.values[ranges(sets.bounds[rows], sets.bounds[rows + 1] - sets.bounds[rows])]


class _Candidates:
    """Pairs of rows that may be the same, after every test that costs less than to compare their sets."""

    def __init__(self, sketches: Sketches, made: Signatures, rows: Numbers, clusters: Clusters) -> None:
        """`made` are the signatures of `rows`."""
        self.rows, self.clusters = rows, clusters
        self.made = made
        self.bands = self.made.view(np.uint64)
        self.count = np.diff(sketches.operators.bounds)[rows]
        self.parity = _parity(sketches.operators)[rows]
        self.buckets = Buckets(
            self.made,
            lambda some: part_keys(_taken(sketches.operators, rows[some]), AGREEMENT),
            lambda some: clusters.roots(rows[some]),
        )

    def likely(self) -> Iterator[tuple[int, int]]:
        for number in range(BANDS):
            for pairs in self.buckets.pairs(number):
                for block in np.array_split(pairs, len(pairs) // _BLOCK + 1):
                    yield from self.rows[self._passing(block, number)].tolist()

    def _passing(self, pairs: Numbers, number: int) -> Numbers:
        roots = self.clusters.roots(self.rows[pairs])
        pairs = pairs[roots[:, 0] != roots[:, 1]]
        one, other = pairs[:, 0], pairs[:, 1]
        # Each operator that only one of them has flips one bit, so the bits that differ are never more than these.
        most = (1 - AGREEMENT) / (1 + AGREEMENT) * (self.count[one] + self.count[other]) + _ROUNDING
        few = np.bitwise_count(self.parity[one] ^ self.parity[other]) <= most
        few &= np.abs(self.count[one] - self.count[other]) <= most
        pairs = pairs[few]
        shared = (self.made[pairs[:, 0]] == self.made[pairs[:, 1]]).mean(axis=1)
        pairs = pairs[shared >= THRESHOLD - _DOUBT]
        return pairs[~self._seen(pairs, number)]

    def _seen(self, pairs: Numbers, number: int) -> NDArray[np.bool_]:
        """Whether a band before this one gave the pair already: it gave all pairs, unless its bucket was crowded."""
        shared = self.bands[pairs[:, 0], :number] == self.bands[pairs[:, 1], :number]
        crowded = self.buckets.crowded[pairs[:, 0], None] >> np.arange(number, dtype=np.uint32) & np.uint32(1)
        return np.asarray((shared & (crowded == 0)).any(axis=1))


def _parity(sets: Sets) -> NDArray[np.uint64]:
    """64 bits a row, each the parity of the elements that fall on it."""
    return _folded(np.bitwise_xor, np.uint64(1) << (sets.values & np.uint32(63)).astype(np.uint64), sets)


def _folded(fold: np.ufunc, values: NDArray[Any], sets: Sets) -> NDArray[np.uint64]:
    """Of each row its values, folded into one; 0 of an empty row."""
    made = np.zeros(len(sets), np.uint64)
    filled = np.flatnonzero(np.diff(sets.bounds))
    if len(filled):
        made[filled] = fold.reduceat(values, sets.bounds[filled], dtype=np.uint64)
    return made


def _taken(sets: Sets, rows: Numbers) -> Sets:
    sizes = np.diff(sets.bounds)[rows]
    return Sets(_elements(sets, rows), np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]))


class Bands:
    """Signatures to be met by others: which of these rows share a band with a row of another table."""

    def __init__(self, made: Signatures, filled: NDArray[np.bool_]) -> None:
        rows = np.flatnonzero(filled)
        self.tables: list[tuple[NDArray[np.uint64], Numbers]] = []
        for number in range(BANDS):
            keys = band(made, number)[rows]
            order = np.argsort(keys, kind="stable")
            self.tables.append((keys[order], rows[order]))

    def pairs(self, others: Signatures) -> Iterator[tuple[int, int]]:
        """(row of `others`, row of ours), the same pair once for every band."""
        for number, (keys, rows) in enumerate(self.tables):
            wanted = band(others, number)
            low, high = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
            hits = np.flatnonzero(high > low)
            times = high[hits] - low[hits]
            yield from zip(np.repeat(hits, times).tolist(), rows[ranges(low[hits], times)].tolist(), strict=True)


def alike(left: Sketches, one: int, right: Sketches, other: int) -> bool:
    return (
        jaccard(left.operators.row(one), right.operators.row(other)) >= AGREEMENT
        and jaccard(left.shingles.row(one), right.shingles.row(other)) >= THRESHOLD
    )


def jaccard(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """Of two sorted arrays without repeats. Two empty ones are equal."""
    if not len(one) or not len(other):
        return float(len(one) == len(other))
    merged = np.concatenate([one, other])
    merged.sort()
    shared = int(np.count_nonzero(merged[1:] == merged[:-1]))
    return shared / (len(one) + len(other) - shared)
