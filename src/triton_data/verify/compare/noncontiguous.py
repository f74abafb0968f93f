"""Inputs whose elements do not lie one after the other: what a candidate makes of them.

In: the first draw's inputs, and what the candidate answered. Out: the same numbers with other strides; and one word:
right, refused or wrong. It is a label and never a reason: nothing says that a candidate was meant for them, but one
that takes them and is wrong should not be called where they may come. Not covered: what a GPU says of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values

NAME = "non-contiguous inputs"


def restrided(inputs: Any) -> Any:
    """Matrices the other way round in memory, rows with gaps; the numbers stay."""
    return pytree.tree_map(_restrided, inputs)


def _restrided(leaf: Any) -> Any:
    if not isinstance(leaf, torch.Tensor) or leaf.numel() < 2 or not leaf.is_contiguous():
        return leaf
    if leaf.ndim < 2 or 1 in leaf.shape[-2:]:
        return values.strided(leaf, [2 * stride for stride in leaf.stride()])
    return leaf.mT.contiguous().mT


def any_of(inputs: list[torch.Tensor]) -> bool:
    return any(_restrided(tensor) is not tensor for tensor in inputs)


def label(claim: Any, inputs: list[torch.Tensor], right: Callable[[dict[str, Any]], bool]) -> str:
    """`claim` is what the candidate's task says of one more call."""
    if not any_of(inputs):
        return "none to try"
    if (said := refusal(claim)) is not None:
        return said
    return "right" if right(claim["row"]) else "wrong, and not refused"


def refusal(claim: Any) -> str | None:
    """Why there are no numbers to look at; None where there are."""
    faults = [reason for reason, _ in claim["faults"] if reason != Reason.TORCH_FALLBACK]
    if faults:
        return f"{faults[0]}, and not refused"
    return f"refused ({claim['failed']['error']:.80})" if claim["failed"] else None
