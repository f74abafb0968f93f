"""What a family of kernels is, as data: which templates it has, and over which sizes, types and names they vary.

In: the tables of families/. Out: frozen records. Not covered: how variants are chosen (variants.py) and rendered
(render.py); the kernels themselves, which are the texts under texts/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FLOATS = ("float32", "float16", "bfloat16")
DIFFICULTIES = ("easy", "medium", "hard")


@dataclass(frozen=True)
class Choice:
    """One value of an axis that brings texts along: an operation with its torch and its Triton spelling."""

    name: str
    texts: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.texts[name]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Sizes:
    """The constants at the top of a program, and the values that they take; at least one leaves a tail."""

    names: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]

    def named(self) -> tuple[dict[str, int], ...]:
        return tuple(dict(zip(self.names, value, strict=True)) for value in self.values)


def sizes(names: str, *values: int | tuple[int, ...]) -> Sizes:
    """sizes("ROWS, COLS", (17, 300), (1, 1))"""
    wide = tuple(value if isinstance(value, tuple) else (value,) for value in values)
    return Sizes(tuple(name.strip() for name in names.split(",")), wide)


@dataclass(frozen=True)
class Family:
    """One kernel design. `entries` are names for its function, in which `{op}` stands for the operation's."""

    name: str  # of its templates: python/NAME, triton/NAME
    phase: int  # of seed 004's plan: 1 by hand, 2 templates, 3 complex
    operation: str  # metadata.operation_type
    difficulty: str
    tags: tuple[str, ...]
    entries: tuple[str, ...]
    sizes: Sizes
    axes: Mapping[str, tuple[object, ...]] = field(default_factory=dict)  # beside sizes: op, dtype, BLOCK, ...
    test: str = "forward"  # template under pytest/
    backward: bool = False  # its gradients are compared, too
    exact: bool = False  # bit for bit: data movement and integers
    outputs: int = 1
    loose: float = 1.0  # times the usual tolerance of the type
    module: bool = True  # also as an nn.Module

    def __post_init__(self) -> None:
        assert self.phase in (1, 2, 3) and self.difficulty in DIFFICULTIES, self.name
        assert self.sizes.values and self.entries, self.name
