"""Floating-point numbers at which kernels go wrong, by the kind of draw: protocol 2's.

In: a tensor as the program draws it, in a wide type, and what the reference does. Out: other numbers of its shape.
Kinds: `points` (ties, halves, the constants that the reference compares with, and their neighbours), `rows` (each row
of another size, some zero, some all alike), `huge`, `tiny`, `offset` (a mean far larger than the deviation), `low`
(everything far below zero), `infinite` (-inf here and there, and in whole rows) and `partly` (one number of each row).
Not covered: which kind a reference is asked about (plan.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from triton_data.verify.draws.meaning import Meaning

LADDER = {torch.float16: (4e3, 600.0, 100.0, 20.0, 8.0), torch.bfloat16: (1e5, 1e3, 100.0, 40.0)}
LADDER_WIDE = (1e6, 1e4, 300.0, 40.0)
TINY = {torch.float16: (1e-3, 1e-2), torch.bfloat16: (1e-4, 1e-2)}
TINY_WIDE = (1e-4, 1e-8, 1e-13)
OFFSET = {torch.float16: 30.0, torch.bfloat16: 8.0}
LOW = {torch.float16: 3e4, torch.bfloat16: 1e30}
_ROWS = (1.0, 1e-3, 0.0, 50.0, None, 1e-6, 0.1, 300.0)  # None: all of it alike
_ROWS_HALF = (1.0, 1e-2, 0.0, 30.0, None, 1e-3, 0.1, 4.0)


@dataclass(frozen=True)
class Place:
    """What a redrawing may look at beside the old numbers."""

    dtype: torch.dtype
    seed: int
    generator: torch.Generator
    meaning: Meaning
    before: torch.Tensor | None = None  # a tensor of this shape that has been redrawn already

    @property
    def half(self) -> bool:
        return self.dtype in (torch.float16, torch.bfloat16)

    def noise(self, old: torch.Tensor) -> torch.Tensor:
        return torch.randn(old.shape, generator=self.generator, dtype=old.dtype)

    def choice(self, old: torch.Tensor, count: int) -> torch.Tensor:
        return torch.randint(0, count, old.shape, generator=self.generator)


Redrawing = Callable[[torch.Tensor, Place], torch.Tensor]


def ladder(dtype: torch.dtype) -> tuple[float, ...]:
    return LADDER.get(dtype, LADDER_WIDE)


def _points(old: torch.Tensor, place: Place) -> torch.Tensor:
    """Small integers and halves, so that many are equal, and the reference's constants with their neighbours."""
    integers = place.choice(old, 9).to(old.dtype) - 4
    found = torch.where(place.choice(old, 3) == 0, integers + 0.5, integers)
    if place.meaning.rounds and place.meaning.scales and not old.is_complex():
        scales = torch.tensor([s for scale in place.meaning.scales for s in (scale, 1 / scale)], dtype=old.dtype)
        found = found * torch.where(place.choice(old, 2) == 0, 1.0, scales[place.choice(old, len(scales))])
    values = _near_constants(place)
    if values.numel() and not old.is_complex():
        chosen = values.to(old.dtype)[place.choice(old, values.numel())]
        found = torch.where(place.choice(old, 3) == 0, chosen, found)
    if place.before is not None:
        found = torch.where(place.choice(old, 3) == 0, place.before, found)
    if found.ndim and found.shape[-1] > 1 and place.meaning.rounds and not old.is_complex():
        found.reshape(-1, found.shape[-1])[:, -1] = 127.0  # the scale of an absolute maximum is then 1
    if found.ndim > 1 and found.shape[0] > 3:
        found[0] = 0.0
        if not place.meaning.centred:
            found[1] = 1.0
    return found


def _near_constants(place: Place) -> torch.Tensor:
    """A constant that the type does not hold lies on either side for float64 and eager: its neighbours are asked."""
    kind = place.dtype if place.dtype.is_floating_point else torch.float32
    if torch.finfo(kind).bits < 16:
        return torch.empty(0)
    exact = torch.tensor([c for c in place.meaning.constants for c in (c, -c)], dtype=torch.float64)
    held = exact.to(kind)
    if kind is torch.float16 or kind is torch.bfloat16:
        step = held.abs().double() * torch.finfo(kind).eps + torch.finfo(kind).tiny
        sides = torch.cat([held.double() - 2 * step, held.double() + 2 * step])
    else:
        up = torch.full_like(held, math.inf)
        sides = torch.cat(
            [torch.nextafter(torch.nextafter(held, up), up), torch.nextafter(torch.nextafter(held, -up), -up)]
        )
    return torch.cat([exact[held.double() == exact], sides.double()])


