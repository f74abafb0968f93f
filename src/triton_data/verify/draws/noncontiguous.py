"""Inputs whose elements do not lie one after the other: the same numbers with other strides.

In: the first draw's inputs. Out: matrices the other way round in memory, rows with gaps. Not covered: what a candidate
makes of them (compare/noncontiguous.py).
"""

from __future__ import annotations

from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.verify.wire import values


def restrided(inputs: Any) -> Any:
    """Matrices the other way round in memory, rows with gaps; the numbers stay."""
    return pytree.tree_map(_restrided, inputs)


def _restrided(leaf: Any) -> Any:
    if not isinstance(leaf, torch.Tensor) or leaf.numel() < 2 or not leaf.is_contiguous():
        return leaf
    if leaf.ndim < 2 or 1 in leaf.shape[-2:]:
        return values.strided(leaf, [2 * stride for stride in leaf.stride()])
    return leaf.mT.contiguous().mT


def some_can_be(inputs: list[torch.Tensor]) -> bool:
    return any(_restrided(tensor) is not tensor for tensor in inputs)
