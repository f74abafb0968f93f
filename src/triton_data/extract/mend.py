"""Read an error and say which shapes would have avoided it.

Enters: the message of an exception, where it was raised, and the Specs that were tried. Leaves: other lists of Specs,
the likeliest first. One rule a function, in the table at the end; each knows one family of torch's (or einops', or an
assertion's) messages and moves sizes, ranks or dtypes accordingly.
Not covered: trying them (search.py).
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from .spec import BOOL, COMPLEX, FLOAT, INT, Spec

Specs = tuple[Spec, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    message: str  # 'TypeError: ...'
    line: str = ""  # source of the deepest line of the foreign file
    named: frozenset[int] = frozenset()  # positions of the arguments whose names stand on the line of `forward`
    locals: dict[str, Any] = field(default_factory=dict)  # of the frame that raised
    test: str = ""  # the condition of an assert, or of the if around a raise


def mend(failure: Failure, specs: Specs) -> Iterator[Specs]:
    for pattern, rule in _RULES:
        found = re.search(pattern, failure.message, re.S)
        if found:
            yield from rule(found, failure, specs)
    if failure.test:
        yield from _condition(failure, specs)


def _each(specs: Specs, failure: Failure) -> Iterator[tuple[int, Spec]]:
    """Tensor arguments, those named on the failing line first."""
    order = sorted(range(len(specs)), key=lambda n: (n not in failure.named, n))
    for n in order:
        if specs[n].is_tensor:
            yield n, specs[n]


def _with(specs: Specs, n: int, spec: Spec) -> Specs:
    return (*specs[:n], spec, *specs[n + 1 :])


def _size(failure: Failure, specs: Specs, old: int, new: int) -> Iterator[Specs]:
    """Every way in which some axis of size `old` becomes `new`; first all arguments' last such axis together."""
    if new <= 0 or old == new:
        return
    together = tuple(next(iter(s.swap(old, new)), s) if s.is_tensor else s for s in specs)
    singles = [_with(specs, n, changed) for n, spec in _each(specs, failure) for changed in spec.swap(old, new)]
    yield from singles[:1]
    if together != specs:
        yield together
    yield from singles[1:]


