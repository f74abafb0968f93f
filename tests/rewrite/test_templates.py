"""Template kernels, read and written anew: addresses, remainders, operands that are computed, choices, assertions."""

from __future__ import annotations

import ast
import re

import pytest

from triton_data.capture.headless.capture import capture_program
from triton_data.records import Capture, Origin, Pair, Program
from triton_data.rewrite.rewrite import rewrite
from triton_data.rewrite.templates.addresses import coefficients
from triton_data.rewrite.templates.modulo import simplified
from triton_data.rewrite.templates.on_host import OnHost

HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n"
LINEAR = """
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(48, 40)

    def forward(self, x):
        return F.gelu(self.layer(x))

def get_inputs():
    return [torch.randn(24, 48)]
"""
SUM_OF_PRODUCTS = """
class Model(nn.Module):
    def forward(self, x, y):
        return torch.exp(x) @ y + x @ y

def get_inputs():
    return [torch.randn(24, 48), torch.randn(48, 40)]
"""


def written(text: str, choice: int = 0, mode: str = "inference") -> str:
    program = Program("Model", HEAD + text, "given", Origin("given"))
    capture = capture_program(program, mode=mode, libraries="triton", choice=choice)
    assert isinstance(capture, Capture), capture
    pair = rewrite(program, capture)
    assert isinstance(pair, Pair), pair
    return pair.text


@pytest.fixture(scope="module")
def linear() -> str:
    return written(LINEAR)


def test_sizes_and_strides_are_read_from_the_tensors(linear: str) -> None:
    assert "M, N, K = x.shape[0], self.layer.weight.shape[0], x.shape[1]" in linear
    assert "self.layer.weight.stride(1), self.layer.weight.stride(0)" in linear
    kernel = linear.partition("def matmul_gelu_kernel")[2].partition("class ModelNew")[0]
    assert not re.search(r"\b(24|48|40)\b", kernel)  # no size is baked in


def test_an_input_that_is_named_like_a_size_stays_what_it_is() -> None:
    """A, B and K are what many authors call matrices, and B, K what a product's batch and depth are called."""
    text = written("""
class Model(nn.Module):
    def forward(self, K, B):
        return torch.bmm(K, B)

def get_inputs():
    return [torch.randn(2, 24, 48), torch.randn(2, 48, 40)]
""")
    body = text.partition("def forward")[2].partition("def get_inputs")[0]
    stores = {n.id for n in ast.walk(ast.parse("def forward" + body)) if isinstance(n, ast.Name) and n.id in "KBMN"}
    assert stores == {"K", "B"} and set(re.findall(r"^ +(.*\b[KBMN]\b.*) = (?!\w\.contiguous)", body, re.M)) == set()


def test_an_input_that_is_named_like_a_local_gets_another_name() -> None:
    """Which is set before the second kernel reads it."""
    text = written("""
class Model(nn.Module):
    def forward(self, device, grid):
        return torch.bmm(device, grid).sum(-1) + grid.sum()

def get_inputs():
    return [torch.randn(2, 24, 48), torch.randn(2, 48, 40)]
""")
    lines = [line.strip() for line in text.splitlines()]
    assert "grid_in = grid" in lines and "device = device_in.device" in lines
    assert not [line for line in lines if re.search(r"[(, ]grid[,.]", line) and "def forward" not in line], text


def test_the_shape_of_a_weight_is_asserted_once(linear: str) -> None:
    assert "assert self.layer.weight.shape == (40, 48)" in linear
    assert "self.layer.bias.shape" not in linear


def test_every_load_of_an_operand_is_masked_along_k(linear: str) -> None:
    loads = re.findall(r"[ab] = tl\.load\((.*?)\n        \)", linear, re.DOTALL)
    assert len(loads) == 2 and all("< K" in load and "other=0.0" in load for load in loads)


