"""The piece of a graph that became one kernel, from the comment that Inductor writes above it.

In: the comment. Out: a `Fragment`: what the kernel reads and writes, and the ATen calls between, pruned to what its
results need. Declined (None) where the comment does not tell: old torch, random numbers, factories on a device.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

_READ = re.compile(r'%(\w+) : Tensor "([^"]+)" = PlaceHolder')
_CALL = re.compile(
    r'%(\w+) : (?:Tensor "([^"]+)")?.*?= call_function\[target=([\w.]+)\]\(args = (\(.*\)), kwargs = (\{.*\})\)$'
)
_TYPE = re.compile(r"^(\w+)\[(.*?)\]\[(.*?)\]")
_UNKNOWN = re.compile(r"rand|seed|symint|prims\._", re.IGNORECASE)
_PART = re.compile(r"^getitem(?:_(\d+))?$")
DEVICE = "the_device"  # stands for the device that the inputs are on


@dataclass(frozen=True)
class Kind:
    """A tensor's type as the comment spells it: `f32[4, 8][8, 1]cuda:0`."""

    dtype: str
    size: tuple[int, ...]
    stride: tuple[int, ...]

    @property
    def count(self) -> int:
        return math.prod(self.size)

    @property
    def is_contiguous(self) -> bool:
        wanted = contiguous(self.size)
        return all(n == 1 or has == want for n, has, want in zip(self.size, self.stride, wanted, strict=True))


def contiguous(size: Sequence[int]) -> tuple[int, ...]:
    return tuple(math.prod(max(length, 1) for length in size[axis + 1 :]) for axis in range(len(size)))


@dataclass(frozen=True)
class Call:
    name: str
    target: str  # torch.ops.aten.add.Tensor
    args: tuple[ast.expr, ...]
    kwargs: tuple[tuple[str, ast.expr], ...]

    @property
    def reads(self) -> list[str]:
        values = [*self.args, *(value for _, value in self.kwargs)]
        names = [n.id for value in values for n in ast.walk(value) if isinstance(n, ast.Name)]
        return [name for name in names if name not in ("torch", "inf", "nan", DEVICE)]


@dataclass(frozen=True)
class Fragment:
    inputs: tuple[str, ...]  # in the order of the kernel's loads
    outputs: tuple[str, ...]
    calls: tuple[Call, ...]
    kinds: dict[str, Kind]


def fragment_of(comment: str, outputs: int) -> Fragment | None:
    """`outputs` is how many results the kernel stores; what it writes besides stays inside it."""
    lines = [line.lstrip("# ").rstrip() for line in comment.partition("# Graph fragment:")[2].splitlines()]
    kinds: dict[str, Kind] = {}
    reads, calls, writes = list[str](), dict[str, Call](), list[str]()
    for line in lines:
        if found := _READ.match(line):
            reads.append(found[1])
            _learn(kinds, found[1], found[2])
        elif found := _CALL.match(line):
            _learn(kinds, found[1], found[2] or "")
            call = _call(found[1], found[3], found[4], found[5])
            if call is not None:
                calls[call.name] = call
        elif line.startswith("return "):
            writes = [word.strip().lstrip("%") for word in line.removeprefix("return ").split(",")]
    stored = writes[-outputs:] if outputs == 1 else writes
    inputs = tuple(name for name in reads if name not in writes)
    if len(stored) != outputs or len(set(stored)) != outputs or not all(name in kinds for name in (*stored, *inputs)):
        return None
    _add_parts(calls, inputs)
    needed = _needed(stored, inputs, calls)
    if needed is None or set(inputs) - {name for call in needed for name in call.reads}:
        return None  # an input that the calls do not read: the comment and the kernel disagree on where to start
    return Fragment(inputs, tuple(stored), needed, kinds)


def _add_parts(calls: dict[str, Call], inputs: Sequence[str]) -> None:
    """The comment leaves out how a pair of results is taken apart; the graph numbers the parts in their order."""
    read = {name for call in calls.values() for name in call.reads if _PART.match(name)} - {*calls, *inputs}
    several = [call for call in calls.values() if call.target.split(".")[-2] in ("var_mean", "prepare_softmax_online")]
    parts = sorted(read, key=lambda name: int((_PART.match(name) or [0, 0])[1] or 0))
    if len(parts) != 2 * len(several):
        return
    ordered = list(calls.values())
    for index, source in enumerate(several):
        at = ordered.index(source)
        ordered[at : at + 1] = _taken_apart(source, *parts[2 * index : 2 * index + 2])
    calls.clear()
    calls.update({call.name: call for call in ordered})


def _taken_apart(source: Call, first: str, second: str) -> list[Call]:
    if source.target.endswith("var_mean.correction"):
        taken = [(_name(source.name), ast.Constant(index)) for index in range(2)]
        parts = zip((first, second), taken, strict=True)
        return [source, *(Call(part, "operator.getitem", args, ()) for part, args in parts)]
    value, dim = source.args
    axes = ast.List([dim], ast.Load())
    shifted = ast.BinOp(value, ast.Sub(), _name(first))
    exp = ast.Call(ast.parse("torch.exp", mode="eval").body, [shifted], [])
    return [
        Call(first, "torch.ops.aten.amax.default", (value, axes, ast.Constant(True)), ()),
        Call(second, "torch.ops.aten.sum.dim_IntList", (exp, axes, ast.Constant(True)), ()),
    ]


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _needed(stored: Sequence[str], inputs: Sequence[str], calls: dict[str, Call]) -> tuple[Call, ...] | None:
    """The calls between inputs and results, in order; None where they start from something else."""
    wanted, queue = set[str](), list(stored)
    while queue:
        name = queue.pop()
        if name in wanted or name in inputs:
            continue
        if name not in calls:
            return None
        wanted.add(name)
        queue += calls[name].reads
    return tuple(call for name, call in calls.items() if name in wanted)


def _learn(kinds: dict[str, Kind], name: str, text: str) -> None:
    found = _TYPE.match(text)
    if found is None:
        return
    numbers = [[part.strip() for part in group.split(",") if part.strip()] for group in found.groups()[1:]]
    if all(part.isdigit() for group in numbers for part in group):
        size, stride = (tuple(map(int, group)) for group in numbers)
        kinds[name] = Kind(found[1], size, stride)


def _call(name: str, target: str, args: str, kwargs: str) -> Call | None:
    if _UNKNOWN.search(f"{target} {kwargs}"):
        return None
    kwargs = re.sub(r"(cuda:0|cpu)\b", DEVICE, kwargs)
    plain = re.sub(r"%(\w+)", r"\1", f"{args} {kwargs}")
    given = plain[: len(plain) - len(re.sub(r"%(\w+)", r"\1", kwargs))].strip()
    named = re.sub(r"(\w+): ", r"'\1': ", plain[len(given) :].strip())
    try:
        arguments, keywords = (ast.parse(text, mode="eval").body for text in (given, named))
    except SyntaxError:
        return None
    if not isinstance(arguments, ast.Tuple) or not isinstance(keywords, ast.Dict):
        return None
    names = [key.value for key in keywords.keys if isinstance(key, ast.Constant)]
    return Call(name, target, tuple(arguments.elts), tuple(zip(map(str, names), keywords.values, strict=True)))
