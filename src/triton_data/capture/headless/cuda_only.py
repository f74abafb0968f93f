"""Shapes of what CUDA-only operations return, for those that have neither a fake kernel nor a CPU one to ask.

Enters: an operation's arguments, fake. Leaves: fake outputs. Not covered: operations with a CPU kernel, which
patches.py runs on zeros to learn the same thing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

aten = torch.ops.aten


def _gru(igates: torch.Tensor, hgates: torch.Tensor, hx: torch.Tensor, *biases: Any) -> Any:
    return torch.empty_like(hx), hx.new_empty(hx.shape[0], 5 * hx.shape[1])


def _gru_backward(grad: torch.Tensor, workspace: torch.Tensor, has_bias: bool) -> Any:
    batch, gates = workspace.shape[0], workspace.shape[1] // 5 * 3
    biases = [workspace.new_empty(gates) if has_bias else None for _ in range(2)]
    return workspace.new_empty(batch, gates), workspace.new_empty(batch, gates), torch.empty_like(grad), *biases


def _grid(image: torch.Tensor, grid: torch.Tensor) -> torch.Tensor:
    return image.new_empty(image.shape[0], image.shape[1], grid.shape[1], grid.shape[2])


def _grid_backward(image: torch.Tensor, grid: torch.Tensor, grad: torch.Tensor) -> Any:
    return image.new_empty(image.shape), grid.new_empty(grid.shape)


SHAPES: dict[Any, Callable[..., Any]] = {
    aten._thnn_fused_gru_cell.default: _gru,
    aten._thnn_fused_gru_cell_backward.default: _gru_backward,
    aten.cudnn_grid_sampler.default: _grid,
    aten.cudnn_grid_sampler_backward.default: _grid_backward,
}
