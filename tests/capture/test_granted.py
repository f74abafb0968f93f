"""Which arguments of a constructor are free: those that change nothing that was looked at but the sizes of weights."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from torch import nn

from triton_data.capture.granted.arguments import of_call, of_constructor
from triton_data.capture.granted.leaves import others

WEIGHT, BIAS = (f"L['self']._modules['norm']._parameters['{name}']" for name in ("weight", "bias"))
SHAPE, EPS = "L['self']._modules['norm'].normalized_shape", "L['self']._modules['norm'].eps"


class Block(nn.Module):  # type: ignore[misc]  # torch is not checked
    def __init__(self, width: int, depth: int = 2, eps: float = 1e-5, config: Any = None, kept: int = 3) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps)
        self.layers = nn.ModuleList(nn.ReLU() for _ in range(depth))
        self.heads = config["heads"] if isinstance(config, dict) else getattr(config, "heads", 1)
        self.kept = kept

    def forward(self, x: Any, scale: float = 2.0, mask: Any = None) -> Any:
        raise NotImplementedError


def granted(
    *args: Any, looked_at: tuple[str, ...] = (SHAPE, EPS), inputs: tuple[str, ...] = (WEIGHT, BIAS)
) -> list[str]:
    return list(of_constructor(Block, args, {}, looked_at, inputs))


def test_a_number_that_a_weight_tells_is_free_and_one_that_nobody_looked_at() -> None:
    assert granted(8) == ["depth == 2", "eps == 1e-05"]


def test_a_size_is_told_only_by_a_weight_that_the_graph_reads() -> None:
    assert granted(8, inputs=()) == ["width == 8", "depth == 2", "eps == 1e-05"]


def test_configurations_are_looked_into() -> None:
    looked_at = ("L['self'].heads",)
    assert "config.heads == 4" in granted(8, 2, 1e-5, SimpleNamespace(heads=4, other=1), looked_at=looked_at)
    assert "config['heads'] == 4" in granted(8, 2, 1e-5, {"heads": 4}, looked_at=looked_at)
    assert granted(8, 2, 1e-5, {"heads": 4}) == ["depth == 2", "eps == 1e-05"]


def test_a_constructor_that_takes_no_other_value_is_asserted() -> None:
    class Square(nn.Module):  # type: ignore[misc]
        def __init__(self, side: int, kind: str = "a") -> None:
            if side != 7:
                raise ValueError(side)
            super().__init__()

    assert list(of_constructor(Square, (7,), {}, (), ())) == ["side == 7", "kind == 'a'"]


def test_of_a_call_what_was_compared_with_a_constant() -> None:
    found = of_call(Block(8), (object(),), {}, {"L['scale']", "L['mask']", "L['self']._modules['norm'].eps"})
    assert sorted(found) == ["L['mask'] is None", "L['scale'] == 2.0"]


def test_a_count_is_not_varied_to_nothing() -> None:
    assert others(1) == [2, 3] and others(0) == [1, -1] and others((1, 4)) == [(2, 8), (3, 5)]
