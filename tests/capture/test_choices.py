"""What C++ would have chosen by device: each line is what an H200 did (docs/decisions/010)."""

from __future__ import annotations

import pytest

from tests.capture.made import function, program
from triton_data.capture.headless.capture import capture_program
from triton_data.records import Capture, Program

ATTENTION = "F.scaled_dot_product_attention({}) + 1"


def attention(arguments: str, dtype: str, head: int = 16) -> Program:
    inputs = ", ".join([f"torch.ones(2, 4, 8, {head}, dtype=torch.{dtype})"] * 3)
    return function(ATTENTION.format(arguments), f"[{inputs}]", "q, k, v")


def externs(item: Program, mode: str = "inference", target: str = "sm_90") -> str:
    result = capture_program(item, target, mode)
    assert isinstance(result, Capture), result
    return " ".join(name for graph in result.graphs for name in graph.externs)


@pytest.mark.parametrize(
    ("arguments", "dtype", "head", "target", "expected"),
    [
        ("q, k, v", "float32", 16, "sm_90", "efficient"),
        ("q, k, v", "float32", 15, "sm_90", "bmm"),
        ("q, k, v", "bfloat16", 64, "sm_90", "cudnn"),
        ("q, k, v", "float16", 20, "sm_90", "flash"),
        ("q, k, v, is_causal=True", "float16", 64, "sm_80", "flash"),
        ("q, k, v, attn_mask=torch.ones(8, 8, dtype=torch.bool)", "float16", 64, "sm_80", "efficient"),
    ],
)
def test_attention(arguments: str, dtype: str, head: int, target: str, expected: str) -> None:
    assert expected in externs(attention(arguments, dtype, head), target=target)


@pytest.mark.slow
def test_attention_inside_a_layer_is_chosen_too() -> None:
    layer = program("""
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(32, 4, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x, need_weights=False)[0] * 2

def get_inputs():
    return [torch.ones(2, 8, 32)]
""")
    assert "efficient_attention_backward" in externs(layer, "training")


def test_a_whole_rms_norm_keeps_its_name() -> None:
    result = capture_program(function("F.rms_norm(x, (16,))", "[torch.ones(4, 16)]"), mode="training")
    assert isinstance(result, Capture)
    assert "fused_rms_norm" in result.kernels[0].name


def test_operations_without_a_cpu_kernel() -> None:
    cell = program("""
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(8, 16)

    def forward(self, x):
        return self.cell(x) + 1

def get_inputs():
    return [torch.ones(4, 8)]
""")
    assert "_thnn_fused_gru_cell_backward" in externs(cell, "training")
    grid = function(
        "F.grid_sample(x, g, align_corners=True) + 1", "[torch.ones(1, 2, 4, 4), torch.ones(1, 3, 3, 2)]", "x, g"
    )
    assert "cudnn_grid_sampler" in externs(grid)


def test_channels_last_convolutions_stay_channels_last_except_in_double() -> None:
    for dtype, strides in {"float32": "(128, 1, 32, 8)", "float64": "(128, 16, 4, 1)"}.items():
        result = capture_program(
            function(
                "F.conv2d(x.contiguous(memory_format=torch.channels_last), w).relu()",
                f"[torch.ones(2, 4, 6, 6, dtype=torch.{dtype}), torch.ones(8, 4, 3, 3, dtype=torch.{dtype})]",
                "x, w",
            )
        )
        assert isinstance(result, Capture)
        assert f"(2, 8, 4, 4), {strides}" in result.graphs[0].code
