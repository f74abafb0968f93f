"""A torch expression as a template, for a search to fill in.

In: nothing. Out: `Expression`. Whoever starts extraction gives it a list of them, because what operators there are is
known elsewhere (pipeline/expressions.py). Not covered: filling it in (jailed/launchers/).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expression:
    name: str
    code: str  # {0}, {1}: tensors; other braces: settings
    arity: int
    settings: dict[str, tuple[str, ...]]  # values that each setting may have, as source text
