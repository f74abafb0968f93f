"""What a comparison lets pass, and what it does not: numbers only, no candidate."""

from __future__ import annotations

import pytest
import torch

from triton_data.verify.compare import sensitivity
from triton_data.verify.compare.numbers import Expected, compare

KINDS = [torch.float64, torch.float32, torch.float16, torch.bfloat16]


def softmax(dtype: torch.dtype, seed: int = 0) -> tuple[torch.Tensor, Expected]:
    x = torch.randn(64, 100, generator=torch.Generator().manual_seed(seed)).to(dtype)
    return x, Expected(torch.softmax(x, -1), torch.softmax(x.double(), -1))


@pytest.mark.parametrize("dtype", KINDS)
def test_another_order_of_additions_is_right(dtype: torch.dtype) -> None:
    x, expected = softmax(dtype)
    grown = (x - x.max(-1, keepdim=True)[0]).exp()
    total = sum(
        (grown[:, at : at + 10].sum(-1, keepdim=True) for at in range(0, 100, 10)), torch.zeros(64, 1).to(dtype)
    )
    assert compare(expected, grown / total).right


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("wrong", ["scaled", "shifted", "row", "element", "lower"])
def test_small_mistakes_are_wrong(dtype: torch.dtype, wrong: str) -> None:
    _, expected = softmax(dtype)
    got = expected.eager.clone()
    if wrong == "scaled":
        got *= 1 + 16 * max(torch.finfo(dtype).eps, 2e-5)
    elif wrong == "shifted":
        got = got.roll(1, 1)
    elif wrong == "row":
        got[3] = got[4]
    elif wrong == "element":
        got[5, 7] = 0.1 if got[5, 7] < 0.05 else 0.0
    else:
        got = got.to(sensitivity.LOWER[dtype]).to(dtype)
    assert not compare(expected, got).right


def test_nan_and_infinity_must_stand_where_they_stand() -> None:
    exact = torch.tensor([1.0, float("nan"), float("inf"), -float("inf")], dtype=torch.float64)
    expected = Expected(exact.float(), exact)
    assert compare(expected, exact.float()).right
    for place, value in ((0, float("nan")), (1, 1.0), (2, -float("inf")), (3, 3e38)):
        got = exact.float()
        got[place] = value
        assert not compare(expected, got).right, place


def test_integers_are_equal_or_wrong_except_where_float64_decides_otherwise() -> None:
    expected = Expected(torch.tensor([1, 2, 3]), torch.tensor([1, 2, 4]))
    assert compare(expected, torch.tensor([1, 2, 3])).right
    assert compare(expected, torch.tensor([1, 2, 4])).right
    assert not compare(expected, torch.tensor([1, 3, 3])).right


def test_what_is_only_moved_must_be_the_same_bits() -> None:
    x = torch.randn(10)
    assert compare(Expected(x, x.double(), bitwise=True), x.clone()).right
    assert not compare(Expected(x, x.double(), bitwise=True), x * 1.0000002).right


def test_answers_that_would_pass_are_named() -> None:
    x = torch.randn(20)
    ones = torch.ones(20)
    assert sensitivity.accepted([([Expected(x, x.double())], [x])]) == ["input 0"]
    assert sensitivity.accepted([([Expected(ones, ones.double())], [x])]) == ["constant"]
    assert sensitivity.accepted([([Expected(x * 2, x.double() * 2)], [x])]) == []
