"""MinHash signatures of many sets at once, by one permutation.

In: sets of uniform hashes, each sorted. Out: for each 128 numbers, of which two sets share about as many as the sets
have in common (the expectation is their Jaccard similarity). The hashes' upper bits say which of 128 bins one falls
into, and a bin's smallest is its number; because the sets are sorted already, that is the first of each run. A bin
that stays empty copies another, chosen in an order of its own, which keeps the expectation (Shrivastava, "Optimal
Densification for Fast and Accurate Minwise Hashing", 2017).
Not covered: which sets are compared (buckets.py). Why not a library: docs/decisions/091.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from triton_data.curate.reading.shingles import Sets

SIZE = 128
Signatures = NDArray[np.uint16]  # sixteen bits of each number: strangers share a slot once in 65,536 times
_BIN = 25  # bits below those that name the bin
_FEW = 24  # filled bins from which on the others find theirs by trying
_AT_ONCE = 2  # turns in which all empty bins of all rows ask, because most still do
_ROWS = 1 << 12  # worked on together
_EMPTY = np.uint32(0xFFFFFFFF)
_SEED = 1


def signatures(sets: Sets) -> Signatures:
    """Of an empty set it is arbitrary."""
    made = np.empty((len(sets), SIZE), np.uint16)
    for first in range(0, len(sets), _ROWS):
        last = min(first + _ROWS, len(sets))
        part = _smallest(sets, first, last)
        _densify(part)
        made[first:last] = part.astype(np.uint16)
    return made


def _smallest(sets: Sets, first: int, last: int) -> NDArray[np.uint32]:
    bounds = sets.bounds[first : last + 1]
    values = sets.values[bounds[0] : bounds[-1]]
    places = np.repeat(np.arange(last - first) * SIZE, np.diff(bounds))
    places += values >> np.uint32(_BIN)
    opens = np.ones(len(values), np.bool_)
    opens[1:] = places[1:] != places[:-1]
    made = np.full((last - first) * SIZE, _EMPTY)
    made[places[opens]] = values[opens]
    return made.reshape(-1, SIZE)


@cache
def _orders() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """By turn and bin which other bin it asks; by bin and other bin the turn. A bin asks itself first."""
    draw = np.random.Generator(np.random.PCG64(_SEED))
    order = np.stack(
        [np.concatenate([[own], draw.permutation(np.delete(np.arange(SIZE), own))]) for own in range(SIZE)]
    )
    return np.ascontiguousarray(order.T), np.argsort(order, axis=1)


def _densify(made: NDArray[np.uint32]) -> None:
    """Only numbers that stood there before are copied, or one of two sets would copy what the other has not."""
    count = np.count_nonzero(made != _EMPTY, axis=1)
    order, place = _orders()
    for row in np.flatnonzero((count > 0) & (count < _FEW)).tolist():
        own = np.flatnonzero(made[row] != _EMPTY)
        made[row] = made[row, own[place[:, own].argmin(axis=1)]]
    first = made.copy()
    for turn in range(1, _AT_ONCE + 1):
        np.copyto(made, first.take(order[turn], axis=1), where=made == _EMPTY)
    flat, before = made.ravel(), first.ravel()
    empty = np.flatnonzero(flat == _EMPTY)
    empty = empty[count[empty // SIZE] > 0]
    bins = empty % SIZE
    for turn in range(_AT_ONCE + 1, SIZE):
        if not len(empty):
            return
        value = before[empty - bins + order[turn][bins]]
        flat[empty] = value
        still = np.flatnonzero(value == _EMPTY)
        empty, bins = empty[still], bins[still]
