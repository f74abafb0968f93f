"""Torch that computes in a branch, and what is no such thing."""

from __future__ import annotations

import textwrap

import pytest

from triton_data.verify.reading.branches import computed_in_a_branch

NOTHING: frozenset[str] = frozenset()


def found(body: str, allowed: frozenset[str] = NOTHING, rest: str = "") -> str:
    method = textwrap.indent(textwrap.dedent(body).strip(), " " * 8)
    return computed_in_a_branch(
        f"{textwrap.dedent(rest)}\nclass ModelNew(nn.Module):\n    def forward(self, x):\n{method}\n", allowed
    )


@pytest.mark.parametrize(
    "body",
    [
        "if x.numel() > 9:\n    return torch.softmax(x, -1)\nreturn launched(x)",
        "if x.numel() < 9:\n    return launched(x)\nreturn x.softmax(-1)",
        "return launched(x) if x.is_cuda else F.gelu(x)",
        "for _ in range(2):\n    if x.is_cuda:\n        x = nn.functional.layer_norm(x, x.shape)\nreturn x",
        "match x.ndim:\n    case 1:\n        return launched(x)\n    case _:\n        return torch.matmul(x, x)",
    ],
)
def test_a_branch_that_falls_back(body: str) -> None:
    assert "in a branch" in found(body)


@pytest.mark.parametrize(
    "body",
    [
        "x = x.contiguous() if not x.is_contiguous() else x\nreturn launched(x)",
        "if x.shape[1] > 9:\n    raise ValueError('too wide')\nout = torch.empty_like(x)\nreturn launched(x, out)",
        "block = 128 if x.numel() > 9 else 2 ** math.log2(x.numel())\nreturn launched(x, block)",
        "return torch.softmax(x, -1)",  # on every path: the watch sees it
    ],
)
def test_a_branch_that_computes_nothing(body: str) -> None:
    assert found(body) == ""


def test_a_fallback_in_a_function_of_its_own_and_in_a_layer() -> None:
    helper = "def slow(x):\n    return x.exp()\n"
    assert "slow()" in found("if x.is_cuda:\n    return launched(x)\nreturn slow(x)", rest=helper)
    layer = "class Held(nn.Module):\n    def __init__(self):\n        self.norm = nn.LayerNorm(8)\n"
    assert "self.norm()" in found("return launched(x) if x.is_cuda else self.norm(x)", rest=layer)


def test_what_may_be_left_to_a_library_may_be_so_in_a_branch() -> None:
    body = "x = torch.addmm(self.bias, x, x) if self.bias is not None else torch.mm(x, x)\nreturn launched(x)"
    assert "in a branch" in found(body)
    assert found(body, frozenset({"matmul"})) == ""


def test_kernels_and_constructors_are_not_looked_at() -> None:
    kernel = (
        "@triton.jit\ndef kernel(x, EXACT: tl.constexpr):\n    y = tl.exp(x) if EXACT else libdevice.fast_expf(x)\n"
    )
    table = (
        "class Held(nn.Module):\n    def __init__(self, steps):\n        self.table = torch.exp(t) if steps else None\n"
    )
    assert found("return launched(x)", rest=kernel + table) == ""
