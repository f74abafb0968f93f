"""CUDA-only operations that Inductor's output calls, on the CPU: registered with torch, in terms of others.

`install()` once in a process. In: nothing. Not covered: their backward passes.
"""

from __future__ import annotations

from typing import Any

import torch

_KEPT: list[Any] = []  # a library that is collected takes its registrations along


def install() -> None:
    if _KEPT:
        return
    library = torch.library.Library("aten", "IMPL")
    _KEPT.append(library)
    library.impl("cudnn_grid_sampler", _grid_sampler, "CPU")
    library.impl("_thnn_fused_gru_cell", _gru_cell, "CPU")
    library.impl("_thnn_fused_lstm_cell", _lstm_cell, "CPU")


def _grid_sampler(image: torch.Tensor, grid: torch.Tensor) -> torch.Tensor:
    return torch.ops.aten.grid_sampler_2d(image, grid, 0, 0, True)


def _with_biases(igates: torch.Tensor, hgates: torch.Tensor, biases: tuple[Any, Any]) -> tuple[Any, Any]:
    ours = [gates if bias is None else gates + bias for gates, bias in zip((igates, hgates), biases, strict=True)]
    return ours[0], ours[1]


def _gru_cell(igates: torch.Tensor, hgates: torch.Tensor, hx: torch.Tensor, input_bias: Any = None,
              hidden_bias: Any = None) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
    (ir, iz, inew), (hr, hz, hnew) = (g.chunk(3, 1) for g in _with_biases(igates, hgates, (input_bias, hidden_bias)))
    reset, update = torch.sigmoid(ir + hr), torch.sigmoid(iz + hz)
    new = torch.tanh(inew + reset * hnew)
    return (hx - new) * update + new, torch.cat([reset, update, new, hx, hnew], 1)


def _lstm_cell(igates: torch.Tensor, hgates: torch.Tensor, cx: torch.Tensor, input_bias: Any = None,
               hidden_bias: Any = None) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:  # fmt: skip
    ours = _with_biases(igates, hgates, (input_bias, hidden_bias))
    gates = (ours[0] + ours[1]).chunk(4, 1)
    i, f, g, o = torch.sigmoid(gates[0]), torch.sigmoid(gates[1]), torch.tanh(gates[2]), torch.sigmoid(gates[3])
    cell = f * cx + i * g
    return o * torch.tanh(cell), cell, torch.cat([i, f, g, o], 1)
