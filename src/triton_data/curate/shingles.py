"""Many texts at once as sets of numbers: what near-duplicate search and benchmark fingerprints compare.

In: Python texts. Out: for each its distinct shingles (hashes of five tokens in a row) and its operators (hashes of
"relu, 1st time", "relu, 2nd time", ...). Names outside the vocabulary count as one and the same, and so do numbers;
comments, docstrings, imports, `get_inputs()` and round brackets do not count at all. So a renamed or
reformatted copy has nearly the same shingles. All of it is numpy over one buffer: a loop over tokens in Python would
be twenty times slower than the sketches made of its result.
Not covered: Python's grammar. A `#` inside a string ends the line here; both copies of a text suffer alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from triton_data.curate import vocabulary

WIDTH = 5  # tokens a shingle
CHUNK = 1 << 17  # bytes worked on at once: their arrays stay in the processor's caches
Hashes: TypeAlias = NDArray[np.uint32]
_Words: TypeAlias = NDArray[np.uint64]
_Places: TypeAlias = NDArray[np.int64]
_INPUTS = re.compile(rb"^def get_(?:init_)?inputs\b[\s\S]*?(?=^\S|\Z)", re.MULTILINE)
_COMMENT = re.compile(rb"#[^\n]*")
_IMPORT = re.compile(rb"^(?:import|from) [^\n(]*(?:\([^)]*\))?", re.MULTILINE)
_PRIME = 0x9E3779B97F4A7C15
_NAME, _NUMBER = np.uint64(0x6E616D65), np.uint64(0x6E756D62)
_SLOT_BITS, _SPREAD = 20, 0xC2B2AE3D27D4EB4F  # the spread was chosen so that no two words of the vocabulary meet


@dataclass(frozen=True)
class Sets:
    """Ragged rows in one array: row i is values[bounds[i]:bounds[i + 1]], sorted and without repeats."""

    values: Hashes
    bounds: _Places

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def row(self, index: int) -> Hashes:
        return self.values[self.bounds[index] : self.bounds[index + 1]]


@dataclass(frozen=True)
class Sketches:
    shingles: Sets
    operators: Sets


def sketch(texts: Sequence[str]) -> Sketches:
    visible = [_visible(text.encode("utf-8", "replace")) for text in texts]
    shingles, operators = [], []
    for first, last in _chunks([len(text) for text in visible]):
        tokens, owners, operator = _tokens(visible[first:last])
        shingles.append(_sets(*_windows(tokens, owners), last - first))
        operators.append(_sets(*_numbered(tokens[operator], owners[operator]), last - first))
    return Sketches(joined(shingles), joined(operators))


def joined(parts: Sequence[Sets]) -> Sets:
    sizes = np.concatenate([np.zeros(1, np.int64), *(np.diff(part.bounds) for part in parts)])
    values = np.concatenate([np.zeros(0, np.uint32), *(part.values for part in parts)])
    return Sets(values, np.cumsum(sizes))


def _visible(text: bytes) -> bytes:
    """Plain searches, one after the other: one expression for all of them takes longer than everything below."""
    for quotes in (b'"""', b"'''"):
        if quotes in text:
            text = b" ".join(text.split(quotes)[::2])
    if b"#" in text:
        text = _COMMENT.sub(b"", text)
    if b"import " in text:
        text = _IMPORT.sub(b"", text)
    if b"def get_" in text:
        text = _INPUTS.sub(b"", text)
    return text + b"\n"


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


# ---- tokens ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Tables:
    """For each byte: its kind (0 ignored, 1 part of a word, 2 a token of its own), a scrambled value, and whether it
    is arithmetic. For each word of the vocabulary its hash, and whether it is an operator; `slots` finds it."""

    kind: NDArray[np.uint8]
    value: _Words
    arithmetic: NDArray[np.bool_]
    known: _Words
    operator: NDArray[np.bool_]
    slots: NDArray[np.int16]
    self: np.uint64


@cache
def _tables() -> _Tables:
    kind = np.zeros(256, np.uint8)
    kind[[*range(48, 58), *range(65, 91), *range(97, 123), 95, *range(128, 256)]] = 1
    kind[list(b"+-*/%@=<>[]{}&|^~!")] = 2
    value = _mixed(np.arange(1, 257, dtype=np.uint64))
    arithmetic = np.zeros(256, np.bool_)
    arithmetic[list(b"+-*/@%&|^<>")] = True
    names = sorted(vocabulary.operators() | vocabulary.words())
    known = _hash_of(names)
    slots = np.zeros(1 << _SLOT_BITS, np.int16)
    slots[_slot(known)] = np.arange(len(names))
    if len(np.unique(_slot(known))) != len(names):
        raise AssertionError("two words of the vocabulary share a slot: choose other slot bits")
    operator = np.array([name in vocabulary.operators() for name in names])
    return _Tables(kind, value, arithmetic, known, operator, slots, _hash_of(["self"])[0])


def _slot(hashes: _Words) -> _Places:
    with np.errstate(over="ignore"):
        return (hashes * np.uint64(_SPREAD) >> np.uint64(64 - _SLOT_BITS)).astype(np.int64)


def _hash_of(words: Sequence[str]) -> _Words:
    lengths = np.array([len(word) for word in words])
    ends = np.cumsum(lengths + 1)
    data = np.frombuffer("".join(f"{word} " for word in words).encode(), np.uint8)
    return _hashes(data, ends - lengths - 1, ends - 1)


