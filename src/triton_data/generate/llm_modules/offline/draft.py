"""A module while it is composed: the lines so far, and the shape of what the last one left.

In: a seeded generator and a first shape. Out: lines of `__init__` and `forward`, inputs, and `x`'s shape, which is
known after every line. Not covered: operators (layers.py, functions.py), the file (compose.py).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from math import prod

LARGEST = 1 << 17  # numbers in one intermediate tensor
WIDTHS = (8, 12, 16, 20, 24, 32)


class Unplaceable(Exception):
    """The operator does not fit what is there."""


@dataclass
class Draft:
    rng: random.Random
    shape: tuple[int, ...]  # of x; the batch comes first
    made: list[str] = field(default_factory=list)  # lines of __init__
    body: list[str] = field(default_factory=list)  # lines of forward
    inputs: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    kept: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)  # intermediate results with a name
    placed: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.inputs.append(("x", self.shape))

    @property
    def rank(self) -> int:
        return len(self.shape)

    def new(self, stem: str) -> str:
        self.numbers[stem] = self.numbers.get(stem, 0) + 1
        return f"{stem}{self.numbers[stem]}"

    def layer(self, stem: str, constructor: str) -> str:
        name = self.new(stem)
        self.made.append(f"self.{name} = {constructor}")
        return f"self.{name}"

    def parameter(self, shape: tuple[int, ...]) -> str:
        return self.layer("weight", f"nn.Parameter(torch.randn({', '.join(map(str, shape))}) * 0.5)")

    def let(self, expression: str, shape: tuple[int, ...]) -> None:
        """x becomes the expression, which has this shape."""
        if not shape or min(shape) < 1 or prod(shape) > LARGEST:
            raise Unplaceable(f"{expression} would be {shape}")
        self.body.append(f"x = {expression}")
        self.shape = tuple(shape)

    def keep(self) -> None:
        name = self.new("h")
        self.body.append(f"{name} = x")
        self.kept.append((name, self.shape))

    def other(self) -> str:
        """A second operand that broadcasts to x: an earlier result, a parameter or an input."""
        same = [name for name, shape in self.kept if shape == self.shape]
        choice = self.rng.random()
        if same and choice < 0.5:
            return self.rng.choice(same)
        shape = tuple(size if self.rng.random() < 0.6 else 1 for size in self.shape)
        if choice < 0.8 or len(self.inputs) > 2:
            return self.parameter(shape[1:] if self.rng.random() < 0.5 and self.rank > 1 else (1, *shape[1:]))
        name = self.new("y")
        self.inputs.append((name, shape))
        return name

    def axis(self) -> int:
        """Not the batch."""
        return self.rng.randrange(1, self.rank) if self.rank > 1 else 0

    def to_rank(self, rank: int) -> None:
        while self.rank > rank:
            self._lower()
        while self.rank < rank:
            self._raise()

    def _lower(self) -> None:
        """Two axes become one, or one is averaged away where that would be too wide."""
        last = self.shape[-2] * self.shape[-1]
        if self.rank == 2:
            raise Unplaceable("a batch of numbers stays one")
        if self.rank == 3 and last > 512:
            self.let("x.mean(dim=-1)", self.shape[:-1])
        else:
            self.let("x.flatten(-2)", (*self.shape[:-2], last))

    def _raise(self) -> None:
        last = self.shape[-1]
        high = max((each for each in range(2, int(last**0.5) + 1) if last % each == 0), default=0)
        if high and last // high >= 4:
            self.let(f"x.unflatten(-1, ({high}, {last // high}))", (*self.shape[:-1], high, last // high))
            return
        width = self.rng.choice((6, 8, 9))
        weight = self.parameter((width,))
        self.let(f"x.unsqueeze(-1) * {weight}", (*self.shape, width))
