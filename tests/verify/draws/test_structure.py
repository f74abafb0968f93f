"""Other numbers keep to what inputs have in common."""

from __future__ import annotations

import pytest
import torch

from tests.verify.texts import CANDIDATE, REFERENCE, changed
from triton_data.verify.bench.bench import Bench
from triton_data.verify.draws import structure
from triton_data.verify.draws.draws import KINDS, Draw, redrawn
from triton_data.verify.judge.pair import verify_texts


def _of(make: object) -> tuple[str, ...]:
    assert callable(make)
    torch.manual_seed(1)
    first = make()
    torch.manual_seed(2)
    return structure.of_inputs(first, make())


def test_a_table_is_what_no_seed_changes_beside_something_that_changes() -> None:
    assert _of(lambda: [torch.randn(4), torch.arange(4.0).cos()]) == ("", "table")
    assert _of(lambda: [torch.arange(5.0) * 1.5]) == ("",)
    assert _of(lambda: [torch.randn(4), torch.arange(4)]) == ("", "")


def test_what_is_inside_of_a_tensor_has_a_name() -> None:
    half = torch.randn
    assert _of(lambda: [(lambda f: torch.cat([f, f], -1))(half(3, 4))]) == ("halves",)
    assert _of(lambda: [half(3, 4).repeat_interleave(2, -1)]) == ("twins",)
    assert _of(lambda: [half(3, 7).softmax(-1)]) == ("distribution",)
    assert _of(lambda: [(torch.rand(30) > 0.5).float()]) == ("binary",)
    assert _of(lambda: [torch.rand(3, 7), half(2, 3)]) == ("", "")


@pytest.mark.parametrize("kind", KINDS)
def test_redrawn_inputs_keep_it(kind: str) -> None:
    torch.manual_seed(3)
    f = torch.randn(3, 4)
    inputs = ([torch.cat([f, f], -1), f.softmax(-1), (f > 0).float(), f.cos(), f], {})
    words = ("halves", "distribution", "binary", "table", "")
    halves, rows, binary, table, free = redrawn(inputs, Draw(kind, 7), words)[0]
    assert torch.equal(halves[:, :4], halves[:, 4:])
    assert torch.allclose(rows.sum(-1), torch.ones(3))
    assert torch.equal(binary, inputs[0][2]) and torch.equal(table, inputs[0][3])
    assert torch.equal(free, f) is (kind == "given")


def test_a_kernel_that_relies_on_it_passes(bench: Bench) -> None:
    """It reads the first half of a table of which both halves are the same, as rotary embeddings do."""
    given = "[torch.randn(5, 70), (lambda f: torch.cat([f, f], -1))(torch.rand(35))]"
    reference = changed(REFERENCE, "[torch.randn(5, 70)]", given)
    reference = changed(
        changed(reference, "self, x):", "self, x, t):"), "torch.relu(x) * self", "torch.relu(x) * t * self"
    )
    candidate = changed(changed(CANDIDATE, "scale_ptr, out_ptr", "scale_ptr, t_ptr, out_ptr"), "* scale\n",
                        "* scale * tl.load(t_ptr + cols % (n_cols // 2), mask=mask, other=0.0)\n")  # fmt: skip
    candidate = changed(candidate, "self, x):", "self, x, t):")
    candidate = changed(candidate, "(x, self.scale, out", "(x, self.scale, t, out")
    found = verify_texts(reference, candidate, bench=bench)
    assert found.passed, found.detail
