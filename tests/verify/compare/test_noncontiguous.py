"""What is said of inputs with other strides, and that it turns no verdict."""

from __future__ import annotations

import pytest
import torch

from tests.verify.texts import CANDIDATE, REFERENCE, changed
from triton_data.verify.bench.bench import Bench
from triton_data.verify.compare.noncontiguous import NAME
from triton_data.verify.draws.noncontiguous import restrided
from triton_data.verify.judge.pair import verify_texts

SAID = {
    "it makes them contiguous": ("x = x.contiguous()", "x = x.contiguous()", "right"),
    "it takes them for contiguous": ("        x = x.contiguous()\n", "", "wrong, and not refused"),
    "it refuses them": (
        "x = x.contiguous()",
        "assert x.is_contiguous()",
        "refused (AssertionError:  (line 25: assert x.is_contiguous()))",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_it_is_said_and_no_reason(name: str, bench: Bench) -> None:
    old, new, said = SAID[name]
    found = verify_texts(REFERENCE, changed(CANDIDATE, old, new), bench=bench)
    assert found.passed, found.detail
    assert dict(found.checks)[NAME] == said


@pytest.mark.parametrize("shape", [(5, 7), (2, 3, 4), (9,), (1, 8), (4, 1)])
def test_the_numbers_stay_and_the_strides_do_not(shape: tuple[int, ...]) -> None:
    tensor = torch.randn(shape)
    (other,) = restrided((tensor,))
    assert torch.equal(other, tensor) and not other.is_contiguous()
    assert restrided((torch.ones(1), 3, "x")) == (torch.ones(1), 3, "x")
