"""Each operator: what stands in a kernel, and everything that it makes of it."""

from __future__ import annotations

import ast
import textwrap

import pytest

from mutants import OPERATORS, mutants
from mutants.mutate import IN_HOST, IN_KERNELS

KERNEL = """
@triton.jit
def kernel(x_ptr, out_ptr, n, stride, BLOCK: tl.constexpr):
{body}


class ModelNew(nn.Module):
    def forward(self, x):
{host}
"""
HOST = "out = torch.empty_like(x)\nkernel[(4,)](x, out)"
BODY = "pass"

CASES = [
    (
        "dropped_mask",
        "x = tl.load(x_ptr + i, mask=m, other=0.0, cache_modifier='.cg')",
        ["x = tl.load(x_ptr + i, cache_modifier='.cg')"],
    ),
    ("dropped_mask", "tl.store(x_ptr + i, x, mask=i < n)", ["tl.store(x_ptr + i, x)"]),
    ("dropped_mask", "x = tl.load(x_ptr + i)", []),
    (
        "weaker_mask",
        "tl.store(p, x, mask=a & b)",
        ["tl.store(p, x, mask=(a & (b | True)))", "tl.store(p, x, mask=((a | True) & b))"],
    ),
    (
        "weaker_mask",
        "m = a & b\ntl.store(p, x, mask=m)",
        ["m = (a & (b | True))\ntl.store(p, x, mask=m)", "m = ((a | True) & b)\ntl.store(p, x, mask=m)"],
    ),
    ("weaker_mask", "bits = a & b", []),
    ("wrong_fill", "x = tl.load(p, m, other=float('-inf'))", ["x = tl.load(p, m, other=0.0)"]),
    ("wrong_fill", "x = tl.load(p, m, other=0.0)", ["x = tl.load(p, m, other=1.0)"]),
    ("wrong_offset", "x = tl.load(p + i)", ["x = tl.load((p + i + 1))"]),
    ("wrong_stride", "x = tl.load(p + r * n)", ["x = tl.load(p + (r * (n + 1)))", "x = tl.load(p + r)"]),
    (
        "wrong_stride",
        "row = tl.program_id(0) * n\nx = tl.load(p + row) * 3",
        [
            "row = (tl.program_id(0) * (n + 1))\nx = tl.load(p + row) * 3",
            "row = tl.program_id(0)\nx = tl.load(p + row) * 3",
        ],
    ),
    ("stale_pointer", "p += n\nx = tl.load(p)\ns += x", ["pass\nx = tl.load(p)\ns += x"]),
    ("store_for_atomic", "tl.atomic_add(p, x, mask=m, sem='relaxed')", ["tl.store(p, x, mask=m)"]),
    (
        "zeroed_tile",
        "tl.store(p, x + 1)",
        ["tl.store(p, tl.where(tl.program_id(0) == 0, (x + 1) * 0, x + 1))"],
    ),
    ("off_by_one", "m = i < n", ["m = (i < n - 1)", "m = (i <= n)"]),
    ("off_by_one", "m = i == n", []),
    (
        "missing_iteration",
        "for s in range(0, n, BLOCK):\n    pass",
        [
            "for s in range(0 + BLOCK, n, BLOCK):\n    pass",
            "for s in range(0, n - BLOCK, BLOCK):\n    pass",
        ],
    ),
    (
        "missing_iteration",
        "for s in range(n):\n    pass",
        ["for s in range(0 + 1, n, 1):\n    pass", "for s in range(0, n - 1, 1):\n    pass"],
    ),
    ("missing_tail", "t = tl.cdiv(n, BLOCK)", ["t = (n // BLOCK)"]),
    ("wrong_axis", "s = tl.sum(x[:, None] + y, axis=1)", ["s = tl.sum(x[:, None] + y, axis=0)"]),
    ("wrong_axis", "s = tl.sum(x, axis=0)", []),
    ("turned_block", "y = x[:, None]", ["y = x[None, :]"]),
    ("wrong_program_axis", "i = tl.program_id(0)", ["i = tl.program_id(1)"]),
    ("wrong_initial_value", "s = tl.zeros((BLOCK,), tl.int32)", ["s = (tl.zeros((BLOCK,), tl.int32) + 1)"]),
    (
        "wrong_initial_value",
        "s = tl.full((BLOCK,), float('-inf'), tl.int32)",
        ["s = tl.full((BLOCK,), 0.0, tl.int32)"],
    ),
    ("missing_accumulation", "s += x", ["s = x"]),
    ("missing_accumulation", "s = tl.dot(a, b, s)", ["s = tl.dot(a, b)"]),
    ("missing_accumulation", "p += n\nx = tl.load(p)", []),
    ("downcast", "tl.store(p, x)", ["tl.store(p, x.to(tl.float16))"]),
    ("downcast", "s = x.to(tl.float32)", ["s = x.to(tl.float16)"]),
    ("downcast", "s = tl.dot(a, b, input_precision='ieee')", ["s = tl.dot(a, b, input_precision=\"tf32\")"]),
    ("wrong_constant", "y = 0.5 * x", ["y = 0.55 * x"]),
    ("wrong_constant", "y = tl.where(m, x // 3, -7)", ["y = tl.where(m, x // 4, -7)"]),
    ("missing_scale", "y = x / n", ["y = x"]),
    ("missing_scale", "y = x * n\ntl.store(p + i * n, y)", ["y = x\nSTORE", "y = n\nSTORE"]),
    ("swapped_operands", "y = a - b", ["y = (b - a)"]),
    ("swapped_operands", "y = tl.where(c, a, b)", ["y = tl.where(c, b, a)"]),
    ("swapped_operands", "y = a + b", []),
    ("wrong_operator", "y = a + b", ["y = (a - b)"]),
    (
        "wrong_function",
        "y = tl.sum(tl.exp(x), axis=0)",
        ["y = tl.max(tl.exp(x), axis=0)", "y = tl.sum(tl.exp2(x), axis=0)"],
    ),
    ("dropped_where", "y = tl.where(c, a, b)", ["y = a"]),
    ("dropped_transpose", "y = tl.dot(a, tl.trans(b))", ["y = tl.dot(a, b)"]),
]  # fmt: skip
HOST_CASES = [
    ("missing_tail", "kernel[(triton.cdiv(n, 4),)](x)", ["kernel[((n // 4),)](x)"]),
    ("dropped_launch", "out = f(x)\nkernel[(1,)](x, out)", ["out = f(x)\npass"]),
    ("swapped_arguments", "kernel[(1,)](x, out, 3)", ["kernel[(1,)](out, x, 3)", "kernel[(1,)](x, 3, out)"]),
    ("missing_program", "grid = (n, 1)\nkernel[grid](x)", ["grid = ((n - 1), 1)\nkernel[grid](x)"]),
    (
        "missing_program",
        'kernel[lambda meta: (triton.cdiv(n, meta["BLOCK"]),)](x)',
        ['kernel[lambda meta: ((triton.cdiv(n, meta["BLOCK"]) - 1),)](x)'.replace('"', "'")],
    ),
    (
        "short_size",
        "kernel[(1,)](x, x.numel(), 32)",
        ["kernel[(1,)](x, (x.numel() - 1), 32)", "kernel[(1,)](x, x.numel(), (32 - 1))"],
    ),
    ("uninitialised", "out = torch.zeros((n,))\nkernel[(1,)](out)", ["out = torch.empty((n,))\nkernel[(1,)](out)"]),
    ("uninitialised", "out = torch.full((n,), 3)\nkernel[(1,)](out)", ["out = torch.empty((n,))\nkernel[(1,)](out)"]),
    ("dropped_contiguous", "x = x.contiguous()\nkernel[(1,)](x)", ["x = x\nkernel[(1,)](x)"]),
]  # fmt: skip


