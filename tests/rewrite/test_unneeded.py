"""The new file holds nothing that its host code does not use, and everything that it does."""

from __future__ import annotations

import pytest

from triton_data.rewrite.host import graph_inputs
from triton_data.rewrite.module import shell
from triton_data.rewrite.reasons import Declined

ANNOTATED = """
import numpy as np
import torch.nn as nn

class Model(nn.Module):
    def __init__(self, values: np.ndarray = None, scale: float = 2.0) -> None:
        super().__init__()
        self.scale: float = scale

    def forward(self, x: np.ndarray):
        return x * self.scale
"""
OPERATOR = """
import operator
import os
import torch.nn as nn

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.op = operator.mul
        self.debug = os.environ.get("DEBUG", "")
        self.scale = 2.0

    def forward(self, x):
        return self.op(x, self.scale)
"""


@pytest.mark.parametrize(("text", "gone"), [(ANNOTATED, "numpy"), (OPERATOR, "operator"), (OPERATOR, "os")])
def test_imports_that_only_forward_or_annotations_needed_go(text: str, gone: str) -> None:
    made = shell(text, "Model", "ModelNew")
    assert not [line for line in made.imports if gone in line.split()]
    assert "self.scale = " in "\n".join(made.class_lines)


def test_an_attribute_that_the_constructor_reads_stays() -> None:
    made = shell(OPERATOR.replace("self.scale = 2.0", "self.scale = self.op(1.0, 2.0)"), "Model", "ModelNew")
    assert "import operator" in made.imports


def test_a_class_method_that_others_call_stays() -> None:
    text = """
import torch.nn as nn

class Part(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer = nn.Linear(width, width)

    @classmethod
    def wide(cls):
        return cls(64)

    def forward(self, x):
        return self.layer(x)

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = Part.wide()

    def forward(self, x):
        return self.part(x)
"""
    assert "def wide(cls)" in "\n".join(shell(text, "Model", "ModelNew").before)


def test_what_a_signature_names_comes_along() -> None:
    text = """
import torch
import torch.nn as nn

WIDTH = 4

class Model(nn.Module):
    def forward(self, x, width=WIDTH):
        return x * width
"""
    made = shell(text, "Model", "ModelNew")
    assert "WIDTH = 4" in made.before
    assert made.names == ("x", "width")


@pytest.mark.parametrize(
    ("sources", "wanted"),
    [
        (["L['self']._parameters['w']", "L['args'][0]", "L['kwargs']['mask']"], ["self.w", "x", "mask"]),
        (["L['args'][1]", "L['args'][0]._parameters['w']"], ["x", "self.w"]),  # the wrapper takes self as well
        (["L['x']"], ["x"]),
    ],
)
def test_a_decorated_forward_is_read_through_its_wrapper(sources: list[str], wanted: list[str]) -> None:
    assert graph_inputs.expressions(sources, True, ("x", "mask")) == wanted


def test_what_only_the_wrapper_knows_is_declined() -> None:
    with pytest.raises(Declined, match="fn: not a parameter"):
        graph_inputs.expressions(["L['fn'].scale", "L['x']"], True, ("x",))
