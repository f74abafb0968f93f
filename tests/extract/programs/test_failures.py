"""What became of a class, from the words of an error."""

import pytest

from tests.extract.forked import extracted, forked
from triton_data.extract.programs.failures import drop_of
from triton_data.extract.wire import FailedAt, Failure

ABSTRACT = [
    "NotImplementedError: ",
    "NotImplementedError: Subclasses must implement the forward method.",
    "NotImplementedError: should be overridden",
    'NotImplementedError: Module [Base] is missing the required "forward" function',
    "TypeError: Can't instantiate abstract class Base with abstract method forward",
]


@pytest.mark.parametrize("error", ABSTRACT)
def test_bases_are_no_failures(error):
    assert drop_of(Failure(FailedAt.FORWARD, error), None, "Base").reason == "abstract"


def test_what_is_not_implemented_for_a_mode_is_a_failure():
    error = "NotImplementedError: mode 'mean' is not implemented"
    assert drop_of(Failure(FailedAt.FORWARD, error), None, "Net").reason == "forward_failed"


def test_no_argument_brings_what_an_installed_package_has_not():
    tried = []

    def counting(request):
        reply = forked(request)
        tried.append(reply.answer.attempts)
        return reply

    text = """
import torch, textwrap

class Old(torch.nn.Module):
    def __init__(self, size, mode):
        super().__init__()
        self.window = textwrap.cosine(size)

    def forward(self, x):
        return x
"""
    (drop,) = extracted({"net.py": text}, counting)
    assert "has no attribute 'cosine'" in drop.detail
    assert tried[0] < 10
