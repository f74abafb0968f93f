"""Rules that many entries share: same shape, broadcasting, one dimension taken away or changed.

In: what an entry says about itself. Out: its `take` and `make`. Not covered: rules that one family needs (families/).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import ANY, FLOATS, Argument, Call, Operator, Peak, Rule, Spec, Values

Choices = Mapping[str, Sequence[Any]]


def chosen(choices: Choices, draw: Draw) -> dict[str, Any]:
    return {name: draw.choice(options) for name, options in choices.items()}


def axis(x: Spec, draw: Draw, low: int = 2, first: int = 0, last: int | None = None) -> int | None:
    """A dimension with at least `low` elements."""
    places = [place for place in range(first, x.rank if last is None else last) if x.shape[place] >= low]
    return draw.choice(places) if places else None


def written(place: int, rank: int, draw: Draw) -> int:
    """As people write it: counted from the end half of the time."""
    return place - rank if draw.chance(0.5) else place


def replaced(shape: tuple[int, ...], place: int, *sizes: int) -> tuple[int, ...]:
    return (*shape[:place], *sizes, *shape[place + 1 :])


def divisors(number: int, among: Sequence[int] = (2, 3, 4, 8, 16, 32)) -> list[int]:
    return [each for each in among if number >= each and number % each == 0]


def fresh(rank: int, draw: Draw, kinds: Sequence[str] = (), low: int = 1) -> tuple[int, ...]:
    """A shape that nobody asked for; `kinds` are counted from the last dimension."""
    usual = ("features", "sequence", "batch", "batch")
    named = (*kinds, *usual[len(kinds) :], "batch", "batch")
    return tuple(draw.size(named[place], low) for place in reversed(range(rank)))


# ---- one tensor, the same shape -----------------------------------------------------------------------------------


def same(cost: int, values: Values = ANY, output: str = "", **choices: Sequence[Any]) -> Rule:
    def take(x: Spec, draw: Draw) -> Call:
        made = Spec(x.shape, output or x.dtype)
        return Call((Argument(x, values),), made, cost * x.elements, chosen(choices, draw))

    return take


def unary(name: str, code: str, cost: int = 1, family: str = "elementwise", values: Values = ANY, output: str = "",
          gives: tuple[float, float] | None = None, dtypes: tuple[str, ...] = FLOATS, peak: Peak | None = None,
          ranks: tuple[int, int] = (1, 4), **choices: Sequence[Any]) -> Operator:  # fmt: skip
    take = same(cost, values, output, **choices)
    more: dict[str, Any] = {"peak": peak} if peak else {}
    return Operator(name, family, code, take, None if output else take, dtypes, ranks, (), gives, bound=cost, **more)


# ---- two tensors of one shape, or of shapes that broadcast --------------------------------------------------------


def broadcast(shape: tuple[int, ...], draw: Draw) -> tuple[int, ...]:
    """A shape that broadcasts to this one; most often the shape itself."""
    which, skipped = draw.random.random(), draw.integer(0, max(len(shape) - 1, 0))
    if which < 0.6 or not shape:
        return shape
    if which < 0.75:
        return shape[skipped:]
    if which < 0.85:
        return shape[-1:]
    return tuple(1 if (place + skipped) % 2 else size for place, size in enumerate(shape))


def together(
    cost: int, count: int = 2, values: Sequence[Values] = (), output: str = "", **choices: Sequence[Any]
) -> Rule:
    """`count` tensors; all but one may be smaller."""
    asked = (*values, *(ANY,) * (count - len(values)))

    def take(x: Spec, draw: Draw) -> Call:
        place = draw.integer(0, count - 1) if output == "" else 0
        arguments = tuple(
            Argument(x, asked[each])
            if each == place
            else Argument(Spec(broadcast(x.shape, draw), x.dtype), asked[each], loose=True)
            for each in range(count)
        )
        made = Spec(x.shape, output or x.dtype)
        return Call(arguments, made, cost * x.elements, chosen(choices, draw), place)

    return take


def add_up(call: Call, peaks: Sequence[float]) -> float:
    return sum(peaks)


def multiply(call: Call, peaks: Sequence[float]) -> float:
    product = 1.0
    for peak in peaks:
        product *= peak
    return product


def times(factor: float) -> Peak:
    return lambda call, peaks: factor * max(peaks, default=0.0)


def binary(name: str, code: str, cost: int = 1, family: str = "elementwise", values: Sequence[Values] = (),
           output: str = "", gives: tuple[float, float] | None = None, dtypes: tuple[str, ...] = FLOATS,
           peak: Peak = add_up, count: int = 2, **choices: Sequence[Any]) -> Operator:  # fmt: skip
    take = together(cost, count, values, output, **choices)
    return Operator(name, family, code, take, None if output else take, dtypes, (1, 4), (), gives, peak, bound=cost)


# ---- one dimension ------------------------------------------------------------------------------------------------


def along(cost: int, values: Values = ANY, output: str = "", low: int = 2, **choices: Sequence[Any]) -> Rule:
    """The same shape, and a dimension that matters: softmax, cumsum."""

    def take(x: Spec, draw: Draw) -> Call | None:
        dim = axis(x, draw, low)
        if dim is None:
            return None
        settings = {"dim": written(dim, x.rank, draw), **chosen(choices, draw)}
        return Call((Argument(x, values),), Spec(x.shape, output or x.dtype), cost * x.elements, settings)

    return take


def dimension(name: str, code: str, cost: int, family: str, values: Values = ANY, output: str = "",
              gives: tuple[float, float] | None = None, dtypes: tuple[str, ...] = FLOATS, peak: Peak | None = None,
              **choices: Sequence[Any]) -> Operator:  # fmt: skip
    take = along(cost, values, output, 2, **choices)
    more: dict[str, Any] = {"peak": peak} if peak else {}
    return Operator(name, family, code, take, None if output else take, dtypes, (1, 4), (), gives, bound=cost, **more)


def resized(name: str, code: str, family: str, size: Callable[[int, dict[str, Any]], int], cost: int = 0,
            dtypes: tuple[str, ...] = FLOATS, low: int = 2, fits: Callable[[int, dict[str, Any]], bool] | None = None,
            peak: Peak | None = None, **choices: Sequence[Any]) -> Operator:  # fmt: skip
    """One dimension gets another size, which follows from the settings: narrow, repeat, diff."""

    def take(x: Spec, draw: Draw) -> Call | None:
        dim = axis(x, draw, low)
        settings = chosen(choices, draw)
        if dim is None or (fits is not None and not fits(x.shape[dim], settings)):
            return None
        output = x.of(*replaced(x.shape, dim, size(x.shape[dim], settings)))
        return Call((Argument(x),), output, cost * output.elements, {"dim": written(dim, x.rank, draw), **settings})

    more: dict[str, Any] = {"peak": peak} if peak else {}
    return Operator(name, family, code, take, None, dtypes, (1, 4), (), bound=cost, **more)
