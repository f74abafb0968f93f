"""Could these inputs have told a right candidate from a wrong one?

In: what is expected over all draws, and the inputs. Out: the wrong answers that the comparison would let pass on every
draw: zeros, a constant, one of the inputs, and the right numbers rounded to the next smaller type. A pair with such an
answer proves nothing. Not covered: subtler wrong answers; the mutants of verify/mutants measure those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

from triton_data.verify.compare import Expected, compare

LOWER = {
    torch.float64: torch.float32,
    torch.complex128: torch.complex64,
    torch.float32: torch.bfloat16,
    torch.float16: torch.float8_e4m3fn,
    torch.bfloat16: torch.float8_e5m2,
}
Row = tuple[list[Expected], list[torch.Tensor]]  # outputs and inputs of one draw


def accepted(rows: Iterable[Row]) -> list[str]:
    """Names of wrong answers that pass every draw, each for all outputs at once."""
    standing: dict[str, bool] = {}
    first: list[float] = []
    for outputs, inputs in rows:
        first = first or [_level(expected.eager) for expected in outputs]
        for name, passed in _tried(outputs, inputs, first):
            standing[name] = standing.get(name, True) and passed
    return sorted(name for name, passes in standing.items() if passes)


def _tried(outputs: list[Expected], inputs: list[torch.Tensor], levels: list[float]) -> Iterator[tuple[str, bool]]:
    whole = [expected for expected in outputs if expected.eager.numel()]
    level = {id(expected): value for expected, value in zip(outputs, levels, strict=False)}
    if not whole:
        return
    yield "zeros", _all(whole, lambda e: torch.zeros_like(e.eager))
    yield "constant", _all(whole, lambda e: torch.full_like(e.eager, level.get(id(e), 0.0)))
    for index, given in enumerate(inputs):
        fitting = [e for e in whole if e.eager.shape == given.shape]
        if fitting == whole:
            yield f"input {index}", _all(whole, lambda e, given=given: given.to(e.eager.dtype))  # type: ignore[misc]
    floats = [expected for expected in whole if expected.eager.dtype in LOWER]
    told = [e for e in floats if not torch.equal(_lowered(e), e.eager)]
    if floats and told:
        yield "lower precision", _all(told, _lowered)


def _all(outputs: list[Expected], wrong: Callable[[Expected], Any]) -> bool:
    return all(compare(expected, wrong(expected)).right for expected in outputs)


def _level(eager: torch.Tensor) -> float:
    """What a constant answer would best be, after one look at the outputs."""
    if not eager.is_floating_point():
        return float(eager.reshape(-1)[0].real) if eager.numel() else 0.0
    finite = eager[eager.isfinite()]
    return float(finite.double().mean()) if finite.numel() else 0.0


def _lowered(expected: Expected) -> torch.Tensor:
    return expected.eager.to(LOWER[expected.eager.dtype]).to(expected.eager.dtype)
