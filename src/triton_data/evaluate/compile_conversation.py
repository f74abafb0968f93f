"""What crosses the jail's border when a model's program is compiled: the texts, and the kernels that came of them.

In: a question of answers.py. Out: an answer of compile_candidate.py. verify/wire/record.py encodes and parses both.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CompileQuestion:
    text: str
    target: str
    reference: str  # '' where there is none
    new_entry: str


@dataclass(frozen=True, slots=True)
class CompileAnswer:
    kernels: tuple[str, ...]
