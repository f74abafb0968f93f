"""What a message says about shapes, turned into other Specs: one rule for each family of messages.

In: a match of the rule's pattern, the `FailedCall`, and the Specs that were tried. Out: other lists of Specs.
Not covered: which message asks for which rule (message_rules.py), conditions that the code states itself (repair.py).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from triton_data.extract.jailed.repair.length_rules import larger
from triton_data.extract.jailed.repair.spec_changes import FailedCall, each, rank_to, replaced, resized
from triton_data.extract.jailed.spec import BOOL, FLOAT, INT, UNIT, Specs


def linear(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    have, want = int(found[2]), int(found[3])
    yield from resized(failure, specs, have, want)
    yield from _product(failure, specs, have, want)
    yield from resized(failure, specs, int(found[1]), want)
    yield from _shifted(failure, specs, want - have)
    # a width on another axis: (batch, width, length) code fed with (batch, length, width)
    for n, spec in each(specs, failure):
        if len(spec.shape) >= 2:
            yield replaced(specs, n, spec.put(-1, want))
            if len(spec.shape) >= 3:
                yield replaced(specs, n, spec.put(1, want))


def _shifted(failure: FailedCall, specs: Specs, by: int) -> Iterator[Specs]:
    """A size that something is added to, such as a position beside each channel."""
    for n, spec in each(specs, failure):
        for axis in dict.fromkeys((len(spec.shape) - 1, 1)):
            if 0 < axis < len(spec.shape) and spec.shape[axis] + by > 0 and by:
                yield replaced(specs, n, spec.put(axis, spec.shape[axis] + by))


def several(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    for n, spec in each(specs, failure):
        if not spec.many:
            yield replaced(specs, n, replace(spec, many=2))


def single(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    yield from (replaced(specs, n, replace(spec, many=0)) for n, spec in each(specs, failure) if spec.many)


def alike(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    yield from _same_shape(specs)


def _product(failure: FailedCall, specs: Specs, have: int, want: int) -> Iterator[Specs]:
    """A flattened size: some axes multiply to `have` and should multiply to `want`."""
    for n, spec in each(specs, failure):
        rest = spec.shape[2:]
        if len(spec.shape) == 4:
            channels = spec.shape[1]
            for c in (channels, *(c for c in (1, 3, 16, 32, 64, 128, 256, 512) if c != channels)):
                side = math.isqrt(want // c) if want > 0 and want % c == 0 else 0
                if side and side * side * c == want:
                    yield replaced(specs, n, replace(spec, shape=(spec.shape[0], c, side, side)))
        for axis in range(1, len(spec.shape)):
            scaled = spec.shape[axis] * want
            if have and scaled % have == 0 and scaled // have > 0:
                yield replaced(specs, n, spec.put(axis, scaled // have))
        if rest and len(spec.shape) == 3 and want % spec.shape[1] == 0:
            yield replaced(specs, n, spec.put(2, want // spec.shape[1]))


def channels(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    want, have = int(found["want"]), int(found["have"])
    for n, spec in each(specs, failure):
        if len(spec.shape) >= 2 and spec.shape[1] == have:
            yield replaced(specs, n, spec.put(1, want))
    yield from resized(failure, specs, have, want)
    for n, spec in each(specs, failure):
        if len(spec.shape) >= 3:
            yield replaced(specs, n, spec.put(1, want))
    for n, spec in each(specs, failure):  # of something that was made of them: real and imaginary parts side by side
        if len(spec.shape) >= 2 and have and spec.shape[1] != have and spec.shape[1] * want % have == 0 < want:
            yield replaced(specs, n, spec.put(1, spec.shape[1] * want // have))


def axis(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    axis, want = int(found["axis"]), int(found["want"])
    yield from (replaced(specs, n, s.put(axis, want)) for n, s in each(specs, failure) if len(s.shape) > axis)


def rank(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    got = re.search(r"input of size: \[([\d, ]+)\]", failure.message)
    have = got[1].count(",") + 1 if got else 0
    for rank in sorted({int(found[n]) for n in range(1, (found.lastindex or 0) + 1) if found[n]}, reverse=True):
        for n, spec in each(specs, failure):
            if have and len(spec.shape) != have:  # of something that was made of an argument
                yield from (replaced(specs, n, changed) for changed in spec.ranked(len(spec.shape) + rank - have))
            for changed in spec.ranked(rank):
                yield replaced(specs, n, changed)
        everywhere = [tuple((s.ranked(rank) or [s])[k if len(s.ranked(rank)) > k else 0] if s.is_tensor and
                            s.kind == FLOAT else s for s in specs) for k in (0, 1)]  # fmt: skip
        yield from everywhere


def unpack(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    want = int(found[1])
    for n, spec in each(specs, failure):
        for changed in spec.ranked(want):
            yield replaced(specs, n, changed)
        if not spec.many:
            yield replaced(specs, n, replace(spec, many=want))


def deeper(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    for n, spec in each(specs, failure):
        for rank in (len(spec.shape) + 1, len(spec.shape) + 2, len(spec.shape) - 1):
            for changed in spec.ranked(rank):
                yield replaced(specs, n, changed)


def match(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    a, b = int(found[1]), int(found[2])
    yield from resized(failure, specs, a, b)
    yield from resized(failure, specs, b, a)
    yield from _same_shape(specs)
    for n, spec in each(specs, failure):
        if a % max(b, 1) == 0 or b % max(a, 1) == 0:
            for axis in range(1, len(spec.shape)):
                yield replaced(specs, n, spec.put(axis, max(1, spec.shape[axis] * b // max(a, 1))))
    yield from _square(specs, a, b)


def _square(specs: Specs, a: int, b: int) -> Iterator[Specs]:
    """Images that are cut into patches: so many places, with or without a few tokens before them, want another side."""
    for extra in (1, 0, 2):
        for have, want in ((a - extra, b - extra), (b - extra, a - extra)):
            for n, spec in enumerate(specs):
                area = math.prod(spec.shape[2:]) * want if len(spec.shape) == 4 else 0
                side = math.isqrt(area // have) if have > 0 and area > 0 else 0
                if side > 0 and side * side * have == area and spec.shape[2:] != (side, side):
                    yield replaced(specs, n, replace(spec, shape=(*spec.shape[:2], side, side)))


def _same_shape(specs: Specs) -> Iterator[Specs]:
    tensors = [s for s in specs if s.is_tensor]
    for model in tensors[:2]:
        alike_specs = tuple(replace(s, shape=model.shape) if s.is_tensor else s for s in specs)
        if alike_specs != specs:
            yield alike_specs
        lower = tuple(replace(s, shape=model.shape[:-1]) if s.is_tensor and s is not model else s for s in specs)
        if lower != specs and len(model.shape) > 1:
            yield lower


def normalized(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    want = [int(v) for v in re.findall(r"\d+", found[1])]
    for n, spec in each(specs, failure):
        if len(spec.shape) > len(want):
            yield replaced(specs, n, replace(spec, shape=(*spec.shape[: -len(want)], *want)))
        else:
            yield replaced(specs, n, replace(spec, shape=(2, 16, *want)))
    got = [int(v) for v in re.findall(r"\d+", found[2])]
    yield from _shifted(failure, specs, want[-1] - got[-1] if got else 0)
    yield from _product(failure, specs, got[-1] if got else 0, want[-1])
    for have, need in zip(reversed(got), reversed(want), strict=False):
        yield from resized(failure, specs, have, need)
    for n, spec in each(specs, failure):
        if len(spec.shape) >= 3:
            yield replaced(specs, n, spec.put(1, want[0]))


def kind(kind: str) -> Callable[[re.Match[str], FailedCall, Specs], Iterator[Specs]]:
    def rule(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
        for n, spec in each(specs, failure):
            if spec.kind == kind:
                continue
            if kind == INT:
                short = spec.shape if len(spec.shape) <= 2 else spec.shape[:2]
                yield replaced(specs, n, replace(spec, shape=short, kind=INT))
                yield replaced(specs, n, replace(spec, shape=spec.shape[:1], kind=INT))
            yield replaced(specs, n, replace(spec, kind=kind))

    return rule


def lower_high(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    for n, spec in each(specs, failure):
        if spec.kind == INT and spec.high > spec.low + 2:
            yield replaced(specs, n, replace(spec, high=max(spec.low + 2, spec.high // 4)))
    for n, spec in each(specs, failure):
        for axis in range(1, len(spec.shape)):
            if spec.shape[axis] > 1:
                yield replaced(specs, n, spec.put(axis, spec.shape[axis] // 2))


def target(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    shape = tuple(int(v) for v in found[1].split(","))
    for n, spec in each(specs, failure):
        yield replaced(specs, n, replace(spec, shape=shape, kind=INT))
    yield from _rank_two(specs)


def attribute(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    """An argument that is no tensor but carries one, such as another model's output."""
    for n, spec in each(specs, failure):
        if n in failure.named or len(specs) == 1:
            yield replaced(specs, n, replace(spec, fixed=f"types.SimpleNamespace({found[1]}={spec.text()})"))


