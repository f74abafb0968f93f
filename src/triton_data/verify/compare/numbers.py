"""Are a candidate's numbers right? Measured by what eager itself gets wrong.

In: one output three times: in float64 (or eager on inputs half a rounding error away), by eager in the working type,
and by the candidate. Out: an `Error` with its numbers. A floating-point output passes when its error, at the worst
element, in the mean square, and relative to the element at the median and the 90th percentile, is at most a few times
eager's own, plus a floor of a few roundings. Everything else must be equal. Not covered: whether the inputs could have
told a right candidate from a wrong one (sensitivity.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

MEASURES = {"worst": 6.0, "mean_square": 4.0, "median": 6.0, "p90": 6.0}  # times eager's own error
WHOLE = ("worst", "mean_square")
LOOSE = 4.0  # the percentiles' floor in the larger types: constants that an author folds cancel here and there
FLOOR = {  # roundings of the working type, relative to the largest element or, for the percentiles, to the element
    torch.float64: 64.0, torch.complex128: 64.0, torch.float32: 32.0, torch.complex64: 32.0, torch.float16: 2.0,
    torch.bfloat16: 1.5, torch.complex32: 2.0,
}  # fmt: skip
EIGHT_BITS = 1.0
FEW, UNSURE = 64, 3.0  # so few numbers of eager's say little about how far it is usually off
SAMPLE = 20_000  # elements that a percentile is taken of


@dataclass(frozen=True, slots=True)
class Expected:
    """One output of one draw."""

    eager: torch.Tensor
    exact: torch.Tensor | None  # float64; None: eager's neighbours say how far it may be off
    nudged: tuple[torch.Tensor, ...] = ()  # eager, on inputs a rounding error away
    bitwise: bool = False  # the reference computes nothing
    unit: float = 0.0  # where inputs are tiny: the size of the constants that they meet, which errors are relative to
    masked: bool = False  # where all is masked, the reference's NaN means nothing, and anything may stand there


@dataclass(frozen=True, slots=True)
class Error:
    """How far an output is off, in units of what is allowed: above 1 is wrong."""

    ratio: float
    measure: str = ""
    detail: str = ""

    @property
    def right(self) -> bool:
        return self.ratio <= 1.0


WRONG = float("inf")


def compare(expected: Expected, got: torch.Tensor) -> Error:
    """Shape and type have been compared already."""
    eager = expected.eager
    if not eager.numel():
        return Error(0.0)
    if expected.bitwise or not (eager.is_floating_point() or eager.is_complex()):
        return _equal(expected, got)
    best, own, mine = _plain(_best(expected)), _plain(eager), _plain(got)
    finite, odd = _finite_agree(best, own, mine, expected.masked)
    if odd:
        return Error(WRONG, "non-finite", odd)
    spread = [_plain(tensor)[finite] for tensor in (eager, *expected.nudged)]
    found = _measured(best[finite], spread, mine[finite], eager.dtype, expected.unit)
    return found if found.right else replace(found, detail=f"{found.detail}; {_farthest(best, mine, finite, eager)}")


def _farthest(best: torch.Tensor, mine: torch.Tensor, finite: torch.Tensor, like: torch.Tensor) -> str:
    """The element that is furthest off, as an index of the output."""
    off = torch.where(finite, (mine - best).abs(), torch.zeros_like(best))
    return _element(int(off.argmax()), best, mine, like)


def _element(place: int, best: torch.Tensor, mine: torch.Tensor, like: torch.Tensor) -> str:
    place_of = place // 2 if like.is_complex() else place
    index = [int(n) for n in np.unravel_index(place_of, like.shape)]  # torch's own loads SymPy for it
    return f"element {index}: expected {float(best[place]):.7g}, got {float(mine[place]):.7g}"


def eager_is_close(expected: Expected) -> bool:
    """Within a twentieth of the size of the numbers, a quarter for half types, and finite."""
    eager = expected.eager
    if not eager.numel() or not (eager.is_floating_point() or eager.is_complex()):
        return True
    best, own = _plain(_best(expected)), _plain(expected.nudged[0] if expected.nudged else eager)
    finite = best.isfinite() & own.isfinite()
    if int(finite.sum()) * 2 < best.numel():
        return False
    share = 0.05 if torch.finfo(eager.dtype).eps < 1e-4 else 0.25
    return bool(
        _mean_square((own - best)[finite]) <= share * _mean_square(best[finite]) + torch.finfo(eager.dtype).tiny
    )


def says_nothing(expected: Expected) -> bool:
    """Few finite numbers, in eager as in float64: not unstable, but no kernel is told from another by it."""
    eager = expected.eager
    if not eager.numel() or not (eager.is_floating_point() or eager.is_complex()):
        return False
    return all(int(_plain(each).isfinite().sum()) * 2 < _plain(each).numel() for each in (_best(expected), eager))


def _best(expected: Expected) -> torch.Tensor:
    return expected.eager if expected.exact is None else expected.exact


def _plain(tensor: torch.Tensor) -> torch.Tensor:
    real = torch.view_as_real(tensor.to(torch.complex128)) if tensor.is_complex() else tensor.double()
    return real.reshape(-1)


def _equal(expected: Expected, got: torch.Tensor) -> Error:
    """Where float64 and the working type decide differently, either decision will do."""
    different = (got != expected.eager) & ~((got != got) & (expected.eager != expected.eager))
    exact = expected.exact
    if exact is not None and exact.shape == got.shape and not exact.is_floating_point():
        different &= got != exact.to(got.dtype)
    count = int(different.sum())
    if not count:
        return Error(0.0, "equal")
    index = [int(n) for n in different.nonzero()[0]]
    where = f"element {index}: expected {expected.eager[tuple(index)].item()}, got {got[tuple(index)].item()}"
    return Error(WRONG, "equal", f"{count} of {got.numel()} elements differ; {where}")


def _finite_agree(best: torch.Tensor, own: torch.Tensor, mine: torch.Tensor, masked: bool) -> tuple[torch.Tensor, str]:
    """Where numbers can be compared, and what is wrong elsewhere. NaN and infinities must stand where eager's or
    float64's stand; where the working type overflows and float64 does not, either will do."""
    like_eager = (own == mine) | (own.isnan() & mine.isnan())
    like_best = (best == mine) | (best.isnan() & mine.isnan())
    finite = best.isfinite() & own.isfinite() & mine.isfinite()
    overflowed = best.isfinite() & ~own.isfinite() & mine.isfinite()
    bad = ~(finite | like_eager | like_best | overflowed)
    if masked:
        bad &= ~(own.isnan() & best.isnan())
    if not bool(bad.any()):
        return finite, ""
    place = int(bad.nonzero()[0])
    detail = f"such as {float(mine[place]):g} where {float(own[place]):g} is right (number {place})"
    return finite, f"{int(bad.sum())} elements, {detail}"


