"""Many texts at once as sets of numbers: what near-duplicate search and benchmark fingerprints compare.

In: Python texts. Out: for each its distinct shingles (hashes of five tokens in a row) and its operators (hashes of
"relu, 1st time", "relu, 2nd time", ...). Names outside the vocabulary count as one and the same, and so do numbers
(words.py); comments, docstrings, imports, `get_inputs()` and round brackets do not count at all (visible.py). So a
renamed or reformatted copy has nearly the same shingles. Not covered: which sets are alike (duplicates/near.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from triton_data.curate.reading.visible import visible
from triton_data.curate.reading.words import Places, Words, mixed, tokens

WIDTH = 5  # tokens a shingle
CHUNK = 1 << 19  # bytes worked on at once: their arrays stay in the processor's caches
Hashes: TypeAlias = NDArray[np.uint32]
_PRIME = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Sets:
    """Ragged rows in one array: row i is values[bounds[i]:bounds[i + 1]], sorted and without repeats."""

    values: Hashes
    bounds: Places

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def row(self, index: int) -> Hashes:
        return self.values[self.bounds[index] : self.bounds[index + 1]]


@dataclass(frozen=True)
class Sketches:
    shingles: Sets
    operators: Sets


def sketch(texts: Sequence[str]) -> Sketches:
    shingles, operators = [], []
    for first, last in _chunks([len(text) for text in texts]):
        found = tokens(visible(texts[first:last]))
        shingles.append(_sets(*_windows(found.hashes, found.owners), last - first))
        operators.append(_sets(*_numbered(found.hashes[found.operator], found.owners[found.operator]), last - first))
    return Sketches(joined(shingles), joined(operators))


def joined(parts: Sequence[Sets]) -> Sets:
    sizes = np.concatenate([np.zeros(1, np.int64), *(np.diff(part.bounds) for part in parts)])
    values = np.concatenate([np.zeros(0, np.uint32), *(part.values for part in parts)])
    return Sets(values, np.cumsum(sizes))


def _chunks(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Runs of texts that fit the caches; one text alone may be larger."""
    first = total = 0
    for index, size in enumerate(sizes):
        if total and total + size > CHUNK:
            yield first, index
            first, total = index, 0
        total += size
    if len(sizes):
        yield first, len(sizes)


# ---- sets ------------------------------------------------------------------------------------------------------


def _windows(tokens: Words, owners: Places) -> tuple[Words, Places]:
    count = len(tokens) - WIDTH + 1
    if count <= 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    rolled = tokens[:count].copy()
    with np.errstate(over="ignore"):
        for offset in range(1, WIDTH):
            rolled = rolled * np.uint64(_PRIME) + tokens[offset : offset + count]
    whole = owners[:count] == owners[WIDTH - 1 :]
    return rolled[whole], owners[:count][whole]


def _numbered(tokens: Words, owners: Places) -> tuple[Words, Places]:
    """Each token with how many times its text had it before: a multiset as a set."""
    values = _sorted(tokens, owners)
    index = np.arange(len(values))
    nth = index - np.maximum.accumulate(np.where(_changes(values, owners), index, 0)) if len(index) else index
    with np.errstate(over="ignore"):
        return values.astype(np.uint64) + nth.astype(np.uint64) * np.uint64(_PRIME), owners


def _sets(values: Words, owners: Places, rows: int) -> Sets:
    hashes = _sorted(values, owners)
    fresh = _changes(hashes, owners)
    bounds = np.searchsorted(owners[fresh], np.arange(rows + 1))
    return Sets(hashes[fresh], bounds)


def _sorted(values: Words, owners: Places) -> Hashes:
    """Row by row, because short rows are sorted several times as fast as one long array with the row in the key."""
    hashes = (mixed(values) >> np.uint64(32)).astype(np.uint32)
    edges = (np.flatnonzero(owners[1:] != owners[:-1]) + 1).tolist()
    for first, last in zip([0, *edges], [*edges, len(hashes)], strict=True):
        hashes[first:last].sort()
    return hashes


def _changes(hashes: Hashes, owners: Places) -> NDArray[np.bool_]:
    """Where a value is not the one before it in the same row."""
    fresh = np.ones(len(hashes), np.bool_)
    fresh[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    return fresh
