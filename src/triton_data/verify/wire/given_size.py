"""The conversation with the task that looks at a candidate's launches at sizes of which nothing can be made.

In: both texts; nothing with numbers is asked or answered, so nothing is given away. Out: a fault, or why nothing can be
said. Asked by judge/smaller_sizes.py, answered by jailed/interpreter/given_size.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from triton_data.verify.reasons import Reason


@dataclass(frozen=True, slots=True)
class GivenSizeQuestion:
    reference: str
    candidate: str
    new_entry: str
    seed: int
    training: bool


@dataclass(frozen=True, slots=True)
class GivenSizeAnswer:
    reason: Reason | None = None
    detail: str = ""
    unknown: str = ""
