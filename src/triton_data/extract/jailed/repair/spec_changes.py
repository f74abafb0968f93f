"""Small changes to a list of Specs, and what a failed attempt says about itself.

In: the Specs that were tried, and a `FailedCall`. Out: other lists of Specs; the rules of message_rules.py and
repair.py are made of these steps. Not covered: which step a message asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from triton_data.extract.jailed.spec import Spec, Specs


@dataclass(frozen=True, slots=True)
class FailedCall:
    message: str  # 'TypeError: ...'
    line: str = ""  # source of the deepest line of the foreign file
    named: frozenset[int] = frozenset()  # positions of the arguments whose names stand on the line of `forward`
    locals: dict[str, Any] = field(default_factory=dict)  # of the frame that raised
    test: str = ""  # the condition of an assert, or of the if around a raise
    sizes: tuple[int, ...] = ()  # that the code around it compares with
    not_finite: bool = False  # it ran, and numbers overflowed or have no root or logarithm


def each(specs: Specs, failure: FailedCall) -> Iterator[tuple[int, Spec]]:
    """Tensor arguments, those named on the failing line first."""
    order = sorted(range(len(specs)), key=lambda n: (n not in failure.named, n))
    for n in order:
        if specs[n].is_tensor:
            yield n, specs[n]


def replaced(specs: Specs, n: int, spec: Spec) -> Specs:
    return (*specs[:n], spec, *specs[n + 1 :])


def resized(failure: FailedCall, specs: Specs, old: int, new: int) -> Iterator[Specs]:
    """Every way in which some axis of size `old` becomes `new`; first all arguments' last such axis together."""
    if new <= 0 or old == new:
        return
    together = tuple(next(iter(s.swap(old, new)), s) if s.is_tensor else s for s in specs)
    singles = [replaced(specs, n, changed) for n, spec in each(specs, failure) for changed in spec.swap(old, new)]
    yield from singles[:1]
    if together != specs:
        yield together
    yield from singles[1:]


def rank_to(failure: FailedCall, specs: Specs, want: int, have: int) -> Iterator[Specs]:
    for n, spec in each(specs, failure):
        if len(spec.shape) == have:
            for changed in spec.ranked(want):
                yield replaced(specs, n, changed)
