"""Plots as plain geometry: bars with their parts, histograms, funnels; assets/charts.html draws them as SVG.

In: counts. Out: charts in a coordinate system of their own, with every number as a text beside its bar.
Not covered: colours, which belong to a theme (assets/report.css).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH = 420.0
LABEL, VALUE = 150.0, 84.0  # of the width: the words on the left, the number on the right
BAR, GAP = 16.0, 8.0
MOST_BARS = 14
LONGEST = 24  # characters of a label


@dataclass(frozen=True)
class Part:
    x: float
    width: float
    kind: str  # class of its colour
    says: str


@dataclass(frozen=True)
class Bar:
    label: str
    full: str  # the label, whole
    value: str
    y: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Chart:
    name: str
    says: str  # in a sentence, for who does not see it
    height: float
    bars: tuple[Bar, ...]
    legend: tuple[tuple[str, str], ...] = ()  # (class, words)


def bars(name: str, counts: Mapping[str, float], unit: str = "", most: int = MOST_BARS, order: bool = True) -> Chart:
    """The largest first, the rest as one; `order=False` keeps the order that they come in."""
    rows = sorted(counts.items(), key=lambda each: (-each[1], each[0])) if order else list(counts.items())
    return stacked(name, _with_rest([(label, {"plain": value}) for label, value in rows], most), unit)


def stacked(
    name: str, rows: Sequence[tuple[str, Mapping[str, float]]], unit: str = "", legend: Sequence[str] = ()
) -> Chart:
    """One bar a row, in parts of several kinds."""
    largest = max((sum(parts.values()) for _, parts in rows), default=0) or 1
    scale = (WIDTH - LABEL - VALUE) / largest
    made = []
    for number, (label, parts) in enumerate(rows):
        x, drawn = LABEL, []
        for kind, value in parts.items():
            if value:
                drawn.append(
                    Part(round(x, 1), max(round(value * scale, 1), 0.8), slug(kind), f"{number_of(value)} {kind}")
                )
                x += value * scale
        total = number_of(sum(parts.values())) + (f" {unit}" if unit else "")
        made.append(Bar(shortened(label), label, total, round(number * (BAR + GAP) + GAP / 2, 1), tuple(drawn)))
    says = f"{name}: " + (", ".join(f"{bar.full} {bar.value}" for bar in made) or "nothing")
    return Chart(
        name, says, len(made) * (BAR + GAP) + GAP / 2, tuple(made), tuple((slug(each), each) for each in legend)
    )


def histogram(name: str, values: Sequence[int], unit: str = "") -> Chart:
    """By powers of two: sizes of code are spread over several orders of magnitude."""
    counts: dict[int, int] = {}
    for value in values:
        power = int(math.log2(value)) if value > 0 else 0
        counts[power] = counts.get(power, 0) + 1
    span = range(min(counts), max(counts) + 1) if counts else range(0)
    return bars(name, {f"{2**each:,}–{2 ** (each + 1) - 1:,} {unit}".strip(): counts.get(each, 0) for each in span},
                order=False, most=24)  # fmt: skip


def funnel(name: str, steps: Sequence[tuple[str, int]]) -> Chart:
    """Bars in their order, each with its share of the first."""
    first = steps[0][1] if steps else 0
    chart = stacked(name, [(label, {"plain": value}) for label, value in steps])
    shared = tuple(
        Bar(bar.label, bar.full, bar.value + (f" · {value / first:.0%}" if first else ""), bar.y, bar.parts)
        for bar, (_, value) in zip(chart.bars, steps, strict=True)
    )
    return Chart(name, chart.says, chart.height, shared)


def _with_rest(rows: list[tuple[str, dict[str, float]]], most: int) -> list[tuple[str, dict[str, float]]]:
    if len(rows) <= most:
        return rows
    rest: dict[str, float] = {}
    for _, parts in rows[most - 1 :]:
        for kind, value in parts.items():
            rest[kind] = rest.get(kind, 0) + value
    return [*rows[: most - 1], (f"{len(rows) - most + 1} others", rest)]


def yields(name: str, counts: Mapping[str, Mapping[str, int]], kinds: Sequence[str], most: int = MOST_BARS) -> Chart:
    rows = sorted(counts.items(), key=lambda each: (-sum(each[1].values()), each[0]))
    whole = [(label, {kind: float(parts.get(kind, 0)) for kind in kinds}) for label, parts in rows]
    return stacked(name, _with_rest(whole, most), legend=kinds)


def shortened(label: str) -> str:
    """The end of a name tells more than its beginning where it is a path."""
    if len(label) <= LONGEST:
        return label
    return f"…{label[1 - LONGEST :]}" if "/" in label else f"{label[: LONGEST - 1]}…"


def number_of(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}"


def slug(kind: str) -> str:
    return kind.replace(" ", "-")