def _measured(
    best: torch.Tensor, spread: list[torch.Tensor], mine: torch.Tensor, dtype: torch.dtype, unit: float
) -> Error:
    if not best.numel():
        return Error(0.0)
    step = torch.finfo(dtype).eps
    floor = FLOOR.get(dtype, EIGHT_BITS) * step
    loose = FLOOR.get(dtype, EIGHT_BITS) * (LOOSE if step < 1e-4 else 1.0) * step
    size = best.abs().clamp(min=unit)
    largest = float(size.max())
    errors = {}
    own = [_sizes((eager - best).abs(), size) for eager in spread]
    usual = [max(value for value in values if value == value) for values in zip(*own, strict=True)]
    pairs = zip(_sizes((mine - best).abs(), size), usual, MEASURES.items(), strict=True)
    for off, allowed, (name, times) in pairs:
        allowed *= UNSURE if best.numel() <= FEW else 1.0
        least = floor * {"worst": largest, "mean_square": _mean_square(size)}[name] if name in WHOLE else loose
        errors[name] = Error(
            off / (times * allowed + least + torch.finfo(dtype).tiny), name, f"{off:.3g}, eager {allowed:.3g}"
        )
    return max(errors.values(), key=lambda error: error.ratio)


def _sizes(off: torch.Tensor, size: torch.Tensor) -> list[float]:
    """The percentiles are of numbers of ordinary size: what should be zero is off by any multiple of itself."""
    step = 1 + off.numel() // SAMPLE
    some, scale = off[::step], size[::step]
    nonzero = scale[scale > 1e-9 * float(size.max())]
    ordinary = scale > 1e-3 * float(nonzero.median()) if nonzero.numel() else scale > 0
    ordered = (some[ordinary] / scale[ordinary]).sort().values
    return [float(off.max()), _mean_square(off), _quantile(ordered, 0.5), _quantile(ordered, 0.9)]


def _mean_square(values: torch.Tensor) -> float:
    return float(values.square().mean().sqrt())


def _quantile(ordered: torch.Tensor, q: float) -> float:
    return float(ordered[int(q * (ordered.numel() - 1))]) if ordered.numel() else 0.0
