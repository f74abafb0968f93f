"""What is known of a reference when its draws are planned: its operations, its constants, what its integers mean.

Frozen, and made in the jail by jailed/meaning/; the plan (draws/plan.py) and the draws (draws/points.py,
draws/integers.py) are functions of it. Not covered: how it is found out.
"""

from __future__ import annotations

from dataclasses import dataclass

# What an integer tensor is to the program.
INDEX, LENGTH, OFFSETS, PERMUTATION, MASK, NUMBER, OTHER = (
    "index", "length", "offsets", "permutation", "mask", "number", "other",
)  # fmt: skip

CENTRED = frozenset({
    "native_layer_norm", "native_group_norm", "native_batch_norm", "_native_batch_norm_legit_no_training",
    "_native_batch_norm_legit", "cudnn_batch_norm", "_batch_norm_no_update", "_batch_norm_with_update", "var", "std",
    "var_mean", "std_mean", "rsqrt", "sqrt",
})  # fmt: skip
"""Rows of equal numbers are no question to these: a rounding of their mean is divided by next to nothing."""
NORMS = CENTRED | {"_fused_rms_norm", "norm", "linalg_vector_norm", "div", "reciprocal", "renorm"}


@dataclass(frozen=True, slots=True)
class Integers:
    """One integer or boolean tensor among the inputs: what it means, and which values the program takes there."""

    meaning: str
    low: int = 0
    high: int = 0
    also: tuple[int, ...] = ()  # single values outside of the range, such as a label that is ignored
    distinct: bool = False  # twice the same value would be written in any order
    nonzero: bool = False  # something is divided by it
    wide: bool = False  # larger than any int32 is admitted as well
    far: int = 0  # nearly the largest of the type, where only integers come of it: sums need more bits then

    def __str__(self) -> str:
        more = f" and {', '.join(map(str, self.also))}" if self.also else ""
        return self.meaning if self.meaning == MASK else f"{self.meaning} {self.low}..{self.high}{more}"


@dataclass(frozen=True, slots=True)
class Meaning:
    operations: frozenset[str] = frozenset()
    constants: tuple[float, ...] = ()  # that the operations are given
    scales: tuple[float, ...] = ()  # that they multiply with or divide by
    differences: bool = False  # of two inputs, which cancel where those are alike
    rounds: bool = False  # to integers, in any way
    integers: tuple[Integers | None, ...] = ()  # a leaf each
    divisors: frozenset[int] = frozenset()  # leaves that something is divided by before it becomes an integer
    largest: float = 0.0  # factor of the largest numbers at which eager and float64 agree; 0: none

    @property
    def centred(self) -> bool:
        return bool(self.operations & CENTRED)
