"""Inputs whose elements do not lie one after the other: what a candidate makes of them.

In: what it answered to the first draw with other strides. Out: one word: right, refused or wrong. It is a label and
never a reason: nothing says that a candidate was meant for them, but one that takes them and is wrong should not be
called where they may come. Not covered: what a GPU says of them.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from triton_data.verify.compare.answer import DrawAnswer, NoncontiguousAnswer
from triton_data.verify.draws.noncontiguous import some_can_be
from triton_data.verify.reasons import Reason

NAME = "non-contiguous inputs"


def label(answer: NoncontiguousAnswer, inputs: list[torch.Tensor], right: Callable[[DrawAnswer], bool]) -> str:
    """`answer` is to one more call."""
    if not some_can_be(inputs):
        return "none to try"
    if (refused := refusal(answer)) is not None:
        return refused
    return "right" if right(answer.draw) else "wrong, and not refused"


def refusal(answer: NoncontiguousAnswer) -> str | None:
    """Why there are no numbers to look at; None where there are."""
    faults = [fault.reason for fault in answer.faults if fault.reason != Reason.TORCH_FALLBACK]
    if faults:
        return f"{faults[0]}, and not refused"
    return f"refused ({answer.failure.error:.80})" if answer.failure is not None else None
