"""`and`, `or` and `not` over blocks mean in the interpreter what the compiler makes of them."""

from __future__ import annotations

from tests.verify.texts import CANDIDATE, REFERENCE, changed
from triton_data.verify.bench.bench import Bench
from triton_data.verify.judge.pair import verify_texts

MASK, VALUE = "    mask = cols < n_cols\n", "tl.where(x > 0, x, 0.0)"


def test_blocks_are_combined_element_by_element(bench: Bench) -> None:
    both = changed(CANDIDATE, MASK, "    mask = cols >= 0 and cols < n_cols\n")
    text = changed(both, VALUE, "tl.where(not (x < 0 or x == 0), x, 0.0)")
    found = verify_texts(REFERENCE, text, bench=bench)
    assert found.passed, found.detail


def test_a_dtype_that_a_helper_is_given_has_a_value(bench: Bench) -> None:
    helper = "@triton.jit\ndef as_kind(x, KIND: tl.constexpr):\n    return x.to(KIND.value)\n\n\n@triton.jit\ndef relu"
    text = changed(CANDIDATE, "@triton.jit\ndef relu", helper)
    text = changed(text, VALUE, "as_kind(tl.where(x > 0, x, 0.0), tl.float32)")
    assert verify_texts(REFERENCE, text, bench=bench).passed