def test_what_is_computed_before_a_product_is_zero_beyond_k() -> None:
    text = written(SUM_OF_PRODUCTS)
    assert re.search(r"tl\.where\(ks\[None, :\] < K, [^,]+, 0\.0\)", text)
    assert "broadcast_to" not in text and "a_mask" not in text


def test_another_choice_is_another_kernel_with_its_blocks_baked_in(linear: str) -> None:
    second = written(LINEAR, choice=1)
    assert "@triton.autotune" in linear and "@triton.autotune" not in second
    first = re.search(r'"BLOCK_M": (\d+), "BLOCK_N": (\d+), "BLOCK_K": (\d+)', linear)
    baked = re.search(r"BLOCK_M=(\d+),\s+BLOCK_N=(\d+),\s+BLOCK_K=(\d+).*?num_stages=\d", second, re.DOTALL)
    assert first is not None and baked is not None and "num_warps=" in baked[0]


def test_open_sizes_stay_open() -> None:
    text = written(LINEAR, mode="dynamic")
    assert "size_0 = x.size(0)" in text and "(24" not in text.partition("def get_inputs")[0]


@pytest.mark.parametrize(
    ("index", "found"),
    [
        ("idx_n + 512*idx_m", {"idx_n": "1", "idx_m": "512"}),
        ("idx_m*ks0*ks1 + 3", {"idx_m": "ks0 * ks1", "": "3"}),
        ("idx_m % 4 + idx_n", None),
        ("idx_m*idx_n", None),
    ],
)
def test_an_address_is_linear_or_stays(index: str, found: dict[str, str] | None) -> None:
    terms = coefficients(ast.parse(index, mode="eval").body, {"idx_m", "idx_n"})
    told = None if terms is None else {axis: ast.unparse(value) for axis, value in terms.items()}
    assert told == found


@pytest.mark.parametrize(
    ("index", "simple"),
    [
        ("(w + 32*h + 1024*c) % 1024", "w + 32 * h"),
        ("(w + 32*h + 1024*c) // 1024", "c"),
        ("(w + 33*h) % 1024", "(w + 33 * h) % 1024"),  # h may carry over
        ("(w + s*h) % 1024", "(w + s * h) % 1024"),
    ],
)
def test_a_remainder_goes_where_bounds_make_it_superfluous(index: str, simple: str) -> None:
    sizes: dict[str, ast.expr] = {"w": ast.Constant(32), "h": ast.Constant(32), "c": ast.Constant(8)}
    assert ast.unparse(simplified(ast.parse(index, mode="eval").body, sizes)) == simple


STRIDED = """
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv1d(4, 6, 5, stride=2)

    def forward(self, x):
        return torch.relu(self.layer(x))

def get_inputs():
    return [torch.randn(2, 4, 32)]
"""


def test_the_host_of_a_symbolic_convolution_is_plain_python() -> None:
    text = written(STRIDED, mode="dynamic")
    host = text.partition("class ModelNew")[2]
    assert "triton_helpers" not in text and "max(1, 1 + (-5 + size_2) // 2), 1)" not in host
    assert re.search(r"= torch\.empty\(\s*\(size_0, 6, 1 \+ \(-5 \+ size_2\) // 2\)", host)
    assert ">= 1 +" not in host.replace("assert", "")


@pytest.mark.parametrize(
    ("triton", "python"),
    [
        ("triton_helpers.div_floor_integer(n - 5, 2) + 1", "(n - 5) // 2 + 1"),
        ("triton_helpers.remainder_integer(n, 4)", "n % 4"),
        ("16 * (1 * (1 >= n) + n * (n > 1))", "16 * max(1, n)"),
        ("1 * (1 >= n) + n * (n > 2)", "1 * (1 >= n) + n * (n > 2)"),
    ],
)
def test_sizes_are_computed_on_the_host_as_python_does(triton: str, python: str) -> None:
    assert ast.unparse(OnHost().visit(ast.parse(triton, mode="eval"))) == python
