"""Several licences as one SPDX expression.

In: expressions. Out: one that asks for all of them. Not covered: finding licences (sources/) and what they permit
(curate/licences.py).
"""

from __future__ import annotations

from collections.abc import Iterable


def _parts(expression: str) -> list[str]:
    return [expression] if "(" in expression or " OR " in expression else expression.split(" AND ")


def joined(licences: Iterable[str]) -> str:
    """All of them hold: A AND B."""
    kinds = sorted({part for each in licences if each for part in _parts(each)})
    if len(kinds) < 2:
        return "".join(kinds)
    return " AND ".join(f"({kind})" if " OR " in kind and len(kinds) > 1 else kind for kind in kinds)
