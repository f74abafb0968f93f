"""Composite operations that a GPU has a fused library kernel for, as the operations that they stand for.

Enters: the calls of a graph while it is lowered. Leaves: attention as two products and a softmax, GRU and LSTM cells as
products and gates, aligned grid sampling as gathers: what Inductor can write in Triton. Not covered: RNNs over a
sequence, which Dynamo breaks at.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from triton_data.capture.headless.attention import spelled_out

aten = torch.ops.aten


class WrittenOut(TorchFunctionMode):  # type: ignore[misc]
    """Active inside of the modes that choose what a GPU would run, so that it is asked first."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _FORMS.get(func, func)(*args, **(kwargs or {}))


@contextlib.contextmanager
def written_out() -> Iterator[None]:
    # F.multi_head_attention_forward looks its attention up by this name, below the reach of a mode.
    with WrittenOut(), mock.patch.object(functional, "scaled_dot_product_attention", spelled_out):
        yield


@contextlib.contextmanager
def no_fast_path() -> Iterator[None]:
    """While a program is traced: encoder layers as their parts, not as one operation of ATen's."""
    known = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(known)


def _gru_cell(
    x: torch.Tensor, hx: torch.Tensor, w_ih: torch.Tensor, w_hh: torch.Tensor, b_ih: Any = None, b_hh: Any = None
) -> torch.Tensor:
    reset_x, update_x, new_x = functional.linear(x, w_ih, b_ih).chunk(3, -1)
    reset_h, update_h, new_h = functional.linear(hx, w_hh, b_hh).chunk(3, -1)
    update = torch.sigmoid(update_x + update_h)
    new = torch.tanh(new_x + torch.sigmoid(reset_x + reset_h) * new_h)
    return (hx - new) * update + new


def _lstm_cell(
    x: torch.Tensor, hx: Any, w_ih: torch.Tensor, w_hh: torch.Tensor, b_ih: Any = None, b_hh: Any = None
) -> tuple[torch.Tensor, torch.Tensor]:
    hidden, cell = hx
    gates = functional.linear(x, w_ih, b_ih) + functional.linear(hidden, w_hh, b_hh)
    into, forget, candidate, out = gates.chunk(4, -1)
    cell = torch.sigmoid(forget) * cell + torch.sigmoid(into) * torch.tanh(candidate)
    return torch.sigmoid(out) * torch.tanh(cell), cell


_MODES = {"bilinear": 0, "nearest": 1, "bicubic": 2}
_PADDING = {"zeros": 0, "border": 1, "reflection": 2}


def _grid_sample(
    input: torch.Tensor,
    grid: torch.Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: Any = None,
) -> torch.Tensor:
    return torch.grid_sampler(input, grid, _MODES[mode], _PADDING[padding_mode], bool(align_corners))


_FORMS: dict[Any, Callable[..., Any]] = {
    functional.scaled_dot_product_attention: spelled_out,
    aten.scaled_dot_product_attention: spelled_out,
    torch.gru_cell: _gru_cell,
    torch.lstm_cell: _lstm_cell,
    functional.grid_sample: _grid_sample,
}
