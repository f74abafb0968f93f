"""The text that makes a tensor of an argument, and the guard around a value that could be anything.

In: an Argument, or a name and what is asked of it. Out: an expression of torch. Not covered: whole programs (graphs/).
"""

from __future__ import annotations

from triton_data.generate.operators.entry import (
    ANY,
    FLOATS,
    INDICES,
    NATURAL,
    SHIFTS,
    Argument,
    Spec,
    Values,
)

_WHOLE = {"uint8": "torch.randint(0, 16, {shape}, dtype={dtype})", "bool": "torch.rand({shape}) > 0.5"}
_SIGNED = "torch.randint(-8, 8, {shape}, dtype={dtype})"
_INTEGRAL = (INDICES, NATURAL, SHIFTS)
RANDN_PEAK = 6.0


def tensor(argument: Argument) -> str:
    """An expression for a tensor with this argument's shape, dtype and values."""
    return drawn(argument.spec, argument.values, argument.bound, argument.fan)


def drawn(spec: Spec, values: Values = ANY, bound: int = 0, fan: int = 0) -> str:
    form = values.drawn
    if spec.dtype not in FLOATS and values not in _INTEGRAL:
        form = _WHOLE.get(spec.dtype, _SIGNED)
    text = form.format(shape=list(spec.shape), dtype=f"torch.{spec.dtype}", bound=bound)
    return f"{text} * {fan**-0.5:.4g}" if fan > 4 and values is ANY and spec.dtype in FLOATS else text


def guarded(name: str, spec: Spec, values: Values, bound: int = 0) -> str:
    """An expression whose values are as `values` asks, from one that could have any."""
    return values.guard.format(name, bound=bound)


def lies_within(known: tuple[float, float] | None, values: Values) -> bool:
    """Whether what is known of a tensor's values suffices."""
    if values is ANY:
        return True
    return known is not None and values.guard != "" and values.low <= known[0] and known[1] <= values.high


def peak_of(argument: Argument) -> float:
    """About the largest magnitude of a drawn tensor."""
    values = argument.values
    if values is ANY:
        return RANDN_PEAK * (argument.fan**-0.5 if argument.fan > 4 else 1.0)
    return min(max(abs(values.low), abs(values.high)), 16.0)
