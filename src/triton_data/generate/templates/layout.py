"""Lines of at most 120 columns, whatever names a variant has: a docstring is folded, a call or a header is opened up.

In: Python text as templates give it. Out: the same program. Not covered: what a person would lay out better by hand;
the templates have that already.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

WIDTH = 120
FOLDED = 114  # of a docstring's paragraphs
_OPENING, _CLOSING = "([{", ")]}"


def laid_out(text: str) -> str:
    end = text.find('"""', 3) if text.startswith('"""') else -1
    if end > 0:
        doc = _folded(text[3:end].rstrip())
        closing = "\n" if "\n" in doc else ""  # on a line of its own, as PEP 257 has it
        text = f'"""{doc}{closing}"""{text[end + 3 :]}'
    return "\n".join(part for line in text.split("\n") for part in _lines(line))


def _folded(doc: str) -> str:
    """Paragraphs that have a line too long are filled anew."""
    paragraphs = re.split(r"\n{2,}", doc)
    return "\n\n".join(
        textwrap.fill(" ".join(each.split()), FOLDED) if max(map(len, each.split("\n"))) > FOLDED else each
        for each in paragraphs
    )


def _lines(line: str) -> Iterator[str]:
    if len(line) <= WIDTH:
        yield line
        return
    indent = line[: len(line) - len(line.lstrip())]
    if line.startswith(f"{indent}assert ") and line.endswith('"'):
        condition, _, message = line.rpartition(', "')
        yield from (f"{condition}, (", f'{indent}    "{message}', f"{indent})")
        return
    span = _outermost(line)
    if span is None:
        yield from _at_comma(line, indent)
        return
    start, end = span
    yield line[: start + 1]
    inside = f"{indent}    {line[start + 1 : end].strip()}"
    if line[start] == "(" and len(inside) < WIDTH and inside.endswith(","):
        yield inside
    else:
        yield from _lines(inside)
    yield indent + line[end:]


def _outermost(line: str) -> tuple[int, int] | None:
    """The last bracket pair at the top level that has something in it and leaves both ends short."""
    stack: list[int] = []
    found = None
    for place, letter in enumerate(_unquoted(line)):
        if letter in _OPENING:
            stack.append(place)
        elif letter in _CLOSING:
            if not stack:
                return None
            start = stack.pop()
            if not stack and place - start > (found[1] - found[0] if found else 20):
                found = start, place
    if stack or found is None or _commas(line):
        return None
    return found


def _unquoted(line: str) -> str:
    """As long as before, with nothing in its strings that could be taken for code."""
    return re.sub(r'"[^"]*"', lambda match: "_" * len(match[0]), line)


def _commas(line: str) -> list[int]:
    """Where a comma and a space stand outside of all brackets."""
    depth, found = 0, []
    line = _unquoted(line)
    for place, letter in enumerate(line):
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if depth == 0 and line[place : place + 2] == ", ":
            found.append(place)
    return found


def _at_comma(line: str, indent: str) -> Iterator[str]:
    """A line inside of brackets: what does not fit goes to the next one."""
    fitting = [place for place in _commas(line) if place < WIDTH]
    if not fitting:
        yield line
        return
    yield line[: fitting[-1] + 1]
    yield from _lines(indent + line[fitting[-1] + 2 :].lstrip())
