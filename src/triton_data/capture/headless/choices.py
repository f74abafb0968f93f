"""What ATen's C++ code chooses by device, chosen here for the target.

Most of torch decides in Python, which sees the target (patches.py). A few composite operations decide in C++, which
sees a CPU tensor: each is listed here with what a CUDA build does, read from ATen and checked against a real H200
(docs/decisions/010). Not covered: XPU, MPS, and cuDNN's CTC loss.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch._prims_common import suggest_memory_format
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from triton_data.capture.headless.attention import attention
from triton_data.targets import Target

aten = torch.ops.aten


class DeviceChoices(TorchFunctionMode):  # type: ignore[misc]
    """Active while a graph is lowered: sends the listed functions to their form on the target."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self.target = target

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func in _ATTENTION:
            return attention(self.target, *args, **kwargs)
        chosen = _CHOICES.get(func)
        return func(*args, **kwargs) if chosen is None else chosen(func, *args, **kwargs)


def convolution_format(target: Target, image: torch.Tensor, weight: torch.Tensor) -> torch.memory_format:
    """cuDNN writes channels-last when either operand is, but not in double; MIOpen never does."""
    if target.backend != "cuda" or torch.float64 in (image.dtype, weight.dtype):
        return torch.contiguous_format
    wanted = torch.channels_last_3d if weight.dim() == 5 else torch.channels_last
    is_wanted = wanted in (suggest_memory_format(image), suggest_memory_format(weight))
    return wanted if is_wanted else torch.contiguous_format


def _softmax(func: Any, input: torch.Tensor, dim: int, *rest: Any, **kwargs: Any) -> Any:
    # One kernel converts and normalises, for float16 only.
    dtype = kwargs.get("dtype") or next((value for value in rest if isinstance(value, torch.dtype)), None)
    if input.dtype == torch.float16 and dtype == torch.float32 and dim is not None:
        return (aten._log_softmax if func in _LOG_SOFTMAX else aten._softmax)(input, dim, True)
    return func(input, dim, *rest, **kwargs)


def _group_norm(func: Any, input: torch.Tensor, *rest: Any, **kwargs: Any) -> Any:
    return func(input.contiguous(), *rest, **kwargs)  # the CPU keeps channels-last


def _grid_sample(
    func: Any,
    input: torch.Tensor,
    grid: torch.Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Any:
    if align_corners and mode == "bilinear" and padding_mode == "zeros" and _is_cudnn_grid(input, grid):
        return aten.cudnn_grid_sampler(input, grid)
    return func(input, grid, mode, padding_mode, align_corners)


def _is_cudnn_grid(input: torch.Tensor, grid: torch.Tensor) -> bool:
    return bool(input.dtype == grid.dtype == torch.float32 and input.dim() == 4 and input.shape[1] <= 1024)


def _lstm_cell(func: Any, input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    gates = torch.matmul(input, w_ih.t()), torch.matmul(hx[0], w_hh.t())
    hidden, cell, _ = aten._thnn_fused_lstm_cell(*gates, hx[1], b_ih, b_hh)
    return hidden, cell


def _gru_cell(func: Any, input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    gates = torch.matmul(input, w_ih.t()), torch.matmul(hx, w_hh.t())
    return aten._thnn_fused_gru_cell(*gates, hx, b_ih, b_hh)[0]


def _rms_norm(func: Any, input: torch.Tensor, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Any:
    plain = weight is None or weight.dtype == input.dtype
    if plain and suggest_memory_format(input) == torch.contiguous_format and not input.is_complex():
        return aten._fused_rms_norm(input, list(normalized_shape), weight, eps)[0]
    return func(input, normalized_shape, weight, eps)


_ATTENTION = {functional.scaled_dot_product_attention, aten.scaled_dot_product_attention}
_LOG_SOFTMAX = {functional.log_softmax, torch.log_softmax, torch.Tensor.log_softmax}
_CHOICES: dict[Any, Callable[..., Any]] = {
    functional.softmax: _softmax,
    torch.softmax: _softmax,
    torch.Tensor.softmax: _softmax,
    **dict.fromkeys(_LOG_SOFTMAX, _softmax),
    functional.group_norm: _group_norm,
    torch.group_norm: _group_norm,
    functional.grid_sample: _grid_sample,
    functional.rms_norm: _rms_norm,
    torch.rms_norm: _rms_norm,
    torch.lstm_cell: _lstm_cell,
    torch.gru_cell: _gru_cell,
}
