"""What error messages say about shapes: one rule for each family of messages, in the table at the end.

Enters: a match of the rule's pattern, the `Failure`, and the Specs that were tried. Leaves: other lists of Specs.
Not covered: conditions that the code states itself (mend.py).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from .moves import Failure, Specs, each, rank_to, replaced, resized
from .spec import BOOL, COMPLEX, FLOAT, INT, Spec


def _linear(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    have, want = int(found[2]), int(found[3])
    yield from resized(failure, specs, have, want)
    yield from _product(failure, specs, have, want)
    yield from resized(failure, specs, int(found[1]), want)
    # a width on another axis: (batch, width, length) code fed with (batch, length, width)
    for n, spec in each(specs, failure):
        if len(spec.shape) >= 2:
            yield replaced(specs, n, spec.put(-1, want))
            if len(spec.shape) >= 3:
                yield replaced(specs, n, spec.put(1, want))


def _product(failure: Failure, specs: Specs, have: int, want: int) -> Iterator[Specs]:
    """A flattened size: some axes multiply to `have` and should multiply to `want`."""
    for n, spec in each(specs, failure):
        rest = spec.shape[2:]
        if len(spec.shape) == 4:
            channels = spec.shape[1]
            for c in (channels, *(c for c in (1, 3, 16, 32, 64, 128, 256, 512) if c != channels)):
                side = math.isqrt(want // c) if want % c == 0 else 0
                if side and side * side * c == want:
                    yield replaced(specs, n, replace(spec, shape=(spec.shape[0], c, side, side)))
        for axis in range(1, len(spec.shape)):
            scaled = spec.shape[axis] * want
            if have and scaled % have == 0 and scaled // have > 0:
                yield replaced(specs, n, spec.put(axis, scaled // have))
        if rest and len(spec.shape) == 3 and want % spec.shape[1] == 0:
            yield replaced(specs, n, spec.put(2, want // spec.shape[1]))


def _channels(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    want, have = int(found["want"]), int(found["have"])
    for n, spec in each(specs, failure):
        if len(spec.shape) >= 2 and spec.shape[1] == have:
            yield replaced(specs, n, spec.put(1, want))
    yield from resized(failure, specs, have, want)
    for n, spec in each(specs, failure):
        if len(spec.shape) >= 3:
            yield replaced(specs, n, spec.put(1, want))


def _rank(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    for rank in sorted({int(found[n]) for n in range(1, (found.lastindex or 0) + 1) if found[n]}, reverse=True):
        for n, spec in each(specs, failure):
            for changed in spec.ranked(rank):
                yield replaced(specs, n, changed)
        everywhere = [tuple((s.ranked(rank) or [s])[k if len(s.ranked(rank)) > k else 0] if s.is_tensor and
                            s.kind == FLOAT else s for s in specs) for k in (0, 1)]  # fmt: skip
        yield from everywhere


def _unpack(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    want = int(found[1])
    for n, spec in each(specs, failure):
        for changed in spec.ranked(want):
            yield replaced(specs, n, changed)
        if not spec.many:
            yield replaced(specs, n, replace(spec, many=want))


def _deeper(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    for n, spec in each(specs, failure):
        for rank in (len(spec.shape) + 1, len(spec.shape) + 2, len(spec.shape) - 1):
            for changed in spec.ranked(rank):
                yield replaced(specs, n, changed)


def _match(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    a, b = int(found[1]), int(found[2])
    yield from resized(failure, specs, a, b)
    yield from resized(failure, specs, b, a)
    yield from _same_shape(specs)
    for n, spec in each(specs, failure):
        if a % max(b, 1) == 0 or b % max(a, 1) == 0:
            for axis in range(1, len(spec.shape)):
                yield replaced(specs, n, spec.put(axis, max(1, spec.shape[axis] * b // a)))


def _same_shape(specs: Specs) -> Iterator[Specs]:
    tensors = [s for s in specs if s.is_tensor]
    for model in tensors[:2]:
        made = tuple(replace(s, shape=model.shape) if s.is_tensor else s for s in specs)
        if made != specs:
            yield made
        lower = tuple(replace(s, shape=model.shape[:-1]) if s.is_tensor and s is not model else s for s in specs)
        if lower != specs and len(model.shape) > 1:
            yield lower


def _normalized(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    want = [int(v) for v in re.findall(r"\d+", found[1])]
    for n, spec in each(specs, failure):
        if len(spec.shape) > len(want):
            yield replaced(specs, n, replace(spec, shape=(*spec.shape[: -len(want)], *want)))
        else:
            yield replaced(specs, n, replace(spec, shape=(2, 16, *want)))
    got = [int(v) for v in re.findall(r"\d+", found[2])]
    for have, need in zip(reversed(got), reversed(want), strict=False):
        yield from resized(failure, specs, have, need)
    for n, spec in each(specs, failure):
        if len(spec.shape) >= 3:
            yield replaced(specs, n, spec.put(1, want[0]))


def _kind(kind: str) -> Callable[[re.Match[str], Failure, Specs], Iterator[Specs]]:
    def rule(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
        for n, spec in each(specs, failure):
            if spec.kind == kind:
                continue
            if kind == INT:
                short = spec.shape if len(spec.shape) <= 2 else spec.shape[:2]
                yield replaced(specs, n, Spec(short, INT, spec.high))
                yield replaced(specs, n, Spec(spec.shape[:1], INT, spec.high))
            yield replaced(specs, n, replace(spec, kind=kind))

    return rule


def _lower_high(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    for n, spec in each(specs, failure):
        if spec.kind == INT and spec.high > 2:
            yield replaced(specs, n, replace(spec, high=max(2, spec.high // 4)))
    for n, spec in each(specs, failure):
        for axis in range(1, len(spec.shape)):
            if spec.shape[axis] > 1:
                yield replaced(specs, n, spec.put(axis, spec.shape[axis] // 2))


def _target(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    shape = tuple(int(v) for v in found[1].split(","))
    for n, spec in each(specs, failure):
        yield replaced(specs, n, Spec(shape, INT, spec.high))


def _attribute(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    """An argument that is no tensor but carries one, such as another model's output."""
    for n, spec in each(specs, failure):
        if n in failure.named or len(specs) == 1:
            yield replaced(specs, n, Spec(fixed=f"types.SimpleNamespace({found[1]}={spec.text()})"))


