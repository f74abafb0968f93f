"""Could these inputs have told a right candidate from a wrong one?

In: what is expected over all draws, and the inputs. Out: the wrong answers that the comparison would let pass on every
draw: zeros, a constant, one of the inputs, and the right numbers rounded to the next smaller type. A pair with such an
answer proves nothing. Not covered: subtler wrong answers; the mutants of verify/mutants measure those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch

from triton_data.verify.compare.numbers import Expected, compare

LOWER = {
    torch.float64: torch.float32,
    torch.complex128: torch.complex64,
    torch.float32: torch.bfloat16,
    torch.float16: torch.float8_e4m3fn,
    torch.bfloat16: torch.float8_e5m2,
}
Answer = Callable[[Expected], torch.Tensor]
Row = tuple[list[Expected], list[torch.Tensor]]  # outputs and inputs of one draw


def accepted(rows: Iterable[Row]) -> list[str]:
    """Names of wrong answers that pass every draw, each for all outputs at once."""
    rows = list(rows)
    levels = [_level(expected.eager) for expected in rows[0][0]] if rows else []
    names = dict.fromkeys(name for outputs, inputs in rows for name in _wrong(outputs, inputs, levels))
    return [name for name in names if _stands(name, rows, levels)]


def _stands(name: str, rows: list[Row], levels: list[float]) -> bool:
    """Until the first draw that rejects it, which is nearly always the first."""
    for outputs, inputs in rows:
        found = _wrong(outputs, inputs, levels).get(name)
        if found is not None and not _all(_whole(outputs), found):
            return False
    return True


def _whole(outputs: list[Expected]) -> list[Expected]:
    return [expected for expected in outputs if expected.eager.numel()]


def _wrong(outputs: list[Expected], inputs: list[torch.Tensor], levels: list[float]) -> dict[str, Answer]:
    """Wrong answers for one draw, by name."""
    whole = _whole(outputs)
    if not whole:
        return {}
    level = {id(expected): value for expected, value in zip(outputs, levels, strict=False)}
    found: dict[str, Answer] = {
        "zeros": lambda e: torch.zeros_like(e.eager),
        "constant": lambda e: torch.full_like(e.eager, level.get(id(e), 0.0)),
    }
    for index, given in enumerate(inputs):
        if all((e.eager.shape, e.eager.dtype) == (given.shape, given.dtype) for e in whole):  # a cast is work
            found[f"input {index}"] = lambda e, given=given: given  # type: ignore[misc]
    if any(e.eager.dtype in LOWER and not torch.equal(_lowered(e), e.eager) for e in whole):
        found["lower precision"] = lambda e: _lowered(e) if e.eager.dtype in LOWER else e.eager
    return found


def _all(outputs: list[Expected], wrong: Answer) -> bool:
    return all(compare(expected, wrong(expected)).right for expected in outputs)


def _level(eager: torch.Tensor) -> float:
    """What a constant answer would best be, after one look at the outputs."""
    if not eager.is_floating_point():
        return float(eager.reshape(-1)[0].real) if eager.numel() else 0.0
    finite = eager[eager.isfinite()]
    return float(finite.double().mean()) if finite.numel() else 0.0


def _lowered(expected: Expected) -> torch.Tensor:
    return expected.eager.to(LOWER[expected.eager.dtype]).to(expected.eager.dtype)
