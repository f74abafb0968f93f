"""What a capture holds, in each mode and for each way in."""

from __future__ import annotations

import pytest

from tests.capture.made import BROKEN_GRAPH, LINEAR_RELU, function, program
from triton_data.capture import toolchain
from triton_data.capture.headless import sizing
from triton_data.capture.headless.capture import capture_program
from triton_data.errors import Misuse
from triton_data.records import Capture, Drop, Program


def captured(item: Program, target: str = "sm_90", mode: str = "inference") -> Capture:
    result = capture_program(item, target, mode)
    assert isinstance(result, Capture), result
    return result


def test_inference_fuses_after_the_extern() -> None:
    (graph,) = captured(LINEAR_RELU).graphs
    assert graph.direction == "inference"
    assert [kernel.name for kernel in graph.kernels] == ["triton_poi_fused_addmm_relu_0"]
    assert graph.externs == ("extern_kernels.mm",)
    assert "@triton.jit" in graph.kernels[0].text
    assert "cc=90" in graph.kernels[0].text


def test_training_gives_forward_and_backward() -> None:
    forward, backward = captured(LINEAR_RELU, mode="training").graphs
    assert (forward.direction, backward.direction) == ("forward", "backward")
    assert any("threshold_backward" in kernel.name for kernel in backward.kernels)


def test_training_without_parameters_differentiates_the_inputs() -> None:
    result = captured(function("x.sin().sum()", "[torch.randn(64)]"), mode="training")
    assert [graph.direction for graph in result.graphs] == ["forward", "backward"]


def test_dynamic_sizes_are_arguments_of_the_kernel() -> None:
    (kernel,) = captured(function("x.exp() + 1", "[torch.randn(24, 40)]"), mode="dynamic").kernels
    assert "xnumel = " not in kernel.text
    assert "xnumel = 960" in captured(function("x.exp() + 1", "[torch.randn(24, 40)]")).kernels[0].text


def test_a_graph_break_gives_two_graphs_along_the_branch_that_was_taken() -> None:
    first, second = captured(BROKEN_GRAPH).graphs
    assert "exp" in first.kernels[0].name
    assert "sin" in second.kernels[0].name


def test_targets_change_properties_and_nothing_stays_from_the_last_one() -> None:
    amd = captured(LINEAR_RELU, "gfx942").graphs[0].code
    again = captured(LINEAR_RELU, "sm_80").graphs[0].code
    assert "cc='gfx942'" in amd and "warp_size=64" in amd
    assert "cc=80" in again and "gfx942" not in again


def test_the_same_program_gives_the_same_bytes() -> None:
    assert captured(LINEAR_RELU) == captured(LINEAR_RELU)


def test_a_large_program_is_captured_without_being_allocated(monkeypatch: pytest.MonkeyPatch) -> None:
    terabyte = function("(x @ x).relu()", "[torch.randn(1 << 19, 1 << 19)]")
    assert captured(terabyte).graphs[0].externs == ("extern_kernels.mm",)
    monkeypatch.setattr(sizing, "LARGE", 0)
    assert captured(LINEAR_RELU).graphs[0].externs == ("extern_kernels.mm",)


def test_small_inputs_with_a_large_result_are_not_computed_either() -> None:
    many_gigabytes = function("(x @ x.T).relu()", "[torch.randn(1 << 17, 32)]")
    assert captured(many_gigabytes).graphs[0].externs == ("extern_kernels.mm",)


def test_a_forward_that_changes_its_module_is_captured_as_it_was_built() -> None:
    text = """
class Model(nn.Module):
    calls = 0

    def forward(self, x):
        self.calls += 1
        return x.expand(1 << 17, 1 << 10) + self.calls

def get_inputs():
    return [torch.randn(1 << 10)]
"""
    (kernel,) = captured(program(text)).kernels
    assert "tl.full([1], 1.0, tl.float32)" in kernel.text


def test_keywords_reach_the_constructor() -> None:
    for form in ("[[], {'width': 24}]", "([], {'width': 24})", "[24]"):
        text = LINEAR_RELU.text.replace("return [32]", f"return {form}")
        assert "24" in captured(Program("Model", text, "given", LINEAR_RELU.origin)).graphs[0].code


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (program("class Model: pass", "Other"), "program_text"),
        (program("raise ValueError('no')"), "program_text"),
        (function("x + y", "[torch.ones(2)]", "x, y"), "program_run"),
        (function("x", "1 / 0"), "program_build"),
        (function("x @ x", "[torch.ones(4, 4)]"), "no_triton"),
    ],
)
def test_what_is_wrong_with_a_program_is_a_drop(item: Program, reason: str) -> None:
    result = capture_program(item)
    assert isinstance(result, Drop)
    assert result.reason == reason


def test_unknown_target_mode_and_torch_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Misuse, match="sm_90"):
        capture_program(LINEAR_RELU, "sm90")
    with pytest.raises(Misuse, match="training"):
        capture_program(LINEAR_RELU, mode="train")
    monkeypatch.setattr(toolchain, "_version", lambda name: "2.14.0")
    with pytest.raises(Misuse, match=r"not checked on torch 2\.14\.0"):
        capture_program(LINEAR_RELU)
