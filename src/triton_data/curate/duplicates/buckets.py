"""Which rows are worth comparing: those that share a bucket.

In: signatures. Out: pairs of rows, band by band, in arrays. A band is four slots; rows that agree in all four share its
bucket, and in a small bucket every pair is looked at. A crowded one, as look-alike texts make it, is split
until its parts are small: by operators first (overlap_keys.py), which loses nothing, then by further slots. So the work
stays linear, whatever the texts.
Not covered: whether a pair is the same (near.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from triton_data.curate.duplicates.signatures import SIZE, Signatures

ROWS = 4  # 32 bands of 4: a pair of similarity 0.7 is a candidate with probability 0.9998
BANDS = SIZE // ROWS
CROWDED = 64  # members from which on a bucket is split
_SPLITS = 4  # by shingles, of what is crowded still when it was split by operators
_MEMBERS = 1 << 17  # of crowded buckets, worked on together
_BESIDE = 3  # neighbours that each member of what is still crowded then is compared with
_TOGETHER = 1 << 20  # pairs of one array, about
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
Keys = NDArray[np.uint64]
Numbers = NDArray[np.int64]


def band(made: Signatures, number: int) -> Keys:
    return np.ascontiguousarray(made[:, number * ROWS : (number + 1) * ROWS]).view(np.uint64)[:, 0]


class Buckets:
    """`pairs(n)` are the candidates of band n; `crowded` has bit n set for rows of which not all pairs were given."""

    def __init__(self, made: Signatures, parts: Callable[[Numbers], tuple[Keys, Numbers]],
                 roots: Callable[[Numbers], Numbers]) -> None:  # fmt: skip
        """`parts` makes the keys of some rows' operators (overlap_keys.py), which only look-alike texts need; `roots`
        says what is united already."""
        self.made, self._make, self._roots = made, parts, roots
        self.crowded = np.zeros(len(made), np.uint32)
        self._keys, self._bounds = np.zeros(0, np.uint64), np.zeros(1, np.int64)
        self._place = np.full(len(made), -1)  # of a row among those that have such keys

    def pairs(self, number: int) -> Iterator[NDArray[np.int64]]:
        rows, sizes = self._unsettled(*_runs(np.arange(len(self.made)), band(self.made, number)))
        large = sizes > CROWDED
        if large.any():
            members = np.repeat(large, sizes)
            self.crowded[rows[members]] |= np.uint32(1 << number)
            yield from self._split(rows[members], sizes[large], number)
            rows, sizes = rows[~members], sizes[~large]
        yield from _all_pairs(rows, sizes)

    def _unsettled(self, rows: Numbers, sizes: Numbers) -> tuple[Numbers, Numbers]:
        """Without buckets whose members are all united."""
        if not len(rows):
            return rows, sizes
        roots, opens = self._roots(rows), np.cumsum(sizes) - sizes
        open_ = np.maximum.reduceat(roots, opens) != np.minimum.reduceat(roots, opens)
        return rows[np.repeat(open_, sizes)], sizes[open_]

    def _split(self, rows: Numbers, sizes: Numbers, number: int) -> Iterator[NDArray[np.int64]]:
        """Many buckets together, as long as their members' keys do not fill the memory."""
        self._make_keys(rows)
        ends = np.cumsum(sizes)
        for part in np.split(np.arange(len(sizes)), np.flatnonzero(np.diff(ends // _MEMBERS)) + 1):
            own = rows[ends[part[0]] - sizes[part[0]] : ends[part[-1]]]
            group = np.repeat(np.arange(len(part), dtype=np.uint64), sizes[part])
            place = self._place[own]
            counts = self._bounds[place + 1] - self._bounds[place]
            keys = self._keys[ranges(self._bounds[place], counts)] + np.repeat(group, counts) * _SPREAD
            yield from self._narrow(*_runs(np.repeat(own, counts), keys), number)

    def _make_keys(self, rows: Numbers) -> None:
        new = np.unique(rows[self._place[rows] < 0])
        if len(new):
            keys, bounds = self._make(new)
            self._place[new] = np.arange(len(new)) + len(self._bounds) - 1
            self._bounds = np.concatenate([self._bounds, bounds[1:] + len(self._keys)])
            self._keys = np.concatenate([self._keys, keys])

    def _narrow(self, rows: Numbers, sizes: Numbers, number: int) -> Iterator[NDArray[np.int64]]:
        small: list[tuple[Numbers, Numbers]] = []
        for turn in range(1, _SPLITS + 1):
            rows, sizes = self._unsettled(rows, sizes)
            large = sizes > CROWDED
            members = np.repeat(large, sizes)
            small.append((rows[~members], sizes[~large]))
            rows, sizes = rows[members], sizes[large]
            if not len(rows):
                break
            group = np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)
            rows, sizes = _runs(rows, band(self.made, (number + turn) % BANDS)[rows] + group * _SPREAD)
        yield from _all_pairs(*(np.concatenate(parts) for parts in zip(*small, strict=True)))
        yield from _neighbours(rows, sizes)


def ranges(starts: Numbers, sizes: Numbers) -> Numbers:
    """starts[i], starts[i] + 1, ... for sizes[i] numbers each, one after the other."""
    before = np.cumsum(sizes) - sizes
    return np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))


def _runs(rows: Numbers, keys: Keys) -> tuple[Numbers, Numbers]:
    """Rows with a key that another has too, equal keys beside one another; and how many each time. The row's place is
    kept in the key's lower bits, because one sort of numbers is faster than a sort of places by their keys."""
    bits = np.uint64(max(1, len(rows) - 1).bit_length())
    low = (np.uint64(1) << bits) - np.uint64(1)
    mixed = keys * _SPREAD
    mixed ^= mixed >> np.uint64(32)
    mixed *= _SPREAD
    packed = np.sort(mixed & ~low | np.arange(len(rows), dtype=np.uint64))
    same = (packed[1:] ^ packed[:-1]) <= low
    edges = np.flatnonzero(np.diff(same, prepend=False, append=False))
    opens, closes = edges[::2], edges[1::2]
    member = np.zeros(len(rows), np.bool_)
    member[:-1] |= same
    member[1:] |= same
    return rows[(packed[member] & low).view(np.int64)], closes - opens + 1


def _all_pairs(rows: Numbers, sizes: Numbers) -> Iterator[NDArray[np.int64]]:
    """Neighbours first: once they are united, most of the other pairs need no look."""
    left = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(rows))  # members from here to the bucket's end
    waiting: list[NDArray[np.int64]] = []
    waiting_bytes = 0
    for distance in range(1, int(sizes.max(initial=1))):
        places = np.flatnonzero(left > distance)
        waiting.append(np.stack([rows[places], rows[places + distance]], 1))
        waiting_bytes += len(places)
        if distance == 1 or waiting_bytes > _TOGETHER:
            yield np.concatenate(waiting)
            waiting, waiting_bytes = [], 0
    if waiting:
        yield np.concatenate(waiting)


def _neighbours(rows: Numbers, sizes: Numbers) -> Iterator[NDArray[np.int64]]:
    """Each with the next few and with the bucket's first."""
    ends = np.cumsum(sizes)
    left = np.repeat(ends, sizes) - np.arange(len(rows))
    for distance in range(1, _BESIDE + 1):
        places = np.flatnonzero(left > distance)
        yield np.stack([rows[places], rows[places + distance]], 1)
    yield np.stack([np.repeat(rows[ends - sizes], sizes), rows], 1)
