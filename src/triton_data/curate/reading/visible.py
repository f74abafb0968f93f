"""Many texts as one buffer of bytes, and the spans in it that do not count when texts are compared.

In: Python texts. Out: a buffer in which they stand one after the other, each ended by a line break, and the spans of
docstrings and comments; imports and `get_inputs()` are cut out. What a text may lack is looked for in the whole buffer
first, by numpy: regular expressions for each text take longer than all that is done with the result.
Not covered: Python's grammar. A `#` inside a string ends the line here; both copies of a text suffer alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triton_data.curate.reading.tree import INPUTS

MARGIN = 32  # line breaks before and behind, so that whole words may be read at any place
_DOUBLE, _SINGLE = b'"""', b"'''"
_INPUTS = re.compile(rb"^def (?:%s)\b[\s\S]*?(?=^\S|\Z)" % "|".join(sorted(INPUTS)).encode(), re.MULTILINE)
_COMMENT = re.compile(rb"#[^\n]*")
_IMPORT = re.compile(rb"^(?:import|from) [^\n(]*(?:\([^)]*\))?", re.MULTILINE)
_Places = NDArray[np.int64]


@dataclass(frozen=True)
class Buffer:
    data: bytes
    ends: _Places  # of each text, behind its line break
    hidden: list[tuple[int, int]]  # spans that do not count


def visible(texts: Sequence[str]) -> Buffer:
    parts = [text.encode("utf-8", "replace") for text in texts]
    data, ends = _joined(parts)
    array = np.frombuffer(data, np.uint8)
    double, single = _triples(array, ord('"')), _triples(array, ord("'"))
    cut = {*_owners(single, ends), *_owners(_leads(array), ends)}
    if cut:
        for index in cut:
            parts[index] = _cut(parts[index])
        data, ends = _joined(parts)
        double = _triples(np.frombuffer(data, np.uint8), ord('"'))
    quoted = list(_quoted(double.tolist(), ends)) if len(double) else []
    return Buffer(data, ends, [*quoted, *_comments(data, quoted)])


def _joined(parts: list[bytes]) -> tuple[bytes, _Places]:
    breaks = b"\n" * MARGIN
    ends = np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)) + 1) + MARGIN
    return b"".join((breaks, b"\n".join(parts), breaks)), ends


def _owners(places: _Places, ends: _Places) -> list[int]:
    """The texts that these places stand in."""
    return np.searchsorted(ends, places, "right").tolist() if len(places) else []


def _triples(array: NDArray[np.uint8], quote: int) -> _Places:
    same = array == quote
    same[:-2] &= same[1:-1] & same[2:]
    return _set_places(same)


def _leads(array: NDArray[np.uint8]) -> _Places:
    """Lines that begin at the very left, as `import`, `from` and `def` do."""
    lead = (array == ord("i")) | (array == ord("f")) | (array == ord("d"))
    lead[1:] &= array[:-1] == ord("\n")
    return _set_places(lead)


def _set_places(flags: NDArray[np.bool_]) -> _Places:
    """np.flatnonzero for flags that are hardly ever set, eight of them at a time."""
    whole = len(flags) & ~7
    eights = np.flatnonzero(flags[:whole].view(np.uint64))
    near = (eights[:, None] * 8 + np.arange(8)).ravel()
    return np.concatenate([near[flags[near]], np.flatnonzero(flags[whole:]) + whole])


def _cut(text: bytes) -> bytes:
    """Plain searches, one after the other: one expression for all of them takes twice as long."""
    for quotes in (_DOUBLE, _SINGLE):
        if quotes in text:
            text = b" ".join(text.split(quotes)[::2])
    if b"#" in text:
        text = _COMMENT.sub(b"", text)
    if b"import " in text:
        text = _IMPORT.sub(b"", text)
    if b"def get_" in text:
        text = _INPUTS.sub(b"", text)
    return text


def _quoted(triples: list[int], ends: _Places) -> Iterator[tuple[int, int]]:
    """From every first three quotes to the next, or to the end of the text; three of four in a row count once."""
    limits = ends.tolist()
    owner, opened, free = 0, -1, 0
    for place in triples:
        if place >= limits[owner]:
            if opened >= 0:
                yield opened, limits[owner]
            owner, opened = int(np.searchsorted(ends, place, "right")), -1
        if place < free:
            continue
        free = place + 3
        if opened < 0:
            opened = place
        else:
            yield opened, free
            opened = -1
    if opened >= 0:
        yield opened, limits[owner]


def _comments(data: bytes, quoted: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """From every `#` to the end of its line, but not those inside of what is quoted."""
    spans = iter([*quoted, (len(data), len(data))])
    opens, closes = next(spans)
    start = data.find(b"#")
    while start >= 0:
        while start >= closes:
            opens, closes = next(spans)
        if start >= opens:
            end = closes
        else:
            end = data.find(b"\n", start)
            yield start, end
        start = data.find(b"#", end)
