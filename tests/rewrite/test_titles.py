"""Kernels are named by what they do, and never after what another kernel or a library does."""

from __future__ import annotations

import ast

import pytest

from triton_data.rewrite.kernel.recognised import ROWS, recognised
from triton_data.rewrite.kernel.titles import kernel_title, template_title


@pytest.mark.parametrize(("name", "operations"), ROWS)
def test_a_known_fragment_has_its_name(name: str, operations: str) -> None:
    assert recognised(operations.split()) == name
    between = [each for word in operations.split() for each in (word, "view")]  # views change nothing
    assert kernel_title([f"aten.{each}" for each in between], set()) == f"{name}_kernel"


def test_another_order_is_another_fragment() -> None:
    assert recognised(["mean", "pow", "add", "rsqrt", "mul"]) == ""


@pytest.mark.parametrize(
    ("operations", "title"),
    [
        ("aten.gelu", "gelu_kernel"),
        ("aten.linalg_vector_norm aten.clamp_min aten.div aten.mul aten.sigmoid", "linalg_vector_norm_sigmoid_kernel"),
        ("aten.convolution aten.relu", "bias_relu_kernel"),  # the convolution itself is a library's
        ("aten.mm aten.add", "add_kernel"),
        ("aten.add aten.mul aten.sub aten.div aten.neg", "add_mul_sub_kernel"),
        ("aten._softmax aten.native_dropout", "softmax_dropout_kernel"),
    ],
)
def test_others_are_named_by_their_most_telling_operations(operations: str, title: str) -> None:
    assert kernel_title(operations.split(), set()) == title


def function(body: str) -> ast.FunctionDef:
    made = ast.parse(f"def k(in_ptr0, out_ptr0, xindex, xmask):\n    {body}").body[0]
    assert isinstance(made, ast.FunctionDef)
    return made


COPY = "tmp0 = tl.load(in_ptr0 + xindex, xmask)\n    tl.store(out_ptr0 + xindex, tmp0, xmask)"


@pytest.mark.parametrize(
    ("operations", "title"),
    [
        ("aten.expand aten.clone aten._scaled_dot_product_efficient_attention", "repeat_heads_kernel"),
        ("aten.expand aten.clone", "expand_kernel"),
        ("aten.convolution", "rearrange_kernel"),
        ("aten.transpose aten.clone", "transpose_kernel"),
        ("aten.cat", "cat_kernel"),
        ("aten.clone", "copy_kernel"),
    ],
)
def test_a_kernel_that_only_moves_values_says_so(operations: str, title: str) -> None:
    assert kernel_title(operations.split(), set(), function(COPY)) == title


def test_what_the_kernel_before_it_does_is_no_part_of_a_name() -> None:
    """Inductor names the softmax above the product that reads it as well."""
    plain = ast.parse("tl.store(out_ptr0 + xindex, acc, mask)").body
    scaled = ast.parse("tmp0 = acc * 0.5\ntl.store(out_ptr0 + xindex, tmp0, mask)").body
    operations = ["aten.mul", "aten._softmax", "aten.bmm"]
    assert template_title(operations, 2, set(), plain) == "bmm_kernel"
    assert template_title(operations, 2, set(), scaled) == "bmm_mul_kernel"


def test_one_that_computes_is_no_copy() -> None:
    body = COPY.replace("tmp0, xmask)", "tmp0 * 2, xmask)")
    assert kernel_title(["aten.expand", "aten.mul"], set(), function(body)) == "mul_kernel"


@pytest.mark.parametrize(
    ("operations", "title"),
    [
        ("aten.t aten.addmm aten.gelu", "matmul_gelu_kernel"),
        ("aten.convolution aten.relu", "conv2d_relu_kernel"),
        ("aten.bmm", "bmm_kernel"),
        ("aten.addmm aten.silu aten.mul", "matmul_swiglu_kernel"),
    ],
)
def test_a_product_is_named_with_what_is_fused_into_it(operations: str, title: str) -> None:
    assert template_title(operations.split(), 2, set()) == title
