"""Values of the wrong kind, which a message or an annotation tells apart: numbers, conditions, lists, parts."""

import pytest

from tests.extract.jailed.search.test_search import NN, found, little_patience, ran  # noqa: F401 - a fixture
from triton_data.records import Program

POSITIONS = """class Positions(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.embed = nn.Embedding(200, dim)

    def forward(self, i, n, device=None):
        return self.embed(torch.arange(n - i, n, device=device))
"""
ADVERSARY = """class Adversary(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("real", torch.ones(1))

    def forward(self, score, target_is_real):
        target = self.real if target_is_real else 1 - self.real
        return nn.functional.mse_loss(score, target.expand_as(score))
"""
FUSED = """class Fused(nn.Module):
    def forward(self, pathways):
        assert not isinstance(pathways, torch.Tensor), "input for Fused needs to be a list of tensors"
        return torch.cat(pathways, 1)
"""
JOINED = "class Joined(nn.Module):\n    def forward(self, x):\n        return torch.cat(x, 1)\n"
COLOURS = """class Colours(nn.Module):
    def __init__(self, num_in_ch, num_feat=16, mean=(0.4, 0.4, 0.4)):
        super().__init__()
        self.mean = torch.tensor(mean).view(1, 3, 1, 1)
        self.conv = nn.Conv2d(num_in_ch, num_feat, 3, 1, 1)

    def forward(self, x):
        return self.conv(x - self.mean)
"""
STACKED = """class Stacked(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.blocks = blocks

    def forward(self, x):
        for n in range(len(self.blocks)):
            x = self.blocks[n](x, None)
        return x
"""
WRAPPED = """class Wrapped(nn.Module):
    def __init__(self, wrapped):
        super().__init__()
        self.inner = wrapped.net
        self.project = nn.Linear(wrapped.dim, 4)

    def forward(self, x):
        return self.project(self.inner(x))
"""
HELD = """class Held(nn.Module):
    def __init__(self, separator):
        super().__init__()
        self.separator = separator

    def forward(self, x):
        return self.separator.masker(x) * x + self.separator.scale
"""
ANNOTATED = """from typing import List, Optional


class Annotated(nn.Module):
    def __init__(self, stages: Optional[nn.ModuleList], more: List[nn.Module], named: nn.ModuleDict, to: nn.Sequential):
        super().__init__()
        self.stages, self.more, self.named, self.to_out = stages, more, named, to

    def forward(self, x):
        for part in [*self.stages, *self.more, *self.named.values(), *self.to_out]:
            x = part(x)
        return x
"""


@pytest.mark.parametrize("text", [POSITIONS, ADVERSARY, FUSED, JOINED, COLOURS, STACKED, WRAPPED, HELD, ANNOTATED])
def test_values_of_the_wrong_kind(text):
    program = found(NN + text, text.partition("(nn.Module)")[0].rpartition(" ")[2])
    assert isinstance(program, Program), program
    assert ran(program)


def test_what_an_absent_package_makes_is_no_argument():
    text = """try:
    from absent_package_of_nobody import Signal
except ImportError:
    Signal = type("Signal", (), {"absent": True})


class Made(nn.Module):
    def forward(self, x):
        return x if isinstance(x, Signal) else Signal(x)
"""
    assert str(found(NN + text, "Made").reason) == "needs:absent_package_of_nobody"


def test_what_a_call_hands_on_is_what_forward_asks_for():
    text = """class Base(nn.Module):
    def __call__(self, *inputs, **kwargs):
        return self.forward(*inputs, **kwargs)


class Constant(Base):
    def __init__(self, dim):
        super().__init__()
        self.value = nn.Parameter(torch.randn(dim))

    def forward(self):
        return self.value
"""
    program = found(NN + text, "Constant")
    assert isinstance(program, Program), program
    assert "return []" in program.text
