"""One before/after a transform, and one thing that it must leave alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.rewrite.kernels import FLAT, ROW, kernel, text_of
from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.passes import (
    assembly,
    broadcasts,
    casts,
    constants,
    copies,
    dead,
    fold,
    masks,
    names,
    sizes,
    spelling,
)

Pass = Callable[[Kernel], None]


def changed(apply: Pass, before: str, frame: str = "") -> str:
    made = kernel(frame + before)
    apply(made)
    head = text_of(kernel(frame)) if frame else ""
    return text_of(made).removeprefix(head).strip("\n")


@pytest.mark.parametrize(
    ("apply", "frame", "before", "after"),
    [
        (sizes.apply, "", "xnumel = 30\nx = xnumel", "x = xnumel"),
        (
            assembly.apply,
            "",
            "a = tl.inline_asm_elementwise('fma.rn.f32 $0, $1, $2, $3;', '=f, f, f, f', [b, c, tl.full([], 0x3F000000,"
            " tl.uint32).to(tl.float32, bitcast=True)], dtype=tl.float32, is_pure=True, pack=1)",
            "a = tl.fma(b, c, 0.5)",
        ),
        (
            assembly.apply,  # what it does not know stays
            "",
            "a = tl.inline_asm_elementwise('ex2.approx.f32 $0, $1;', '=f, f', [b], dtype=tl.float32)",
            "a = tl.inline_asm_elementwise('ex2.approx.f32 $0, $1;', '=f, f', [b], dtype=tl.float32)",
        ),
        (copies.apply, "", "x0 = xindex\ny = x0 + 1", "y = xindex + 1"),
        (masks.apply, FLAT, "t = tl.load(in_ptr0 + xindex)", "t = tl.load(in_ptr0 + xindex, xmask)"),
        (
            masks.apply,
            ROW,
            "tl.store(out_ptr0 + (r0_index + 4 * xindex), t, r0_mask)",
            "tl.store(out_ptr0 + (r0_index + 4 * xindex), t, r0_mask & xmask)",
        ),
        (masks.apply, ROW, "t = tl.load(in_ptr0 + r0_index, r0_mask)", "t = tl.load(in_ptr0 + r0_index, r0_mask)"),
        (
            broadcasts.apply,
            ROW,
            "a = tl.load(in_ptr0 + (r0_index + 4 * xindex), r0_mask)\nb = tl.broadcast_to(a, [XBLOCK, R0_BLOCK])",
            "a = tl.load(in_ptr0 + (r0_index + 4 * xindex), r0_mask)\nb = a",
        ),
        (
            broadcasts.apply,  # it really grows: a row becomes a block
            ROW,
            "a = tl.load(in_ptr0 + r0_index, r0_mask)\nb = tl.broadcast_to(a, [XBLOCK, R0_BLOCK])",
            "a = tl.load(in_ptr0 + r0_index, r0_mask)\nb = tl.broadcast_to(a, [XBLOCK, R0_BLOCK])",
        ),
        (casts.apply, FLAT, "a = tl.load(in_ptr0 + xindex).to(tl.float32)", "a = tl.load(in_ptr0 + xindex)"),
        (
            casts.apply,  # from half: it means something
            FLAT,
            "a = tl.load(in_ptr1 + xindex).to(tl.float32)",
            "a = tl.load(in_ptr1 + xindex).to(tl.float32)",
        ),
        (
            spelling.apply,
            FLAT,
            "a = tl.load(in_ptr0 + xindex, xmask, eviction_policy='evict_last', other=0.0)",
            "a = tl.load(in_ptr0 + xindex, mask=xmask, other=0.0)",
        ),
    ],
)
def test_before_and_after(apply: Pass, frame: str, before: str, after: str) -> None:
    assert changed(apply, before, frame) == after


def test_a_fixed_block_becomes_a_parameter() -> None:
    made = kernel("R0_BLOCK: tl.constexpr = 512\nx = R0_BLOCK")
    sizes.apply(made)
    assert made.fixed == {"R0_BLOCK": 512}
    assert text_of(made) == "x = R0_BLOCK"


def test_what_a_loop_carries_is_no_copy() -> None:
    body = "acc = start\nfor i in tl.range(0, 4):\n    old = acc\n    acc = acc + 1\n    use = old + acc"
    made = kernel(body)
    copies.apply(made)
    assert "old = acc" in text_of(made)


CONSTANT = "c = tl.full([1], 0.5, tl.float32)\n"


@pytest.mark.parametrize(
    ("use", "after"),
    [
        ("a = tl.load(in_ptr0 + xindex, xmask)\nb = a * c", "b = a * 0.5"),
        ("a = tl.load(in_ptr1 + xindex, xmask)\nb = a * c", "b = a * c"),  # half times a literal would stay half
        ("d = tl.full([1], 2.0, tl.float32)\nb = d * c", "b = d * c"),  # two constants have no block to follow
        ("a = tl.load(in_ptr2 + xindex, xmask)\nb = a * c", "b = a * 0.5"),  # an integer block turns float32 either way
    ],
)
def test_constants_become_literals_where_the_type_stays(use: str, after: str) -> None:
    assert changed(constants.apply, CONSTANT + use, FLAT).splitlines()[-1] == after


def test_float64_keeps_its_digits() -> None:
    made = kernel(
        FLAT + "a = tl.load(in_ptr0 + xindex, xmask)\nc = tl.full([1], 0.1, tl.float64)\nb = a * c",
        {"in_ptr0": "*fp64", "xnumel": "i32"},
    )
    constants.apply(made)
    assert text_of(made).endswith("b = a * c")


def test_dead_code_takes_its_parameters_along() -> None:
    made = kernel("a = in_ptr1 + 1\nb = a + 1\ntl.store(out_ptr0, xnumel)")
    dead.apply(made)
    assert text_of(made) == "tl.store(out_ptr0, xnumel)"
    assert made.parameters == ["out_ptr0", "xnumel"]
    assert "in_ptr1" in made.dropped


def test_folding_moves_arithmetic_and_leaves_loads() -> None:
    body = FLAT + "tmp0 = tl.load(in_ptr0 + xindex, xmask)\ntmp1 = tmp0 + 1.0\ntmp2 = libdevice.exp(tmp1)\n"
    made = kernel(body + "tl.store(out_ptr0 + xindex, tmp2, xmask)")
    fold.apply(made)
    assert text_of(made).splitlines()[-2:] == [
        "tmp0 = tl.load(in_ptr0 + xindex, xmask)",
        "tl.store(out_ptr0 + xindex, libdevice.exp(tmp0 + 1.0), xmask)",
    ]


def test_folding_does_not_move_past_a_new_value() -> None:
    body = "tmp0 = a + 1\na = tl.load(in_ptr0)\ntl.store(out_ptr0, tmp0 + a)"
    made = kernel(body)
    fold.apply(made)
    assert text_of(made).splitlines()[0] == "tmp0 = a + 1"


def test_names_say_what_values_are() -> None:
    body = ROW + (
        "tmp0 = tl.load(in_ptr0 + (r0_index + 4 * xindex), r0_mask & xmask, other=0.0)\n"
        "tmp1 = tl.sum(tl.where(r0_mask & xmask, tmp0, 0), 1)[:, None]\n"
        "tmp2 = tmp1 / 4.0\n"
        "tmp3 = tmp0 - tmp2\n"
        "tl.store(out_ptr0 + (r0_index + 4 * xindex), tmp3, r0_mask & xmask)"
    )
    made = kernel(body)
    names.apply(made, {"in_ptr0": "x", "out_ptr0": "y"}, {})
    said = text_of(made)
    assert "tmp" not in said and "xindex" not in said
    assert "x = tl.load(x_ptr + (cols + 4 * rows), col_mask & row_mask, other=0.0)" in said
    assert "mean = total / 4.0" in said
    assert "y = x - mean" in said


def test_two_values_never_share_a_name() -> None:
    made = kernel(FLAT + "tmp0 = tl.load(in_ptr0 + xindex)\ntmp1 = tl.load(in_ptr0 + xindex)\ntmp2 = tmp0 - tmp1\n")
    names.apply(made, {"in_ptr0": "in"}, {})
    assert text_of(made).splitlines()[-1] == "difference = in_value - in_value_1"
