"""The words of the table: a tensor's Spec, an Argument, a Call of an operator, and the Operator itself.

An Operator is three small things: `take` (what it does with a tensor: which other arguments, which output), `make`
(which arguments give this output) and `code` (its text). `None` says that it cannot. The rest of an entry is data.
Not covered: the entries (families/), who draws them (graphs/).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, prod
from typing import Any, NamedTuple, TypeAlias

from triton_data.generate.operators.draw import Draw

FLOATS = ("float32", "float16", "bfloat16")
WIDE = ("float32",)  # where torch's CPU code has no half precision, or half precision has no digits for it
INTS = ("int64", "int32", "int16", "int8", "uint8")
INDEX = ("int64",)
BOOL = ("bool",)
NUMBERS = (*FLOATS, "int64", "int32")
ANYTHING = (*NUMBERS, "bool")
ITEMSIZE = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int64": 8, "int32": 4, "int16": 2, "int8": 1,
            "uint8": 1, "bool": 1}  # fmt: skip


class Spec(NamedTuple):
    shape: tuple[int, ...]
    dtype: str = "float32"

    @property
    def rank(self) -> int:
        return len(self.shape)

    @property
    def elements(self) -> int:
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        return self.elements * ITEMSIZE[self.dtype]

    def of(self, *shape: int) -> Spec:
        """Another shape, the same dtype."""
        return Spec(shape, self.dtype)


class Values(NamedTuple):
    """What an operator asks of an argument's values: where they lie, an input that has them, a guard."""

    low: float
    high: float
    drawn: str  # {shape} and {dtype} are filled in, and {bound} for an index
    guard: str  # around {0}; '' where only an input will do


_RANDN, _RAND = "torch.randn({shape}, dtype={dtype})", "torch.rand({shape}, dtype={dtype})"
ANY = Values(-inf, inf, _RANDN, "{0}")
NONNEGATIVE = Values(0, inf, _RAND, "torch.abs({0})")
POSITIVE = Values(0.1, inf, f"{_RAND} + 0.5", "(torch.abs({0}) + 0.5)")
UNIT = Values(0, 1, _RAND, "torch.sigmoid({0})")
PROBABILITY = Values(0.01, 0.99, f"{_RAND} * 0.9 + 0.05", "(torch.sigmoid({0}) * 0.9 + 0.05)")
INSIDE = Values(-0.95, 0.95, f"{_RAND} * 1.8 - 0.9", "(torch.tanh({0}) * 0.9)")
BEYOND_ONE = Values(1.01, inf, f"{_RAND} + 1.1", "(torch.abs({0}) + 1.1)")
SMALL = Values(-8, 8, _RANDN, "torch.clamp({0}, -8, 8)")
NEAR_ONE = Values(0.9, 1.1, f"{_RAND} * 0.1 + 0.95", "(torch.tanh({0}) * 0.05 + 1)")
LOGARITHMS = Values(-30, 0, f"torch.log_softmax({_RANDN}, dim=-1)", "torch.log_softmax({0}, dim=-1)")
SIGNS = Values(-1, 1, "torch.randint(0, 2, {shape}).to({dtype}) * 2 - 1", "")
INDICES = Values(0, inf, "torch.randint(0, {bound}, {shape}, dtype={dtype})", "({0} % {bound})")
NATURAL = Values(1, 100, "torch.randint(1, 100, {shape}, dtype={dtype})", "({0} % 99 + 1)")
SHIFTS = Values(0, 6, "torch.randint(0, 7, {shape}, dtype={dtype})", "({0} % 7)")
SORTED = Values(-inf, inf, f"torch.sort({_RANDN}).values", "torch.sort({0}).values")


@dataclass(frozen=True, slots=True)
class Argument:
    spec: Spec
    values: Values = ANY
    bound: int = 0  # of INDICES: all are below it
    weight: bool = False  # a parameter, where the program is a module
    loose: bool = False  # anything that broadcasts to the output will do
    fan: int = 0  # of a weight: how many products one output adds up; it is drawn that much smaller

    def asks(self) -> tuple[Spec, Values, int]:
        return self.spec, self.values, self.bound


@dataclass(frozen=True, slots=True)
class Call:
    arguments: tuple[Argument, ...]
    output: Spec
    flops: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    primary: int = 0  # which argument is the tensor that `take` was given

    @property
    def bytes(self) -> int:
        """What must be read and written when nothing is fused."""
        return self.output.bytes + sum(argument.spec.bytes for argument in self.arguments)


Rule: TypeAlias = Callable[[Spec, Draw], Call | None]
Peak: TypeAlias = Callable[[Call, Sequence[float]], float]


def _largest(call: Call, peaks: Sequence[float]) -> float:
    return max(peaks, default=0.0)


@dataclass(frozen=True, slots=True)
class Operator:
    name: str
    family: str
    code: str  # {0}, {1}: the arguments; the settings of the Call by name
    take: Rule
    make: Rule | None = None  # None: only forward
    dtypes: tuple[str, ...] = FLOATS  # of the tensor that `take` is given
    ranks: tuple[int, int] = (1, 4)  # of the same
    kinds: tuple[str, ...] = ()  # of its sizes, from the last one; see draw.USUAL
    gives: tuple[float, float] | None = None  # where its values lie, whatever it is given
    peak: Peak = _largest  # about the largest magnitude of its output, from those of its arguments
    layer: str = ""  # the nn module that has its weights, over the settings; '' where they are bare parameters
    bound: float = inf  # FLOPs an element of the largest tensor: what no size can exceed; inf where sums of products

    def render(self, call: Call, names: Sequence[str]) -> str:
        return self.code.format(*names, **call.settings)