def _linear(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    have, want = int(found[2]), int(found[3])
    yield from _size(failure, specs, have, want)
    yield from _product(failure, specs, have, want)
    yield from _size(failure, specs, int(found[1]), want)
    # a width on another axis: (batch, width, length) code fed with (batch, length, width)
    for n, spec in _each(specs, failure):
        if len(spec.shape) >= 2:
            yield _with(specs, n, spec.put(-1, want))
            if len(spec.shape) >= 3:
                yield _with(specs, n, spec.put(1, want))


def _product(failure: Failure, specs: Specs, have: int, want: int) -> Iterator[Specs]:
    """A flattened size: some axes multiply to `have` and should multiply to `want`."""
    for n, spec in _each(specs, failure):
        rest = spec.shape[2:]
        if len(spec.shape) == 4:
            channels = spec.shape[1]
            for c in (channels, *(c for c in (1, 3, 16, 32, 64, 128, 256, 512) if c != channels)):
                side = math.isqrt(want // c) if want % c == 0 else 0
                if side and side * side * c == want:
                    yield _with(specs, n, replace(spec, shape=(spec.shape[0], c, side, side)))
        for axis in range(1, len(spec.shape)):
            scaled = spec.shape[axis] * want
            if have and scaled % have == 0 and scaled // have > 0:
                yield _with(specs, n, spec.put(axis, scaled // have))
        if rest and len(spec.shape) == 3 and want % spec.shape[1] == 0:
            yield _with(specs, n, spec.put(2, want // spec.shape[1]))


def _channels(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    want, have = int(found["want"]), int(found["have"])
    for n, spec in _each(specs, failure):
        if len(spec.shape) >= 2 and spec.shape[1] == have:
            yield _with(specs, n, spec.put(1, want))
    yield from _size(failure, specs, have, want)
    for n, spec in _each(specs, failure):
        if len(spec.shape) >= 3:
            yield _with(specs, n, spec.put(1, want))


def _rank(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    for rank in sorted({int(found[n]) for n in range(1, (found.lastindex or 0) + 1) if found[n]}, reverse=True):
        for n, spec in _each(specs, failure):
            for changed in spec.ranked(rank):
                yield _with(specs, n, changed)
        everywhere = [tuple((s.ranked(rank) or [s])[k if len(s.ranked(rank)) > k else 0] if s.is_tensor and
                            s.kind == FLOAT else s for s in specs) for k in (0, 1)]  # fmt: skip
        yield from everywhere


def _unpack(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    want = int(found[1])
    for n, spec in _each(specs, failure):
        for changed in spec.ranked(want):
            yield _with(specs, n, changed)
        if not spec.many:
            yield _with(specs, n, replace(spec, many=want))


def _deeper(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    for n, spec in _each(specs, failure):
        for rank in (len(spec.shape) + 1, len(spec.shape) + 2, len(spec.shape) - 1):
            for changed in spec.ranked(rank):
                yield _with(specs, n, changed)


def _match(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    a, b = int(found[1]), int(found[2])
    yield from _size(failure, specs, a, b)
    yield from _size(failure, specs, b, a)
    yield from _same_shape(specs)
    for n, spec in _each(specs, failure):
        if a % max(b, 1) == 0 or b % max(a, 1) == 0:
            for axis in range(1, len(spec.shape)):
                yield _with(specs, n, spec.put(axis, max(1, spec.shape[axis] * b // a)))


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
    for n, spec in _each(specs, failure):
        if len(spec.shape) > len(want):
            yield _with(specs, n, replace(spec, shape=(*spec.shape[: -len(want)], *want)))
        else:
            yield _with(specs, n, replace(spec, shape=(2, 16, *want)))
    got = [int(v) for v in re.findall(r"\d+", found[2])]
    for have, need in zip(reversed(got), reversed(want), strict=False):
        yield from _size(failure, specs, have, need)
    for n, spec in _each(specs, failure):
        if len(spec.shape) >= 3:
            yield _with(specs, n, spec.put(1, want[0]))


def _kind(kind: str) -> Callable[[re.Match[str], Failure, Specs], Iterator[Specs]]:
    def rule(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
        for n, spec in _each(specs, failure):
            if spec.kind == kind:
                continue
            if kind == INT:
                short = spec.shape if len(spec.shape) <= 2 else spec.shape[:2]
                yield _with(specs, n, Spec(short, INT, spec.high))
                yield _with(specs, n, Spec(spec.shape[:1], INT, spec.high))
            yield _with(specs, n, replace(spec, kind=kind))

    return rule


def _lower_high(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    for n, spec in _each(specs, failure):
        if spec.kind == INT and spec.high > 2:
            yield _with(specs, n, replace(spec, high=max(2, spec.high // 4)))
    for n, spec in _each(specs, failure):
        for axis in range(1, len(spec.shape)):
            if spec.shape[axis] > 1:
                yield _with(specs, n, spec.put(axis, spec.shape[axis] // 2))


def _target(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    shape = tuple(int(v) for v in found[1].split(","))
    for n, spec in _each(specs, failure):
        yield _with(specs, n, Spec(shape, INT, spec.high))


def _attribute(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    """An argument that is no tensor but carries one, such as another model's output."""
    for n, spec in _each(specs, failure):
        if n in failure.named or len(specs) == 1:
            yield _with(specs, n, Spec(fixed=f"types.SimpleNamespace({found[1]}={spec.text()})"))


def _larger(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    for factor in (2, 4, 8, 32):
        for n, spec in _each(specs, failure):
            if len(spec.shape) >= 3:
                shape = (*spec.shape[:2], *(s * factor for s in spec.shape[2:]))
                yield _with(specs, n, replace(spec, shape=shape))
        for n, spec in _each(specs, failure):
            for axis in range(1, len(spec.shape)):
                yield _with(specs, n, spec.put(axis, spec.shape[axis] * factor))


def _reshape(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    for n, spec in _each(specs, failure):
        for axis in reversed(range(1, len(spec.shape))):
            for size in (16, 64, 8, 32, 4, 128, 256, 1):
                if spec.shape[axis] != size:
                    yield _with(specs, n, spec.put(axis, size))


def _einops(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    left = found[1].split("->")[0]
    axes = re.findall(r"\([^)]*\)|\S+", left)
    shape = [int(v) for v in re.findall(r"\d+", found[2])]
    if "..." not in left and len(axes) != len(shape):
        yield from _rank_to(failure, specs, len(axes), len(shape))
    chunk = re.search(r"can't divide axis of length (\d+) in chunks of (\d+)", failure.message)
    if chunk:
        have, step = int(chunk[1]), int(chunk[2])
        for new in (step * max(1, have // step), step * 2, step * 4, step):
            yield from _size(failure, specs, have, new)


def _rank_to(failure: Failure, specs: Specs, want: int, have: int) -> Iterator[Specs]:
    for n, spec in _each(specs, failure):
        if len(spec.shape) == have:
            for changed in spec.ranked(want):
                yield _with(specs, n, changed)


def _condition(failure: Failure, specs: Specs) -> Iterator[Specs]:
    """`assert x.shape[1] == self.channels`: put the values of both sides in, and move the one to the other."""
    try:
        tree = ast.parse(failure.test, mode="eval").body
    except SyntaxError:
        return
    for compare in (node for node in ast.walk(tree) if isinstance(node, ast.Compare)):
        left, right = (_value(side, failure) for side in (compare.left, compare.comparators[0]))
        text = ast.unparse(compare)
        if isinstance(left, tuple) and isinstance(right, tuple):
            for a, b in zip(left, right, strict=False):
                yield from _both(failure, specs, a, b)
        elif isinstance(compare.left, ast.BinOp) and isinstance(compare.left.op, ast.Mod):
            yield from _divisible(failure, specs, compare.left)
        elif isinstance(left, int) and isinstance(right, int):
            if re.search(r"ndim|\.dim\(\)|len\(", text):
                yield from _rank_to(failure, specs, right, left)
            yield from _both(failure, specs, left, right)


def _both(failure: Failure, specs: Specs, a: Any, b: Any) -> Iterator[Specs]:
    if isinstance(a, int) and isinstance(b, int) and a != b:
        yield from _size(failure, specs, a, b)
        yield from _size(failure, specs, b, a)


def _divisible(failure: Failure, specs: Specs, node: ast.BinOp) -> Iterator[Specs]:
    number, step = _value(node.left, failure), _value(node.right, failure)
    if isinstance(number, int) and isinstance(step, int) and step > 0:
        for new in (step * max(1, number // step), step * 2, step * 4, step):
            yield from _size(failure, specs, number, new)


def _value(node: ast.expr, failure: Failure) -> Any:
    try:
        code = compile(ast.Expression(node), "condition", "eval")
        return eval(code, {"__builtins__": {"len": len, "min": min, "max": max, "tuple": tuple}}, failure.locals)
    except Exception:  # noqa: BLE001 - foreign objects may raise anything; then this condition says nothing
        return None


_RULES: tuple[tuple[str, Callable[[re.Match[str], Failure, Specs], Iterator[Specs]]], ...] = (
    (r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x\d+\)", _linear),
    (r"size mismatch, got input \(\d+\), mat \((\d+)x(\d+)\), vec \((\d+)\)", _linear),
    (r"to have (?P<want>\d+) channels, but got (?P<have>\d+) channels", _channels),
    (r"running_mean should contain (?P<have>\d+) elements not (?P<want>\d+)", _channels),
    (r"Expected number of channels in input to be divisible by num_groups.*?shape \[\d+, (?P<have>\d+)[^]]*\] and "
     r"num_groups=(?P<want>\d+)", _channels),
    (r"weight of shape \[(?P<want>\d+)\] and input of shape \[\d+, (?P<have>\d+)", _channels),
    (r"weight to be a vector of size equal to the number of channels in input, but got weight of shape \[(?P<want>\d+)\] "
     r"and input of shape \[\d+, (?P<have>\d+)", _channels),
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
    (r"Dimension out of range|tuple index out of range|Dimension specified as|too many indices|number of dims don't match|"
     r"dimensions? .* must|permute\(sparse_coo\)|is not equal to len\(dims\)|IndexError: ", _deeper),
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
    (r"[Kk]ernel size can't be greater|Output size is too small|smaller than kernel|Padding size should be less|non-?zero size|"
     r"[Ee]xpected more than 1 (value|spatial)|maximum size for tensor|exceeds dimension size|negative dimension|"
     r"too small|non-empty|must be greater|Trying to create tensor with negative", _larger),
    (r"shape '.*?' is invalid for input of size|view size is not compatible|cannot reshape|is not divisible|must be divisible|"
     r"unflatten|split_with_sizes|split_size|invalid for input", _reshape),
    (r'pattern "(.*?)"\.(.*)', _einops),
    (r"(imag|real|angle|view_as_real).*complex|requires? a complex|complex-valued|complex tensor", _kind(COMPLEX)),
    (r"is torch.Size\(\[(\d+).*?should be \((\d+)", _match),
    (r"Expected target size \[([\d, ]+)\]", _target),
    (r"'Tensor' object has no attribute '(\w+)'", _attribute),
    (r"(\d)[- ]?[dD](?:imensional)? tensor", _rank),
)  # fmt: skip
