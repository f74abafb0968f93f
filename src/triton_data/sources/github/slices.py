"""Cut a search into slices that GitHub answers whole: no query shows more than 1,000 results.

In: a slice and how many results it has. Out: the slices it is cut into. Stars are cut first (doubling upwards, then
halving); one star count that is still too many is cut by day of creation; code search, which knows no stars, by
file size. Not covered: asking (search.py).
"""

from __future__ import annotations

import dataclasses
from datetime import date

from triton_data.records import Origin, SearchSlice

MOST = 1000  # results that search shows of any query
FIRST_DAY = date(2008, 1, 1)  # before the first repository
LARGEST_FILE = 384 * 1024  # bytes that code search indexes
OPEN = -1
ORIGIN = Origin("github")


def repositories(query: str, min_stars: int) -> SearchSlice:
    return SearchSlice("repositories", query, "stars", min_stars, OPEN, "", ORIGIN)


def code(query: str) -> SearchSlice:
    return SearchSlice("code", query, "size", 0, LARGEST_FILE, "", ORIGIN)


def text(part: SearchSlice) -> str:
    """What is asked, in GitHub's own words."""
    low, high = _formatted(part.field, part.low), _formatted(part.field, part.high)
    condition = f"{part.field}:>={low}" if part.high == OPEN else f"{part.field}:{low}..{high}"
    return " ".join(word for word in (part.query, part.fixed, condition) if word)


def cut(part: SearchSlice, today: date) -> list[SearchSlice]:
    """Two smaller slices that together hold what this one held; none where it cannot be cut."""
    if part.high == OPEN:
        middle = max(part.low, 1) * 2
        return [_between(part, part.low, middle - 1), _between(part, middle, OPEN)]
    if part.low < part.high:
        middle = (part.low + part.high) // 2
        return [_between(part, part.low, middle), _between(part, middle + 1, part.high)]
    if part.field == "stars":
        fixed = f"stars:{part.low}..{part.low}"
        first, last = FIRST_DAY.toordinal(), today.toordinal()
        return cut(dataclasses.replace(part, field="created", low=first, high=last, fixed=fixed), today)
    return []


def _between(part: SearchSlice, low: int, high: int) -> SearchSlice:
    return dataclasses.replace(part, low=low, high=high)


def _formatted(field: str, value: int) -> str:
    return date.fromordinal(value).isoformat() if field == "created" and value != OPEN else str(value)