def _larger(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    for factor in (2, 4, 8, 32):
        for n, spec in each(specs, failure):
            if len(spec.shape) >= 3:
                shape = (*spec.shape[:2], *(s * factor for s in spec.shape[2:]))
                yield replaced(specs, n, replace(spec, shape=shape))
        for n, spec in each(specs, failure):
            for axis in range(1, len(spec.shape)):
                yield replaced(specs, n, spec.put(axis, spec.shape[axis] * factor))


def _reshape(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    for n, spec in each(specs, failure):
        for axis in reversed(range(1, len(spec.shape))):
            for size in (16, 64, 8, 32, 4, 128, 256, 1):
                if spec.shape[axis] != size:
                    yield replaced(specs, n, spec.put(axis, size))


def _einops(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    left = found[1].split("->")[0]
    axes = re.findall(r"\([^)]*\)|\S+", left)
    shape = [int(v) for v in re.findall(r"\d+", found[2])]
    if "..." not in left and len(axes) != len(shape):
        yield from rank_to(failure, specs, len(axes), len(shape))
    chunk = re.search(r"can't divide axis of length (\d+) in chunks of (\d+)", failure.message)
    if chunk:
        have, step = int(chunk[1]), int(chunk[2])
        for new in (step * max(1, have // step), step * 2, step * 4, step):
            yield from resized(failure, specs, have, new)


RULES: tuple[tuple[str, Callable[[re.Match[str], Failure, Specs], Iterator[Specs]]], ...] = (
    (r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x\d+\)", _linear),
    (r"size mismatch, got input \(\d+\), mat \((\d+)x(\d+)\), vec \((\d+)\)", _linear),
    (r"to have (?P<want>\d+) channels, but got (?P<have>\d+) channels", _channels),
    (r"running_mean should contain (?P<have>\d+) elements not (?P<want>\d+)", _channels),
    (r"Expected number of channels in input to be divisible by num_groups.*?shape \[\d+, (?P<have>\d+)[^]]*\] and "
     r"num_groups=(?P<want>\d+)", _channels),
    (r"weight of shape \[(?P<want>\d+)\] and input of shape \[\d+, (?P<have>\d+)", _channels),
    (r"weight to be a vector of size equal to the number of channels in input, but got weight of "
     r"shape \[(?P<want>\d+)\] and input of shape \[\d+, (?P<have>\d+)", _channels),
    (r"input\.size\(-1\) must be equal to input_size\. Expected (?P<want>\d+), got (?P<have>\d+)", _channels),
    (r"embedding dimension of (?P<want>\d+), but got (?P<have>\d+)", _channels),
    (r"Expected (\d)D \(unbatched\) or (\d)D \(batched\) input", _rank),
    (r"[Ee]xpected (\d)D(?: or (\d)D)? (?:input|tensor|or)", _rank),
    (r"expected (\d)D or (\d)D input", _rank),
    (r"LSTM: Expected input to be (\d)D or (\d)D|RNN: Expected input to be (\d)D or (\d)D", _rank),
    (r"query should be unbatched (\d)D or batched (\d)D", _rank),
    (r"input must have (\d) dimensions", _rank),
    (r"[Ee]xpected (\d) dimensions|must be (\d)-?[dD]|has to be (\d)-?[dD]|should be (\d)-?[dD]", _rank),
    (r"batch1 must be a (\d)D tensor|must be a (\d)D tensor", _rank),
    (r"not enough values to unpack \(expected (\d+)", _unpack),
    (r"too many values to unpack \(expected (\d+)", _unpack),
    (r"Dimension out of range|tuple index out of range|Dimension specified as|too many indices|"
     r"number of dims don't match|dimensions? .* must|permute\(sparse_coo\)|is not equal to len\(dims\)|"
     r"IndexError: ", _deeper),
    (r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)", _match),
    (r"Expected size (\d+) but got size (\d+)", _match),
    (r"[Ee]xpected .*?size.*?\[\d+, (\d+)\].*?\[\d+, (\d+)\]", _match),
    (r"batch_size \((\d+)\) to match target batch_size \((\d+)\)", _match),
    (r"size (\d+) .*? match .*? (\d+)", _match),
    (r"normalized_shape=(\[.*?\]).*?got input of size(\[.*?\])", _normalized),
    (r"scalar types: Long|to have one of the following scalar types|indices must be|used as indices|scalar type Long|"
     r"expected scalar type Int|expected Long|dtype int64|Expected object of scalar type Long|one_hot is only|"
     r"be Long|index tensor|Expected tensor for argument #\d 'target'|expect(ed)? an? .*long", _kind(INT)),
    (r"not implemented for '(Long|Int)'|must be .*?float|Only Tensors of floating point|expected .*?Float|"
     r"should be the same|must have the same dtype|floating.point", _kind(FLOAT)),
    (r"'Bool'|[Bb]ool(ean)? (tensor|mask)|BoolTensor|mask must|only supported on boolean|'~'|bitwise_not", _kind(BOOL)),
    (r"index out of range in self|out of bounds|Class values must be|Target \d+ is out", _lower_high),
    (r"[Kk]ernel size can't be greater|Output size is too small|smaller than kernel|"
     r"Padding size should be less|"
     r"non-?zero size|[Ee]xpected more than 1 (value|spatial)|maximum size for tensor|"
     r"exceeds dimension size|negative dimension|too small|non-empty|must be greater|"
     r"Trying to create tensor with negative", _larger),
    (r"shape '.*?' is invalid for input of size|view size is not compatible|cannot reshape|"
     r"is not divisible|must be divisible|unflatten|split_with_sizes|split_size|invalid for input", _reshape),
    (r'pattern "(.*?)"\.(.*)', _einops),
    (r"(imag|real|angle|view_as_real).*complex|requires? a complex|complex-valued|complex tensor", _kind(COMPLEX)),
    (r"is torch.Size\(\[(\d+).*?should be \((\d+)", _match),
    (r"Expected target size \[([\d, ]+)\]", _target),
    (r"'Tensor' object has no attribute '(\w+)'", _attribute),
    (r"(\d)[- ]?[dD](?:imensional)? tensor", _rank),
)  # fmt: skip
