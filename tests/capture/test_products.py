"""With `libraries = "triton"` no library is called, nothing is measured, and the default stays as it was."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.capture.made import LINEAR_RELU, function, program
from triton_data.block_sizes import Blocks, Problem, by_rule, neighbours, ranked, wanted
from triton_data.capture.headless.capture import capture_program
from triton_data.capture.headless.convolutions import convolution
from triton_data.capture.libraries import find_libraries
from triton_data.capture.stage import CaptureStage, Job, suffix
from triton_data.errors import Misuse
from triton_data.records import Capture, Drop, Program


def layer(made: str, size: str) -> Program:
    return program(f"""
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = {made}

    def forward(self, x):
        return self.layer(x).relu()

def get_inputs():
    return [torch.randn({size})]
""")


PRODUCTS = {
    "linear": LINEAR_RELU,
    "bmm": function("torch.bmm(x, y)", "[torch.randn(2, 8, 16), torch.randn(2, 16, 8)]", "x, y"),
    "baddbmm": function("torch.baddbmm(z, x, y)", "[torch.randn(2, 8, 16), torch.randn(2, 16, 8), torch.ones(2, 8, 8)]",
                        "x, y, z"),
    "conv1d": layer("nn.Conv1d(4, 8, 3, stride=2)", "2, 4, 16"),
    "conv2d of groups, dilated": layer("nn.Conv2d(4, 8, 3, dilation=2, groups=2)", "2, 4, 9, 9"),
    "conv_transpose2d": layer("nn.ConvTranspose2d(4, 8, 3, stride=2, groups=2)", "2, 4, 5, 5"),
    "gru cell": layer("nn.GRUCell(8, 8)", "2, 8"),
    "lstm cell": function("torch.lstm_cell(x, (x, x), w, w)[0]", "[torch.randn(2, 8), torch.randn(32, 8)]", "x, w"),
    "encoder layer": layer("nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)", "2, 8, 16"),
    "attention": function("F.scaled_dot_product_attention(x, x, x, is_causal=True)", "[torch.randn(1, 2, 16, 8)]"),
}  # fmt: skip


def captured(what: Program, **options: object) -> Capture:
    found = capture_program(what, libraries="triton", **options)  # type: ignore[arg-type]
    assert isinstance(found, Capture), found
    return found


@pytest.mark.parametrize("name", PRODUCTS)
def test_no_library_is_left(name: str) -> None:
    found = captured(PRODUCTS[name])
    assert found.externs == ()
    assert any(kernel.name.startswith("triton_tem_") for kernel in found.kernels)


def test_libraries_are_kept_unless_asked() -> None:
    kept, whole = capture_program(LINEAR_RELU), captured(LINEAR_RELU)
    assert isinstance(kept, Capture)
    assert kept.externs and not kept.products
    assert whole.products == ("triton",) and whole.key != kept.key


def test_what_has_no_template_says_so() -> None:
    double = function("torch.relu(x @ x)", "[torch.randn(8, 8, dtype=torch.float64)]")
    assert captured(double).externs == ("extern_kernels.mm",)


def test_choices_are_different_kernels_of_one_program() -> None:
    first, second = captured(LINEAR_RELU), captured(LINEAR_RELU, choice=1)
    assert first.key != second.key and second.products == ("triton, choice 1",)
    assert first.kernels[0].text != second.kernels[0].text


def test_a_program_without_products_has_no_second_choice() -> None:
    found = capture_program(function("x + 1", "[torch.randn(8)]"), libraries="triton", choice=1)
    assert isinstance(found, Drop) and "NoOtherChoice" in found.detail


def test_choices_are_items_of_their_own() -> None:
    stage = CaptureStage(("sm_90",), ("inference",), libraries="triton", choices=2)
    keys = {Job(LINEAR_RELU, *variant).key for variant in stage.variants()}
    assert len(keys) == 2
    assert suffix("sm_90", "inference") == ":sm_90:inference"  # as runs from before have it


def test_settings_are_checked() -> None:
    with pytest.raises(Misuse, match="keep or triton"):
        find_libraries("all")
    with pytest.raises(Misuse, match="choices = 2"):
        find_libraries("keep", 2)


@pytest.mark.parametrize(
    ("image", "weight", "options"),
    [
        ((2, 4, 9), (8, 4, 3), {"stride": 2, "padding": 1}),
        ((2, 4, 7, 8), (6, 2, 3, 3), {"dilation": 2, "groups": 2, "padding": 2}),
        ((2, 4, 5, 6), (4, 3, 3, 4), {"transposed": True, "stride": 2, "padding": 1, "output_padding": 1, "groups": 2}),
        ((1, 4, 6), (4, 2, 3), {"transposed": True, "stride": 3, "dilation": 2}),
        ((1, 2, 4, 4, 3), (2, 3, 2, 3, 2), {"transposed": True, "stride": 2}),
    ],
)
def test_a_convolution_without_a_template_is_one_with(
    image: tuple[int, ...], weight: tuple[int, ...], options: dict[str, object]
) -> None:
    """Integers in double: the decomposition must be exact, not close."""
    x, w = (torch.randint(-4, 5, size).double() for size in (image, weight))
    dims = len(image) - 2
    plain = {"stride": 1, "padding": 0, "dilation": 1, "transposed": False, "output_padding": 0, "groups": 1} | options
    spread: list[Any] = [
        [value] * dims if name in ("stride", "padding", "dilation", "output_padding") else value
        for name, value in plain.items()
    ]
    wanted_result = torch.ops.aten.convolution(x, w, None, *spread)
    decomposed = convolution(x, w, None, *spread)
    assert decomposed is not NotImplemented
    assert torch.equal(decomposed, wanted_result)


def test_the_rule_gives_every_multiprocessor_a_tile() -> None:
    large, small = (by_rule(Problem("mm", size, size, 64, 1, "float16"), 132) for size in (8192, 256))
    assert (large.m, large.n) == (128, 128)
    assert small.m * small.n < 128 * 128 and min(small.m, small.n, small.k) >= 16


def test_the_nearest_kernel_on_offer_comes_first() -> None:
    offered = [Blocks(128, 128, 64, 8, 3), Blocks(32, 32, 32, 2, 3), Blocks(64, 32, 32, 4, 3)]
    assert ranked(offered, Blocks(32, 32, 32, 4, 3)) == [1, 2, 0]


def test_neighbours_fit_into_shared_memory_and_start_with_the_choice() -> None:
    problem = Problem("mm", 0, 0, 0, 1, "float32")
    chosen = Blocks(128, 128, 32, 8, 3)
    found = neighbours(chosen, problem)
    assert found[0] == chosen and len(set(found)) == len(found) > 1


def test_products_of_a_size_that_was_not_measured_take_the_rule() -> None:
    odd = Problem("mm", 3, 5, 7, 1, "float32")
    assert wanted(odd, "sm_90", 132) == by_rule(odd, 132)
