"""Convolutions without a Triton template, as convolutions that have one.

Enters: the arguments of `aten.convolution`. Leaves: the same result from an undilated, untransposed convolution of two
or three dimensions: one dimension becomes two, a dilated kernel gets zeros between its taps, a transposed convolution
becomes one of an input with zeros between its pixels and the kernel turned round. Exact: only zeros are added.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch._inductor.decomposition import select_decomp_table

aten = torch.ops.aten


def decompositions() -> dict[Any, Callable[..., Any]]:
    """Inductor's own, and ours of the convolution."""
    return {**select_decomp_table(), aten.convolution.default: convolution}


def convolution(
    image: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],
    groups: int,
) -> Any:
    dims = weight.dim() - 2
    if image.dim() != weight.dim() or weight.numel() == 0:
        return NotImplemented
    stride, padding, dilation, output_padding = (
        [*each] * (dims if len(each) == 1 else 1) for each in (stride, padding, dilation, output_padding)
    )
    if dims == 1:
        wide = (image.unsqueeze(2), weight.unsqueeze(2), bias, [1, *stride], [0, *padding], [1, *dilation])
        return aten.convolution(*wide, transposed, [0, *output_padding], groups).squeeze(2)
    if transposed:
        return _transposed(image, weight, bias, stride, padding, dilation, output_padding, groups)
    if any(step != 1 for step in dilation):
        ones, zeros = [1] * dims, [0] * dims
        return aten.convolution(image, _spread(weight, dilation), bias, stride, padding, ones, False, zeros, groups)
    return NotImplemented


def _transposed(
    image: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, stride: Sequence[int],
    padding: Sequence[int], dilation: Sequence[int], output_padding: Sequence[int], groups: int,
) -> Any:  # fmt: skip
    dims = weight.dim() - 2
    kernel = _spread(_turned(weight, groups), dilation)
    spread = _spread(image, stride)
    sides = [size - 1 - pad for size, pad in zip(kernel.shape[2:], padding, strict=True)]
    pads = [
        each for side, extra in zip(sides[::-1], output_padding[::-1], strict=True) for each in (side, side + extra)
    ]
    padded = aten.constant_pad_nd(spread, pads, 0.0) if any(pads) else spread
    ones, zeros = [1] * dims, [0] * dims
    return aten.convolution(padded, kernel, bias, ones, zeros, ones, False, zeros, groups)


def _turned(weight: torch.Tensor, groups: int) -> torch.Tensor:
    """(in, out / groups, ...) of a transposed convolution as (out, in / groups, ...), each kernel turned round."""
    inside, outside, *kernel = weight.shape
    axes = list(range(2, weight.dim()))
    turned = weight.flip(axes)
    if groups == 1:
        return turned.transpose(0, 1)
    split = turned.reshape(groups, inside // groups, outside, *kernel).transpose(1, 2)
    return split.reshape(groups * outside, inside // groups, *kernel)


def _spread(values: torch.Tensor, steps: Sequence[int]) -> torch.Tensor:
    """Zeros between the values of each spatial axis, `step - 1` of them."""
    for axis, step in enumerate(steps, start=2):
        if step == 1:
            continue
        length = values.shape[axis]
        gaps = [0] * (2 * (values.dim() - axis))  # behind the new last axis of pairs
        wide = aten.constant_pad_nd(values.unsqueeze(axis + 1), [*gaps[2:], 0, step - 1], 0.0)
        shape = [*values.shape[:axis], length * step, *values.shape[axis + 1 :]]
        values = wide.reshape(shape).narrow(axis, 0, (length - 1) * step + 1)
    return values
