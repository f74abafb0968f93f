"""Keys by which two sets of operators that agree to a similarity are sure to meet.

In: sets, a similarity. Out: for each row some keys; two rows whose Jaccard similarity is at least that much have one in
common, always. Such rows differ in few elements, so that of one part more than these, dealt by hash, one is the same
in both (Arasu, Ganti, Kaushik, "Efficient exact set-similarity joins", 2006). Rows of nearly equal size meet in a size
class that both belong to.
Not covered: how many others have a key too (buckets.py).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from triton_data.curate.reading.shingles import Sets
from triton_data.curate.reading.words import mixed

Keys = NDArray[np.uint64]
Numbers = NDArray[np.int64]
_ROUNDING = 1e-6


def part_keys(sets: Sets, similarity: float) -> tuple[Keys, Numbers]:
    """Ragged: row i has keys[bounds[i]:bounds[i + 1]], first those of its own size class, then those of the next."""
    sizes = np.diff(sets.bounds)
    own = np.floor(np.log(np.maximum(sizes, 1)) / -math.log(similarity) + _ROUNDING).astype(np.int64)
    parts = [_parts_of(own, similarity), _parts_of(own + 1, similarity)]
    bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(parts[0] + parts[1])])
    keys = np.zeros(int(bounds[-1]), np.uint64)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    hashes = mixed(sets.values.astype(np.uint64) + np.uint64(1))
    first = bounds[:-1]
    for kind, count in zip((own, own + 1), parts, strict=True):
        part = (hashes >> np.uint64(33)).view(np.int64) % count[owners]
        np.add.at(keys, first[owners] + part, hashes)
        place = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        where = np.repeat(first, count) + place
        keys[where] = mixed(keys[where] ^ mixed((np.repeat(kind, count) << 20 | place).view(np.uint64)))
        first = first + count
    return keys, bounds


def _parts_of(kind: Numbers, similarity: float) -> Numbers:
    """One more than the elements in which two rows of a size class may differ, if both are as large as can be."""
    largest = np.ceil(np.exp((kind + 1) * -math.log(similarity)))
    most: Numbers = np.floor(2 * largest * (1 - similarity) / (1 + similarity) + _ROUNDING).astype(np.int64)
    return most + 1
