"""Draws follow from what an integer is compared with, and from what cancels or has no order."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from triton_data.verify.draws import draws, integers, plan
from triton_data.verify.draws.meaning import INDEX, MASK, Integers, Meaning
from triton_data.verify.jailed.calls.reference_program import Reference
from triton_data.verify.jailed.meaning import arguments, meant, other_arguments
from triton_data.verify.wire.reference import ReferenceQuestion, ReferenceReport


def found(call: Any, *inputs: torch.Tensor) -> Meaning:
    given = ((*inputs,), {})
    return meant.of(
        lambda g: call(*g[0]), lambda g: call(*(x.double() for x in g[0])), [given] * 2, ("",) * len(inputs)
    )


def test_a_mask_of_ones_is_one() -> None:
    mask = torch.ones(5, 7, dtype=torch.long)
    meaning = found(lambda x, m: x.masked_fill(m == 0, -1e9).softmax(-1), torch.randn(5, 7), mask)
    assert meaning.integers[1] is not None and meaning.integers[1].meaning == MASK


def test_the_number_that_an_identity_is_compared_with_is_drawn() -> None:
    """Identities from 3 on, of which 0 is none."""
    ids = torch.arange(3, 10).repeat(5, 1)
    meaning = found(lambda x, i: torch.where(i == 0, 0.0, x), torch.randn(5, 7), ids)
    assert meaning.integers[1] is not None and 0 in meaning.integers[1].also


def test_sixteen_bits_are_drawn_to_their_ends() -> None:
    meaning = found(lambda x: x.float().mean(1), torch.randint(0, 100, (6, 50), dtype=torch.int16))
    assert meaning.integers[0] is not None
    assert (meaning.integers[0].low, meaning.integers[0].high) == (-(1 << 15), (1 << 15) - 1)


def test_a_count_of_each_number_is_not_asked_for_a_million_of_them() -> None:
    meaning = found(lambda i: torch.bincount(i, minlength=4), torch.randint(0, 4, (9,)))
    assert meaning.integers[0] is not None and meaning.integers[0].high < 10


def test_two_inputs_that_are_subtracted_lie_far_from_zero_too() -> None:
    x, y = torch.randn(4, 6), torch.randn(4, 6)
    apart = found(lambda a, b: (a[:, None] - b[None]).square().sum(-1), x, y)
    kinds = [draw.kind for draw in plan.plan(0, apart)]
    assert apart.differences and "offset" in kinds
    assert "offset" not in [draw.kind for draw in plan.plan(0, found(lambda a, b: a * b, x, y))]


def test_what_names_one_of_equals_is_drawn_without_any() -> None:
    meaning = found(lambda x: x.topk(2)[1], torch.randn(4, 6))
    assert not {draw.kind for draw in plan.plan(0, meaning)} & {"points", "edges", "rows", "infinite"}


def test_one_number_of_each_row_differs_from_the_draw_before() -> None:
    given = torch.randn(5, 20)
    new = draws.redrawn(given, draws.Draw("partly", 0), (""), Meaning())
    assert ((new != given).sum(1) == 1).all()
    assert [draw.kind for draw in plan.plan(0, Meaning())][:2] == ["given", "partly"]
    assert [draw.seed for draw in plan.plan(0, Meaning())][:2] == [0, 0]


def test_masks_and_infinities_hide_whole_blocks_of_a_row_but_not_all_of_it() -> None:
    mask = integers.redrawn(torch.ones(9, 40, dtype=torch.bool), Integers(MASK), "whole", 3)
    ends = torch.arange(40) == 39
    assert any(torch.equal(row, ends) for row in mask) and any(torch.equal(row, ~ends) for row in mask)
    low = draws.redrawn(torch.randn(3, 7, 6), draws.Draw("infinite", 1), (""), Meaning())
    assert low[-1, :-1].isneginf().all() and low[-1, -1].isfinite().any()


def test_a_number_is_also_zero() -> None:
    """Which `beta or 1.0` takes for none."""

    def huber(x: torch.Tensor, beta: float = 1.0) -> torch.Tensor:
        return x * beta

    found = arguments.changes(huber, ((), {}), ((torch.ones(2),), {}))
    assert [change.value for change in found] == [0.55, arguments.BEYOND_ONE, 0.0]


@pytest.mark.parametrize("mark", [-100, 255])
def test_a_mark_among_labels_is_drawn_and_nothing_between_it_and_them(mark: int) -> None:
    labels = torch.randint(0, 7, (12,), generator=torch.Generator().manual_seed(1))
    labels[3] = mark
    meaning = found(lambda x, t: F.cross_entropy(x, t, ignore_index=mark), torch.randn(12, 7), labels)
    assert meaning.integers[1] == Integers(INDEX, 0, 6, also=(mark,))


def test_another_mark_stands_where_the_old_one_stood() -> None:
    """Else the reference would take it for a label that it has no place for."""

    class Loss(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, ignore_index: int = -100) -> None:
            super().__init__()

        def forward(self, labels: torch.Tensor) -> torch.Tensor:
            return labels

    given = ((torch.tensor([5, -100, 2]),), {})
    changed = {change.value: change for change in arguments.changes(Loss, ((), {}), given)}
    assert sorted(changed) == [2, 5] and changed[2].arguments == ((), {"ignore_index": 2})
    assert arguments.again(changed[2], given)[0][0].tolist() == [5, 2, 2]


@pytest.mark.parametrize(("call", "left"), [("embedding", True), ("nll", False)])
def test_an_old_mark_stays_where_the_reference_takes_it_for_a_value(call: str, left: bool) -> None:
    """A row that is padding no more is a row like others; a label that is ignored no more is none."""

    class Marked(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, mark_index: int = 0 if left else -100) -> None:
            super().__init__()
            self.mark = mark_index

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            if call == "embedding":
                return (ids != self.mark).float() * torch.arange(1.0, 8.0)[ids]
            return F.nll_loss(torch.eye(6)[:, :5].cumsum(1), ids, ignore_index=self.mark)

    ids = torch.tensor([3, 1, 0 if left else -100, 2, 1, 4])
    module = SimpleNamespace(get_inputs=lambda: [ids])
    reference = Reference(module, Marked, ((), {}), False, "cpu")
    asked = list[torch.Tensor]()

    def report_of(other: Reference, question: ReferenceQuestion, tensors: list[torch.Tensor]) -> ReferenceReport:
        asked.append(other.plain_inputs(0)[0][0])
        return ReferenceReport(0)

    question = ReferenceQuestion(("",), 1, "Marked", 0, False, False, (), "cpu", 1 << 20, arguments=8)
    found = [report.changed for report, _ in other_arguments.reports(reference, question, report_of)]
    assert found == ["mark_index=3"] and (asked[0] == ids).all() == left
