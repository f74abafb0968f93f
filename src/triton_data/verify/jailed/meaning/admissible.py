"""What a reference admits: which integers, found by trying, and how large its numbers may be.

In: what was traced, the inputs under several seeds, and a way to call the reference. Out: a `Meaning`. Values are tried
in one element at a time, never far ones where the host reads numbers (it may be asked for as much memory, or as many
turns of a loop). Foreign code runs: only in the jail. Not covered: drawing (draws/).
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.verify.draws import points
from triton_data.verify.draws.meaning import (
    INDEX,
    LENGTH,
    MASK,
    NUMBER,
    OFFSETS,
    OTHER,
    PERMUTATION,
    Integers,
    Meaning,
)
from triton_data.verify.jailed.meaning.trace import Traced

Call = Callable[[Any], Any]
PATIENCE = 1.0  # seconds of CPU time of one trial: a busy machine is to change no verdict
FAR = 1 << 33
FARTHEST = {torch.int32: (1 << 31) - 2, torch.int64: 1 << 41}  # their negatives can be divided by -1
MOST_ROWS = 1 << 20  # of a table: a draw has no room for more
LABELS = (-100, -1)  # that are often ignored


class TooSlow(BaseException):
    """A trial that is given up; no handler of errors on the way is meant."""


@contextmanager
def patience(seconds: float = PATIENCE) -> Iterator[None]:
    def give_up(number: int, frame: Any) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def runs(call: Call, inputs: Any) -> bool:
    try:
        with patience():
            call(inputs)
        return True
    except (Exception, TooSlow):  # noqa: BLE001  whatever the reference raises, it does not take these inputs
        return False


def integers(traced: Traced, drawn: list[Any], call: Call) -> tuple[Integers | None, ...]:
    """`drawn` are inputs under several seeds; the first of them is what is tried."""
    leaves = [pytree.tree_leaves(inputs) for inputs in drawn]
    sizes = {n for leaf in leaves[0] if isinstance(leaf, torch.Tensor) for n in leaf.shape}
    return tuple(
        _integers(place, traced, [own[place] for own in leaves if place < len(own)], sizes, drawn[0], call)
        for place in range(len(leaves[0]))
    )


def _integers(place: int, traced: Traced, own: list[Any], sizes: set[int], inputs: Any, call: Call) -> Integers | None:
    first = own[0]
    if not isinstance(first, torch.Tensor) or first.is_floating_point() or first.is_complex() or not first.numel():
        return None
    if first.dtype is torch.bool:
        return Integers(MASK)
    low, high = min(int(one.min()) for one in own), max(int(one.max()) for one in own)
    parts = traced.parts.get(place, set())
    if first.ndim == 1 and first.numel() > 2 and all(_is_permutation(one) for one in own):
        return Integers(PERMUTATION)
    if first.ndim == 1 and first.numel() > 2 and all(_is_offsets(one) for one in own):
        return Integers(OFFSETS)
    if traced.reads and "index" not in parts:
        return Integers(OTHER, low, high)
    trial = _Trial(place, inputs, call)
    if "index" in parts:
        marks = _marks(trial, own)
        plain = [int(n) for one in own for n in one.unique() if int(n) not in marks]
        found = _index(trial, min(plain, default=low), max(plain, default=high), sizes, traced, parts)
        return replace(found, also=(*found.also, *(mark for mark in marks if mark not in found.also)))
    if "length" in parts:
        span = traced.spans.get(place, high)
        top = max(high, span) if trial.takes(max(high, span)) else high
        return Integers(LENGTH, 0 if low >= 0 and trial.takes(0) else low, top)
    if _is_mask(low, high, first.dtype, parts, traced.integer_constants.get(place, set())):
        return Integers(MASK)
    if "shift" in parts or not parts:
        return Integers(OTHER, low, high)
    return _number(trial, first.dtype, low, high, parts, traced.integer_constants.get(place, set()))


def _is_mask(low: int, high: int, dtype: torch.dtype, parts: set[str], constants: set[int]) -> bool:
    """Zeros and ones, or nothing but ones that are asked whether they are zeros."""
    if dtype is torch.uint8 or "number" in parts:
        return False
    return (low, high) == (0, 1) or (0 <= low == high <= 1 and "compared" in parts and constants <= {0, 1})


def _marks(trial: _Trial, own: list[Any]) -> list[int]:
    """Values at either end that stand alone, as -100 among labels: the reference takes none of their neighbours."""
    values = sorted({int(n) for one in own for n in one.unique()})
    ends = [(values[0], values[0] + 1), (values[-1], values[-1] - 1)] if len(values) > 2 else []
    return [end for end, inner in ends if inner not in values and not trial.takes(inner)]


def _index(trial: _Trial, low: int, high: int, sizes: set[int], traced: Traced, parts: set[str]) -> Integers:
    """Beyond both ends until the reference refuses; where it never does, it says nothing, and they stay as drawn. Nor
    does one that makes room for as many as it is asked for, as a count of each does."""
    unbounded = trial.takes(FAR if trial.width == 8 else (1 << 31) - 1) or trial.takes(high + MOST_ROWS)
    top = high if unbounded else trial.furthest(high, +1)
    bottom = low if trial.takes(-(1 << 30)) else trial.furthest(low, -1)
    named = sorted(traced.integer_constants.get(trial.place, set()) | set(LABELS))
    also = tuple(v for v in named if not bottom <= v <= top and trial.takes(v))
    distinct = "overwrites" in parts and trial.distinct
    return Integers(INDEX, bottom, top, also, distinct)


def _number(trial: _Trial, dtype: torch.dtype, low: int, high: int, parts: set[str], constants: set[int]) -> Integers:
    """Any number is admitted that the reference computes with; all of a small type, a good deal more than was drawn of
    a larger one, with both signs."""
    bounds = torch.iinfo(dtype)
    size = max(abs(low), abs(high), 100)
    near = [value for constant in constants for value in (constant - 1, constant, constant + 1)]
    bottom, top = max(bounds.min, min(-2 * size, *near, low)), min(bounds.max, max(2 * size, *near, high))
    if dtype in (torch.uint8, torch.int8, torch.int16):
        bottom, top = bounds.min, bounds.max
    if "number" not in parts:  # only compared: an identity, or a mark
        bottom = low if low >= 0 else bottom
    bottom = bottom if trial.takes(bottom) else low
    top = top if trial.takes(top) else high
    wide = dtype is torch.int64 and "number" not in parts and trial.takes(FAR)
    far = FARTHEST.get(dtype, 0)
    far = far if "number" in parts and trial.takes(far) and (bottom >= 0 or trial.takes(-far)) else 0
    far = far if far and trial.only_integers() else 0
    also = tuple(value for value in sorted(constants) if not bottom <= value <= top and trial.takes(value))
    return Integers(NUMBER, bottom, top, also, nonzero="divisor" in parts, wide=wide, far=far)


class _Trial:
    """One integer leaf, of which single elements are replaced."""

    def __init__(self, place: int, inputs: Any, call: Call) -> None:
        self.place, self.inputs, self.call = place, inputs, call
        leaf = pytree.tree_leaves(inputs)[place]
        self.width = leaf.element_size()
        self.distinct = len(leaf.unique()) == leaf.numel()

    def takes(self, value: int) -> bool:
        leaves, form = pytree.tree_flatten(pytree.tree_map(_copied, self.inputs))
        leaf = leaves[self.place]
        bounds = torch.iinfo(leaf.dtype)
        if not bounds.min <= value <= bounds.max:
            return False
        leaf.reshape(-1)[-1:] = value if leaf.is_contiguous() else leaf.reshape(-1)[-1:]
        return runs(self.call, pytree.tree_unflatten(leaves, form))

    def only_integers(self) -> bool:
        """Nothing that comes of it may lose what a floating-point number does not hold."""
        found = [leaf for leaf in pytree.tree_leaves(self.call(self.inputs)) if isinstance(leaf, torch.Tensor)]
        return bool(found) and not any(leaf.is_floating_point() or leaf.is_complex() for leaf in found)

    def furthest(self, start: int, step: int) -> int:
        """The last value in this direction that is taken: doubling, then halving."""
        if not self.takes(start + step):
            return start
        far = 1
        while far < FAR and self.takes(start + step * far * 2):
            far *= 2
        taken, refused = far, far * 2
        while refused - taken > 1:
            middle = (taken + refused) // 2
            taken, refused = (middle, refused) if self.takes(start + step * middle) else (taken, middle)
        return start + step * taken


def _copied(leaf: Any) -> Any:
    return leaf.clone() if isinstance(leaf, torch.Tensor) else leaf


def _is_permutation(tensor: torch.Tensor) -> bool:
    return bool(torch.equal(tensor.sort().values, torch.arange(tensor.numel(), dtype=tensor.dtype)))


def _is_offsets(tensor: torch.Tensor) -> bool:
    return int(tensor[0]) == 0 and int(tensor[-1]) > 0 and bool((tensor[1:] >= tensor[:-1]).all())


def largest(drawn: Callable[[Meaning], Any], call: Call, exact: Call, dtypes: list[torch.dtype]) -> float:
    """The largest numbers at which eager is still near itself in float64; `drawn` makes inputs of a size."""
    if not dtypes:
        return 0.0
    for factor in points.ladder(min(dtypes, key=lambda dtype: torch.finfo(dtype).max)):
        inputs = drawn(Meaning(largest=factor))
        try:
            with patience():
                own, wide = call(inputs), exact(inputs)
                nearby = call(_nudged(inputs))
        except (Exception, TooSlow):  # noqa: BLE001  it does not take numbers of this size
            continue
        if _tellable(own, wide) and _tellable(nearby, wide):
            return factor
    return 0.0


def _nudged(inputs: Any) -> Any:
    """A rounding of a half type away: at logits of 100,000 a softmax takes another one for the largest then, and so may
    whoever adds in another order."""

    def one(leaf: Any) -> Any:
        if not _is_real(leaf) or leaf.element_size() != 2:
            return leaf
        generator = torch.Generator().manual_seed(3)
        noise = 2 * torch.rand(leaf.shape, generator=generator).to(leaf.device) - 1
        return (leaf.double() * (1 + noise * torch.finfo(leaf.dtype).eps)).to(leaf.dtype)

    return pytree.tree_map(one, inputs)


def _tellable(own: Any, wide: Any) -> bool:
    pairs = zip(pytree.tree_leaves(own), pytree.tree_leaves(wide), strict=False)
    found = [(a.double(), b.double()) for a, b in pairs if _is_real(a) and isinstance(b, torch.Tensor)]
    return all(_close(a, b) for a, b in found)


def _is_real(leaf: Any) -> bool:
    return isinstance(leaf, torch.Tensor) and leaf.is_floating_point()


def _close(a: torch.Tensor, b: torch.Tensor) -> bool:
    if a.shape != b.shape or not a.numel():
        return True
    if not bool((a.isfinite() & b.isfinite()).all()):
        return False
    return bool((a - b).square().mean().sqrt() <= 0.05 * b.square().mean().sqrt() + 1e-30)