def einops(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    left = found[1].split("->")[0]
    axes = re.findall(r"\([^)]*\)|\S+", left)
    sizes = re.search(r"\[([\d, ]*)\]", found[2])  # the message may go on with other numbers
    shape = [int(v) for v in re.findall(r"\d+", sizes[1] if sizes else "")]
    if "..." not in left and len(axes) != len(shape):
        yield from rank_to(failure, specs, len(axes), len(shape))
        for n, spec in each(specs, failure):  # of something that was made of an argument
            for changed in spec.ranked(len(spec.shape) + len(axes) - len(shape)):
                yield replaced(specs, n, changed)
    chunk = re.search(r"can't divide axis of length (\d+) in chunks of (\d+)", failure.message)
    if chunk:
        have, step = int(chunk[1]), int(chunk[2])
        for more in (0, 1):  # a class token was taken off before
            for new in (step * max(1, have // step), step * 2, step * 4, step):
                yield from resized(failure, specs, have + more, new + more)


def _rank_two(specs: Specs) -> Iterator[Specs]:
    flat = tuple((s.ranked(2) or [s])[0] if s.is_tensor and s.kind == FLOAT else s for s in specs)
    if flat != specs:
        yield flat


def spatial_target(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    yield from _rank_two(specs)


def tame(failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    """Values for which roots, logarithms and softmaxes over masks stay finite."""
    yield tuple(replace(s, kind=UNIT) if s.kind == FLOAT else s for s in specs)
    for n, spec in each(specs, failure):
        if spec.kind == FLOAT:
            yield replaced(specs, n, replace(spec, kind=UNIT))
        if spec.kind == BOOL:
            yield replaced(specs, n, replace(spec, fixed=f"torch.zeros({spec.shape}, dtype=torch.bool)"))
        yield replaced(specs, n, replace(spec, shape=tuple(max(2, s // 2) for s in spec.shape)))
    yield from larger(None, failure, specs)
