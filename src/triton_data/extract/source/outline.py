"""Where the functions and classes of a file stand, found by spelling, in a fraction of the time of parsing.

In: the text of a file. Out: its top-level definitions as runs of lines, and the rest of the file with those
lines left empty, so that everything else can be parsed at once and keeps its place. None: it cannot be told, as where
a decorator decorates nothing; then the file has to be parsed as a whole.
Not covered: whether a definition parses (code.py says so), definitions inside conditions (they are the rest).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

# What must be stepped over, and where a line that is no comment and closes no bracket begins at the margin.
_LEXED = re.compile(
    r"#[^\n]*"
    r'|"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|\\\n"  # the line goes on
    r"|\n(?=[^\s#)\]}])",
    re.S,
)
_HEAD = re.compile(r"(def|class|async[ \t]+def)[ \t]+(\w+)")
_UNUSUAL = re.compile(r"[\f\0]")  # a form feed begins a line anew, a null byte ends the file


class Definition(NamedTuple):
    name: str
    kind: str  # def or class
    start: int  # its first line, decorators included, from 1
    end: int


class Outline(NamedTuple):
    definitions: list[Definition]
    rest: str


def outline(text: str, lines: list[str]) -> Outline | None:
    statements = None if _UNUSUAL.search(text) else _statements(text)
    if statements is None:
        return None
    end = (len(lines) + 1, 0, "", "")
    found = [
        Definition(name, kind, line, _last_line(lines, max(line, quoted), following - 1))
        for (line, quoted, name, kind), (following, *_) in pairwise([*statements, end])
        if name
    ]
    rest = list(lines)
    for one in found:
        rest[one.start - 1 : one.end] = [""] * (one.end - one.start + 1)
    return Outline(found, "\n".join(rest))


def _statements(text: str) -> list[tuple[int, int, str, str]] | None:
    """First line, the line in which its last long string ends, and for a definition its name and kind."""
    found: list[tuple[int, int, str, str]] = []
    at, line, decorated = 0, 1, 0
    for position, quoted in _margins(text):
        line += text.count("\n", at, position)
        at = position
        if text.startswith("@", at):
            decorated = decorated or line
            continue
        head = _HEAD.match(text, at)
        if decorated and head is None:
            return None
        if head is not None:
            kind = "class" if head[1] == "class" else "def"
            found.append((decorated or line, line + text.count("\n", at, quoted), head[2], kind))
        else:
            found.append((line, line, "", ""))
        decorated = 0
    return None if decorated else found


def _margins(text: str) -> list[tuple[int, int]]:
    """Where lines begin at the margin, and for each where the last long string before the next one ends."""
    found: list[tuple[int, int]] = []
    start, quoted = 0, 0
    for token in _LEXED.finditer(text):
        if token[0] == "\n":
            found.append((start, quoted))
            start = quoted = token.end()
        elif token[0][:3] in ('"""', "'''"):
            quoted = token.end()
    found.append((start, quoted))
    return found if text[:1].strip() not in ("", "#") else found[1:]


def _last_line(lines: list[str], first: int, last: int) -> int:
    """Without the blank lines and comments that come before what follows."""
    while last > first and lines[last - 1].lstrip()[:1] in ("", "#") and not _goes_on(lines[last - 2]):
        last -= 1
    return last


def _goes_on(line: str) -> bool:
    return line.endswith("\\") and line.lstrip()[:1] != "#"
