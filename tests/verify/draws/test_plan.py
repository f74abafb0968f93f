"""Draws follow from what a reference does: what is found out about it, and which numbers come of that."""

from __future__ import annotations

import pytest
import torch

from triton_data.verify.draws import integers, plan
from triton_data.verify.draws.draws import Draw, redrawn
from triton_data.verify.draws.meaning import INDEX, LENGTH, MASK, NUMBER, Integers, Meaning
from triton_data.verify.jailed.meaning import admissible
from triton_data.verify.jailed.meaning.trace import traced


def found(function, *inputs):
    def call(given):
        return function(*given[0])

    drawn = (inputs, {})
    return admissible.integers(traced(call, drawn), [drawn, drawn], call)


def test_an_index_goes_to_both_ends_that_the_reference_takes() -> None:
    x = torch.randn(40)
    assert found(lambda x, i: x[i], x, torch.randint(5, 20, (30,)))[1] == Integers(INDEX, -40, 39)
    embedding = torch.nn.functional.embedding
    assert found(embedding, torch.randint(5, 20, (30,)), torch.randn(50, 3))[0] == Integers(INDEX, 0, 49)


def test_labels_that_are_ignored_are_found() -> None:
    labels = found(torch.nn.functional.cross_entropy, torch.randn(9, 5), torch.randint(0, 3, (9,)))[1]
    assert labels == Integers(INDEX, 0, 4, also=(-100,))


def test_lengths_reach_as_far_as_positions_do() -> None:
    lengths = found(lambda x, n: (torch.arange(40) < n[:, None]) * x, torch.randn(9, 40), torch.randint(1, 9, (9,)))[1]
    assert lengths == Integers(LENGTH, 0, 40)


def test_numbers_are_negative_too_and_identities_are_wide() -> None:
    number = found(lambda n: n // 7, torch.tensor([30, 4, 45, 7, 0, 12, 3, 49, 20], dtype=torch.int32))[0]
    assert number is not None and number.meaning == NUMBER and number.low < 0
    one = found(
        lambda a, b: a == b, torch.tensor([3, 0, 8, 2, 8, 1, 0, 5, 6]), torch.tensor([3, 7, 0, 2, 1, 1, 4, 5, 2])
    )[0]
    assert one is not None and one.wide and one.low == 0


def test_integers_stay_within_what_they_mean() -> None:
    old = torch.randint(3, 5, (50,))
    meaning = Integers(INDEX, 0, 9, also=(-100,))
    for mode in ("ends", "few", "whole"):
        new = integers.redrawn(old, meaning, mode, 1)
        assert set(new.tolist()) <= {*range(10), -100} and new.dtype == old.dtype
    assert {0, 9} <= set(integers.redrawn(old, meaning, "ends", 1).tolist())
    mask = torch.ones(9, 7, dtype=torch.bool)
    drawn = integers.redrawn(mask, Integers(MASK), "whole", 0)
    assert not drawn[0].any() and drawn.any(), "one row is masked altogether, and not all of them"


def test_the_first_draws_hold_what_the_operations_call_for() -> None:
    kinds = [draw.kind for draw in plan.plan(0, Meaning(frozenset({"_softmax"}), largest=1e4))]
    first = kinds[: plan.fewest(Meaning(frozenset({"_softmax"}), largest=1e4))]
    assert {"points", "rows", "huge", "tiny", "low", "infinite"} <= set(first)
    assert "low" not in [draw.kind for draw in plan.plan(0, Meaning(frozenset({"add"})))]
    assert "high" in [draw.kind for draw in plan.plan(0, Meaning(frozenset({"amin"})))] and "high" not in kinds
    assert "points" not in [draw.kind for draw in plan.plan(0, Meaning(frozenset({"topk"})))]


def test_points_hold_ties_constants_and_halves() -> None:
    meaning = Meaning(constants=(0.3,))
    (x, y), _ = redrawn(((torch.randn(40, 40), torch.randn(40, 40)), {}), Draw("points", 1), ("", ""), meaning)
    near = torch.tensor(0.3)
    assert ((x - near).abs() < 1e-6).any() and not (x == near).any(), "float64 would decide otherwise there"
    assert (x == y).sum() > 300 and (x.frac().abs() == 0.5).any() and len(x.unique()) < 40


@pytest.mark.parametrize("kind", ["points", "rows"])
def test_a_norm_is_asked_of_no_row_of_equal_numbers_but_zeros(kind: str) -> None:
    """A rounding of such a mean is divided by the root of epsilon alone, and no two right kernels agree on that."""
    x = torch.randn(9, 40)

    def alike(operation: str) -> int:
        (new,), _ = redrawn(((x,), {}), Draw(kind, 0), ("",), Meaning(frozenset({operation})))
        return sum(len(row.unique()) == 1 and bool(row[0]) for row in new)

    assert alike("native_layer_norm") == 0 and alike("mul") == 1


def test_a_signed_zero_mean_is_no_offset() -> None:
    """Of `offset` the deviation is small beside the mean, of `tiny` everything is small."""
    x = torch.randn(8, 64)
    (far,), _ = redrawn(((x,), {}), Draw("offset", 2), ("",), Meaning())
    assert (far.mean(1).abs() > 100 * far.std(1)).all()
    (tiny,), _ = redrawn(((x,), {}), Draw("tiny", 3), ("",), Meaning())
    assert tiny.abs().max() < 1e-2 and (tiny != 0).all()
