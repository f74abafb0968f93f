"""Losses of torch.nn.functional, with every reduction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import (
    ANY,
    FLOATS,
    INDICES,
    LOGARITHMS,
    POSITIVE,
    PROBABILITY,
    SIGNS,
    UNIT,
    WIDE,
    Argument,
    Call,
    Operator,
    Peak,
    Rule,
    Spec,
    Values,
)  # fmt: skip
from triton_data.generate.operators.rules import chosen

FAMILY = "loss"
REDUCTIONS = ("mean", "mean", "sum", "none")


class Priced(NamedTuple):
    cost: int  # FLOPs an element
    take: Rule


def _added(call: Call, peaks: Sequence[float]) -> float:
    """Squares at the worst, added up where the reduction is a sum."""
    largest = 2 * max(peaks)
    return largest * largest * (call.arguments[0].spec.elements if call.settings["reduction"] == "sum" else 1)


def _reduced(shape: tuple[int, ...], reduction: str) -> tuple[int, ...]:
    return shape if reduction == "none" else ()


def _like(cost: int, values: Sequence[Values], **choices: Sequence[Any]) -> Priced:
    """Every argument has the shape of the first."""

    def take(x: Spec, draw: Draw) -> Call:
        settings = {"reduction": draw.choice(REDUCTIONS), **chosen(choices, draw)}
        arguments = tuple(Argument(x, each) for each in values)
        return Call(arguments, x.of(*_reduced(x.shape, settings["reduction"])), cost * x.elements, settings)

    return Priced(cost, take)


def _classes(cost: int, values: Values = ANY, **choices: Sequence[Any]) -> Priced:
    """Scores of classes in the second dimension, and which is right."""

    def take(x: Spec, draw: Draw) -> Call | None:
        settings = {"reduction": draw.choice(REDUCTIONS), **chosen(choices, draw)}
        if x.shape[1] < 2:
            return None
        places = (x.shape[0], *x.shape[2:])
        target = Argument(Spec(places, "int64"), INDICES, x.shape[1])
        return Call(
            (Argument(x, values), target), x.of(*_reduced(places, settings["reduction"])), cost * x.elements, settings
        )

    return Priced(cost, take)


def _rows(cost: int, count: int, signs: bool = False, signed: Values = SIGNS, **choices: Sequence[Any]) -> Priced:
    """`count` tensors of vectors; each row becomes a number."""

    def take(x: Spec, draw: Draw) -> Call:
        settings = {"reduction": draw.choice(REDUCTIONS), **chosen(choices, draw)}
        rows = x.of(x.shape[0])
        arguments = (*(Argument(x) for _ in range(count)), *((Argument(rows, signed),) if signs else ()))
        return Call(arguments, rows.of(*_reduced(rows.shape, settings["reduction"])), cost * x.elements, settings)

    return Priced(cost, take)


def _loss(name: str, arguments: str, priced: Priced, ranks: tuple[int, int] = (1, 4), dtypes: tuple[str, ...] = FLOATS,
          peak: Peak = _added) -> Operator:  # fmt: skip
    function = name.removesuffix("_smoothed")
    code = f"F.{function}({arguments}, reduction='{{reduction}}')"
    return Operator(name, FAMILY, code, priced.take, None, dtypes, ranks, (), None, peak, bound=priced.cost)


def _gaussian(x: Spec, draw: Draw) -> Call:
    """Written out: torch's own looks at its values first, which no compiler sees through."""
    return Call((Argument(x), Argument(x), Argument(x, POSITIVE)), x, 6 * x.elements)


def _squared_ratio(call: Call, peaks: Sequence[float]) -> float:
    return 10 * (peaks[0] + peaks[1]) ** 2


_TWO = "{0}, {1}"
_GAUSSIAN = "0.5 * (torch.log({2}) + torch.square({0} - {1}) / {2})"
OPERATORS = (
    _loss("mse_loss", _TWO, _like(3, (ANY, ANY))),
    _loss("l1_loss", _TWO, _like(2, (ANY, ANY))),
    _loss("smooth_l1_loss", "{0}, {1}, beta={beta}", _like(5, (ANY, ANY), beta=(0.5, 1.0))),
    _loss("huber_loss", "{0}, {1}, delta={delta}", _like(5, (ANY, ANY), delta=(0.5, 1.0))),
    _loss("binary_cross_entropy", _TWO, _like(10, (PROBABILITY, UNIT)), dtypes=WIDE),
    _loss("binary_cross_entropy_with_logits", _TWO, _like(12, (ANY, UNIT))),
    _loss(
        "kl_div",
        _TWO,
        _like(7, (LOGARITHMS, PROBABILITY)),
        (2, 3),
        peak=lambda c, p: 64.0 * c.arguments[0].spec.elements,
    ),
    _loss("poisson_nll_loss", "{0}, {1}, log_input=False", _like(8, (POSITIVE, POSITIVE))),
    Operator("gaussian_nll", FAMILY, _GAUSSIAN, _gaussian, None, FLOATS, (1, 4), (), None, _squared_ratio, bound=6),
    _loss("soft_margin_loss", _TWO, _like(9, (ANY, SIGNS))),
    _loss("hinge_embedding_loss", "{0}, {1}, margin={margin}", _like(4, (ANY, SIGNS), margin=(0.5, 1.0))),
    _loss(
        "margin_ranking_loss", "{0}, {1}, {2}, margin={margin}", _like(4, (ANY, ANY, SIGNS), margin=(0.0, 0.5)), (1, 1)
    ),
    _loss("multilabel_soft_margin_loss", _TWO, _rows(12, 2), (2, 2), WIDE),
    _loss("cross_entropy", _TWO, _classes(8), (2, 3), peak=lambda c, p: 32.0 * max(p) * c.arguments[1].spec.elements),
    _loss(
        "cross_entropy_smoothed",
        "{0}, {1}, label_smoothing={smoothing}",
        _classes(10, smoothing=(0.05, 0.1)),
        (2, 3),
        peak=lambda c, p: 32.0 * max(p) * c.arguments[1].spec.elements,
    ),
    _loss("nll_loss", _TWO, _classes(1, LOGARITHMS), (2, 2), peak=lambda c, p: 32.0 * c.arguments[1].spec.elements),
    _loss("multi_margin_loss", "{0}, {1}, margin={margin}", _classes(4, margin=(0.5, 1.0)), (2, 2), WIDE),
    _loss("triplet_margin_loss", "{0}, {1}, {2}, margin={margin}", _rows(8, 3, margin=(0.5, 1.0)), (2, 2)),
    _loss(
        "cosine_embedding_loss", "{0}, {1}, {2}, margin={margin}", _rows(8, 2, True, margin=(0.0, 0.5)), (2, 2), WIDE
    ),
)