def _tokens(texts: list[bytes]) -> tuple[_Words, _Places, NDArray[np.bool_]]:
    """Token hashes, the text each stands in, and whether it is an operator."""
    tables = _tables()
    data = np.frombuffer(b"".join(texts), np.uint8)
    kind = tables.kind[data]
    word = kind == 1
    first = kind == 2
    first[0] |= word[0]
    first[1:] |= word[1:] & ~word[:-1]
    starts = np.flatnonzero(first)
    is_word = word[starts]
    hashes = tables.value[data[starts]]
    word_ends = np.flatnonzero(word[:-1] & ~word[1:]) + 1  # each text ends with a newline
    hashes[is_word] = _hashes(data, starts[is_word], word_ends)
    ends = np.cumsum([len(text) for text in texts])
    owners = np.repeat(np.arange(len(texts)), np.diff(np.searchsorted(starts, ends), prepend=0))
    tokens, operator = _classified(data, starts, is_word, hashes)
    return tokens, owners, operator


def _hashes(data: NDArray[np.uint8], begins: _Places, ends: _Places) -> _Words:
    """Of each word its length, first 24 bytes and last 8: no two words of the vocabulary agree in all of them."""
    padded = np.concatenate([np.zeros(8, np.uint8), data, np.zeros(32, np.uint8)])
    eight = np.lib.stride_tricks.as_strided(padded, (len(padded) - 7, 8), (1, 1)).view("<u8")[:, 0]
    lengths = ends - begins
    hashed = lengths.astype(np.uint64)
    for offset in (0, 8, 16):
        long = np.flatnonzero(lengths > offset) if offset else slice(None)
        spare = np.maximum(8 + offset - lengths[long], 0).astype(np.uint64) * np.uint64(8)
        part = eight[begins[long] + 8 + offset] << spare  # drops what stands behind the word
        hashed[long] = _mixed(hashed[long] ^ part)
    long = np.flatnonzero(lengths > 24)
    hashed[long] = _mixed(hashed[long] ^ eight[ends[long]])
    return hashed


def _classified(
    data: NDArray[np.uint8], starts: _Places, is_word: NDArray[np.bool_], hashes: _Words
) -> tuple[_Words, NDArray[np.bool_]]:
    """Numbers and unknown names lose their identity; an operator is a known name that is reached with a dot or has a
    capital. What follows `self.` is the author's own name."""
    tables = _tables()
    first = data[starts]
    found = tables.slots[_slot(hashes)]
    hit = is_word & (tables.known[found] == hashes)
    dotted = data[np.maximum(starts - 1, 0)] == ord(".")
    own = dotted.copy()
    own[1:] &= hashes[:-1] == tables.self
    operator = tables.operator[found] & hit
    used = operator & ~own & (dotted | ((first >= ord("A")) & (first <= ord("Z"))))
    digit = is_word & (first >= ord("0")) & (first <= ord("9"))
    lost = is_word & (~hit | own | (operator & ~used))
    tokens = np.where(lost, _NAME, hashes)
    tokens[digit] = _NUMBER
    return tokens, used | tables.arithmetic[first]


# ---- sets ------------------------------------------------------------------------------------------------------


def _windows(tokens: _Words, owners: _Places) -> tuple[_Words, _Places]:
    count = len(tokens) - WIDTH + 1
    if count <= 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    rolled = tokens[:count].copy()
    with np.errstate(over="ignore"):
        for offset in range(1, WIDTH):
            rolled = rolled * np.uint64(_PRIME) + tokens[offset : offset + count]
    whole = owners[:count] == owners[WIDTH - 1 :]
    return rolled[whole], owners[:count][whole]


def _numbered(tokens: _Words, owners: _Places) -> tuple[_Words, _Places]:
    """Each token with how many times its text had it before: a multiset as a set."""
    keyed = np.sort(_keyed(tokens, owners))
    index = np.arange(len(keyed))
    new = np.ones(len(keyed), np.bool_)
    new[1:] = keyed[1:] != keyed[:-1]
    nth = index - np.maximum.accumulate(np.where(new, index, 0)) if len(index) else index
    token = keyed & np.uint64(0xFFFFFFFF)
    with np.errstate(over="ignore"):
        return token + nth.astype(np.uint64) * np.uint64(_PRIME), (keyed >> np.uint64(32)).astype(np.int64)


def _sets(values: _Words, owners: _Places, rows: int) -> Sets:
    keyed = np.sort(_keyed(values, owners))
    fresh = np.ones(len(keyed), np.bool_)
    fresh[1:] = keyed[1:] != keyed[:-1]
    keyed = keyed[fresh]
    bounds = np.searchsorted(keyed, np.arange(rows + 1, dtype=np.uint64) << np.uint64(32))
    return Sets(keyed.astype(np.uint32), bounds.astype(np.int64))


def _keyed(values: _Words, owners: _Places) -> _Words:
    return owners.astype(np.uint64) << np.uint64(32) | _mixed(values) >> np.uint64(32)


def _mixed(values: _Words) -> _Words:
    """splitmix64's finisher: neighbours in, strangers out."""
    with np.errstate(over="ignore"):
        values = (values ^ values >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ values >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
        return values ^ values >> np.uint64(31)