def file(body: str = BODY, host: str = HOST) -> str:
    return KERNEL.format(body=textwrap.indent(body, "    "), host=textwrap.indent(host, "        "))


def normal(text: str) -> str:
    return ast.unparse(ast.parse(text))


def made(operator: str, text: str) -> list[str]:
    return sorted(normal(mutant.text) for mutant in mutants(text) if mutant.operator == operator)


@pytest.mark.parametrize(("operator", "before", "after"), CASES)
def test_in_a_kernel(operator: str, before: str, after: list[str]) -> None:
    after = [text.replace("STORE", before.splitlines()[-1]) for text in after]
    assert made(operator, file(body=before)) == sorted(normal(file(body=text)) for text in after)


@pytest.mark.parametrize(("operator", "before", "after"), HOST_CASES)
def test_around_a_launch(operator: str, before: str, after: list[str]) -> None:
    assert made(operator, file(host=before)) == sorted(normal(file(host=text)) for text in after)


def test_every_operator_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(IN_KERNELS)
    assert {case[0] for case in HOST_CASES} == set(IN_HOST)
    assert len(OPERATORS) >= 12


def test_only_one_place_changes_and_the_line_is_its() -> None:
    text = file(
        body="# what § costs\nx = tl.load(x_ptr + i, mask=i < n)  # kept\ntl.store(out_ptr + i, x * 2, mask=i < n)"
    )
    before = text.splitlines()
    every = list(mutants(text))
    assert len({mutant.text for mutant in every}) == len(every) > 10
    for mutant in every:
        after = mutant.text.splitlines()
        assert len(after) == len(before)
        assert [i for i, (a, b) in enumerate(zip(before, after, strict=True), 1) if a != b] == [mutant.line]


def test_functions_that_neither_are_kernels_nor_launch_them_are_left_alone() -> None:
    assert list(mutants("def get_inputs():\n    return [torch.zeros(3).contiguous() * 2 if 1 < 2 else 0]\n")) == []