def _rows(old: torch.Tensor, place: Place) -> torch.Tensor:
    """Of images the whole image has one size, of all else each row."""
    signed = place.noise(old) * old.abs().mean().clamp(0.25, 4.0)
    axes = old.ndim - 1 if old.ndim < 4 else 1
    if axes < 1:
        return signed
    count = math.prod(old.shape[:axes])
    sizes = _ROWS_HALF if place.half else _ROWS
    for row in range(count):
        at = signed.reshape(count, -1)[row]
        size = sizes[(row + place.seed) % len(sizes)]
        alike = size is None and not place.meaning.centred
        at.copy_(torch.ones_like(at) if alike else at * (1.0 if size is None else size))
    return signed


def _huge(old: torch.Tensor, place: Place) -> torch.Tensor:
    """From ordinary numbers to the largest that can be told apart, all sizes alike, with both signs."""
    size = torch.rand(old.shape, generator=place.generator, dtype=torch.float64)
    signs = 1.0 - 2.0 * place.choice(old, 2)
    return (torch.pow(torch.tensor(place.meaning.largest or 1.0), size) * signs).to(old.dtype)


def _tiny(old: torch.Tensor, place: Place) -> torch.Tensor:
    sizes = TINY.get(place.dtype, TINY_WIDE)
    noise = place.noise(old) * sizes[0]
    if old.ndim < 2:
        return noise
    for row in range(old.shape[0]):
        noise[row] *= sizes[(row + place.seed) % len(sizes)] / sizes[0]
    return noise


def _offset(old: torch.Tensor, place: Place) -> torch.Tensor:
    """On one side of zero: means that cancel would say nothing of a weight that is one."""
    return place.noise(old) + OFFSET.get(place.dtype, 300.0) * (1.0 if place.seed % 2 else -1.0)


def _low(old: torch.Tensor, place: Place) -> torch.Tensor:
    """So low that no number which stands for 'less than all others' may be a mere large one."""
    least = LOW.get(place.dtype, 1e30)
    return -least * (1 + 0.5 * torch.rand(old.shape, generator=place.generator, dtype=torch.float64)).to(old.dtype)


def _high(old: torch.Tensor, place: Place) -> torch.Tensor:
    """And so high, for what is less than all others."""
    return -_low(old, place)


def _infinite(old: torch.Tensor, place: Place) -> torch.Tensor:
    """As masks leave a softmax: every row keeps some number, but one."""
    drawn = place.noise(old)
    if old.is_complex() or not old.ndim:
        return drawn
    drawn = torch.where(place.choice(old, 3) == 0, torch.full_like(drawn, -math.inf), drawn)
    rows = drawn.reshape(-1, drawn.shape[-1])
    rows[:, 0] = torch.where(rows[:, 0].isinf(), torch.ones_like(rows[:, 0]), rows[:, 0])
    if rows.shape[0] > 2:
        rows[1] = -math.inf
    if rows.shape[0] > 3:
        rows[2, :-1] = -math.inf  # whole blocks of it, before the first number
    drawn = rows.reshape(drawn.shape)
    if drawn.ndim > 2 and drawn.shape[0] > 1:
        drawn[-1, :-1] = -math.inf
    return drawn


def _partly(old: torch.Tensor, place: Place) -> torch.Tensor:
    """As given, but for one number of each row: whoever knows a row by some of its numbers takes it for the old one."""
    if not old.ndim or old.is_complex():
        return old + 1.0
    rows = old.clone().reshape(-1, old.shape[-1])
    at = torch.randint(0, rows.shape[-1], (rows.shape[0], 1), generator=place.generator)
    size = old.abs().mean().clamp(0.25, 4.0)
    return rows.scatter(1, at, rows.gather(1, at) + 3.0 * size).reshape(old.shape)


REDRAWN: dict[str, Redrawing] = {
    "points": _points, "rows": _rows, "huge": _huge, "tiny": _tiny, "offset": _offset, "low": _low,
    "infinite": _infinite, "high": _high, "partly": _partly,
}  # fmt: skip
