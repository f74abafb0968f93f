"""The tokens of many texts as numbers.

In: a buffer of texts (visible.py). Out: for each token its hash, the text it stands in, and whether it is an operator.
Names outside the vocabulary count as one and the same, and so do numbers; round brackets, commas, colons and spaces
do not count at all. All of it is numpy over the whole buffer: a loop over tokens in Python would be twenty times
slower than the sketches made of its result.
Not covered: what is compared of the tokens (shingles.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from triton_data.curate.reading import vocabulary
from triton_data.curate.reading.visible import MARGIN, Buffer

Words: TypeAlias = NDArray[np.uint64]
Places: TypeAlias = NDArray[np.int64]
_NAME, _NUMBER = np.uint64(0x6E616D65), np.uint64(0x6E756D62)
_SLOT_BITS, _SPREAD = 20, 0xC2B2AE3D27D4EB4F  # the spread was chosen so that no two words of the vocabulary meet
_IGNORED, _PART, _SIGN = range(3)  # what a byte is: nothing, part of a word, a token of its own
_CAPITAL, _DIGIT, _ARITHMETIC = 1, 2, 4  # what a token's first byte says
_HIT, _OPERATOR = 1, 2


@dataclass(frozen=True)
class Tokens:
    hashes: Words
    owners: Places
    operator: NDArray[np.bool_]


def mixed(values: Words) -> Words:
    """splitmix64's finisher: neighbours in, strangers out."""
    with np.errstate(over="ignore"):
        made = values >> np.uint64(30)
        made ^= values
        made *= np.uint64(0xBF58476D1CE4E5B9)
        made ^= made >> np.uint64(27)
        made *= np.uint64(0x94D049BB133111EB)
        made ^= made >> np.uint64(31)
    return made


@dataclass(frozen=True)
class _Tables:
    """For each byte its kind, a scrambled value, and what it says of a token that it begins. For each word of the
    vocabulary its hash, and whether it is an operator; `slots` finds it."""

    kind: bytes
    value: Words
    begins: NDArray[np.uint8]
    known: Words
    operator: NDArray[np.bool_]
    slots: NDArray[np.int16]
    self: np.uint64


@cache
def _tables() -> _Tables:
    kind = np.full(256, _IGNORED, np.uint8)
    kind[[*range(48, 58), *range(65, 91), *range(97, 123), 95, *range(128, 256)]] = _PART
    kind[list(b"+-*/%@=<>[]{}&|^~!")] = _SIGN
    begins = np.zeros(256, np.uint8)
    begins[65:91], begins[48:58], begins[list(b"+-*/@%&|^<>")] = _CAPITAL, _DIGIT, _ARITHMETIC
    names = sorted(vocabulary.operators() | vocabulary.words())
    known = _hash_of(names)
    slots = np.zeros(1 << _SLOT_BITS, np.int16)
    slots[_slot(known)] = np.arange(len(names))
    if len(np.unique(_slot(known))) != len(names):
        raise AssertionError("two words of the vocabulary share a slot: choose other slot bits")
    operator = np.array([name in vocabulary.operators() for name in names])
    value = mixed(np.arange(1, 257, dtype=np.uint64))
    return _Tables(kind.tobytes(), value, begins, known, operator, slots, _hash_of(["self"])[0])


def _slot(hashes: Words) -> Places:
    with np.errstate(over="ignore"):
        return (hashes * np.uint64(_SPREAD) >> np.uint64(64 - _SLOT_BITS)).view(np.int64)


def _hash_of(words: Sequence[str]) -> Words:
    data = b" ".join([b" " * MARGIN, *(word.encode() for word in words), b" " * MARGIN])
    lengths = np.array([len(word) for word in words])
    begins = np.cumsum(lengths + 1) - lengths + MARGIN
    return _hashes(data, begins, lengths)


def tokens(buffer: Buffer) -> Tokens:
    tables = _tables()
    data = np.frombuffer(buffer.data, np.uint8)
    starts, is_word, lengths = _segments(buffer, tables)
    first = data[starts]
    hashes = tables.value[first]
    hashes[is_word] = _hashes(buffer.data, starts[is_word], lengths[is_word])
    counts = np.diff(np.searchsorted(starts, buffer.ends), prepend=0)
    owners = np.repeat(np.arange(len(counts)), counts)
    dotted = data[starts - 1] == ord(".")
    made, operator = _classified(hashes, is_word, tables.begins[first], dotted)
    return Tokens(made, owners, operator)


def _segments(buffer: Buffer, tables: _Tables) -> tuple[Places, NDArray[np.bool_], Places]:
    """Where tokens start, which are words, and how long they are (signs: 1)."""
    kinds = bytearray(buffer.data.translate(tables.kind))
    kind = np.frombuffer(kinds, np.uint8)
    for opens, closes in buffer.hidden:
        kind[opens:closes] = _IGNORED
    edge = kind[1:] != kind[:-1]
    edge |= kind[1:] == _SIGN
    edges = np.flatnonzero(edge)
    edges += 1
    of = kind[edges]
    token = np.flatnonzero(of)
    starts = edges[token]
    return starts, of[token] == _PART, edges[token + 1] - starts


def _hashes(data: bytes, begins: Places, lengths: Places) -> Words:
    """Of each word its length, first 24 bytes and last 8: no two words of the vocabulary agree in all of them."""
    eight = np.ndarray((len(data) - 7,), np.dtype("<u8"), data, strides=(1,))
    hashed = lengths.astype(np.uint64)
    hashed = mixed(hashed ^ _first(eight, begins, lengths))
    for offset in (8, 16):
        long = np.flatnonzero(lengths > offset)
        hashed[long] = mixed(hashed[long] ^ _first(eight, begins[long] + offset, lengths[long] - offset))
    long = np.flatnonzero(lengths > 24)
    hashed[long] = mixed(hashed[long] ^ eight[begins[long] + lengths[long] - 8])
    return hashed


def _first(eight: Words, begins: Places, lengths: Places) -> Words:
    """The first eight bytes, without what stands behind the word."""
    spare = 64 - 8 * np.minimum(lengths, 8)
    return eight[begins] << spare.view(np.uint64)


def _classified(
    hashes: Words, is_word: NDArray[np.bool_], begins: NDArray[np.uint8], dotted: NDArray[np.bool_]
) -> tuple[Words, NDArray[np.bool_]]:
    """Numbers and unknown names lose their identity; an operator is a known name that is reached with a dot or has a
    capital. What follows `self.` is the author's own name."""
    tables = _tables()
    found = tables.slots[_slot(hashes)]
    hit = tables.known[found] == hashes
    hit &= is_word
    own = dotted.copy()
    own[1:] &= hashes[:-1] == tables.self
    used = (begins == _CAPITAL) | dotted
    used &= ~own
    operator = tables.operator[found] & hit
    hit &= ~own & (~operator | used)
    operator &= used
    made = np.where(is_word & ~hit, _NAME, hashes)
    made[begins == _DIGIT] = _NUMBER
    return made, operator | (begins == _ARITHMETIC)
