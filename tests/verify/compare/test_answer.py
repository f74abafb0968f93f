"""A claim that foreign code wrote is an answer or unreadable: it never raises in the judge."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from triton_data.verify.compare.answer import Answer, read
from triton_data.verify.reasons import Reason
from triton_data.verify.wire.candidate import CandidateClaim, DrawClaim, Fault
from triton_data.verify.wire.record import Unreadable, encode

TENSOR = torch.arange(6.0).reshape(2, 3)
CLAIM = CandidateClaim(
    draws=(DrawClaim({"tuple": [{"tensor": 0}, 3]}, {"0": {"tensor": 0}}, {}),), again=None, noncontiguous=None,
    failure=None, faults=(Fault(Reason.RACE, "later"), Fault(Reason.OUT_OF_BOUNDS, "first")), hints=(),
    launches={"kernel": 1}, operations={}, weights_matched="", atomics=False, accesses=4,
)  # fmt: skip


def changed(**fields: Any) -> Any:
    whole: Any = encode(CLAIM)
    return {**whole, **fields}


def test_a_claim_is_opened_with_its_most_telling_fault_first() -> None:
    answer = read(changed(), [TENSOR])
    assert isinstance(answer, Answer)
    assert answer.draws[0].outputs[1] == 3
    assert torch.equal(answer.draws[0].mutated["0"], TENSOR)
    assert [fault.reason for fault in answer.faults] == [Reason.OUT_OF_BOUNDS, Reason.RACE]


def draw(outputs: Any, mutated: Any = None) -> dict[str, Any]:
    return {"draws": [{"outputs": outputs, "mutated": mutated or {}, "state": {}}]}


BROKEN: dict[str, Any] = {
    "no tensor of that number": draw({"tensor": 7}),
    "strides of other length": draw({"tensor": 0, "strides": [1]}),
    "strides of petabytes": draw({"tensor": 0, "strides": [1 << 50, 1]}),
    "negative strides": draw({"tensor": 0, "strides": [-3, 1]}),
    "a key that cannot be one": draw({"items": [[{"items": []}, 1]]}),
    "half an item": draw({"items": [[1]]}),
    "an item that is none": draw({"items": [{"a": 1}]}),
    "a type that is a module": draw({"dtype": "nn"}),
    "a device that is none": draw({"device": "moon"}),
    "no packed value": draw({"what": 1}),
    "a written input that is no tensor": draw(None, {"0": 3}),
    "draws that are a number": {"draws": 5},
    "a reason of its own": {"faults": [{"reason": "passed", "detail": ""}]},
    "launches by halves": {"launches": {"kernel": 0.5}},
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_one_outcome(name: str) -> None:
    found = read(changed(**BROKEN[name]), [TENSOR])
    assert isinstance(found, Unreadable)
    assert found.detail.startswith("the answer has not the form of one: ")


@pytest.mark.parametrize("claim", [None, 3, "text", [], {}])
def test_what_is_no_claim_at_all_is_unreadable_too(claim: Any) -> None:
    assert isinstance(read(claim, []), Unreadable)
