"""What a program's tensors go through, while it runs on fake tensors.

In: calls of ATen, as they are dispatched. Out: each tensor's history as a hash and as an expression (algebra.py), the
operators in order. Code that asks a tensor for its values is answered by a guess: all is well, and nothing is large.
Not covered: what depends on values in another way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch._subclasses.fake_tensor import DataDependentOutputException

from triton_data.curate.benchmarks import algebra, lowering
from triton_data.curate.benchmarks.weighed import Weigher
from triton_data.records import digest

LONGEST = 2000  # operators of which an expression is made, and that are noted
ENDLESS = 20_000  # no more of them are followed: a recurrent layer over hundreds of steps
_COMMUTES = {"add", "mul", "maximum", "minimum"}
_MADE = {"empty", "zeros", "ones", "full", "arange", "rand", "randn", "randint", "scalar_tensor", "empty_like"}
_NUMBER = 1.5  # any that no operator takes for a special case
_WELL = {"eq": True, "isfinite": True, "ne": False, "isnan": False, "isinf": False}  # of what is asked of values


class TooLong(Exception):
    """What follows is not worth the time."""


class Recorder(Weigher):
    """Every tensor's history as one hash of the operator that made it and the histories of its operands, and as an
    expression."""

    def __init__(self) -> None:
        super().__init__()
        self.begin([])

    def begin(self, inputs: list[torch.Tensor]) -> None:
        """What was made before is there from the start."""
        self.inputs = inputs
        self.kept: list[Any] = list(inputs)  # so that no id is given away twice
        self.history = {id(tensor): "input" for tensor in inputs}
        self.expressions = {id(tensor): algebra.source(place) for place, tensor in enumerate(inputs)}
        self.operators: list[str] = []
        self.numbers: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        try:
            result = func(*args, **kwargs)
        except DataDependentOutputException:
            return _guess(self.expression(args[0]), args[0])
        self.weigh(func, args, result)
        if func.namespace != "aten":  # questions about a tensor, such as prim.device
            return result
        name = func.overloadpacket.__name__.rstrip("_")
        flat = torch.utils._pytree.tree_leaves((args, kwargs))
        operands = [self.of(value) for value in flat if isinstance(value, torch.Tensor)]
        made = operands[0] if name in lowering.SAME and operands else self._made(name, operands, flat)
        expressed = list(self._expressed(name, args, kwargs, result))
        for place, tensor in enumerate(torch.utils._pytree.tree_leaves(result)):
            if isinstance(tensor, torch.Tensor):
                self.kept.append(tensor)
                self.history[id(tensor)] = f"{made}#{place}" if place else made
                self.expressions[id(tensor)] = expressed[place]
        return result

    def of(self, tensor: torch.Tensor) -> str:
        return self.history.get(id(tensor), "parameter")

    def expression(self, tensor: torch.Tensor) -> algebra.Node:
        return self.expressions.get(id(tensor), algebra.CONST)

    def _made(self, name: str, operands: list[str], flat: list[Any]) -> str:
        if name in _MADE:
            return "made"
        if name == "addmm":  # x @ w + b, written in one call or in two
            self.operators += ["mm", "add"]
            return digest("add", *sorted((digest("mm", *operands[1:]), operands[0])))
        self.operators.append(name)
        if len(self.operators) > ENDLESS:
            raise TooLong
        self.numbers += [repr(value) for value in flat if isinstance(value, bool | int | float)]
        return digest(name, *(sorted(operands) if name in _COMMUTES else operands))

    def _expressed(self, name: str, args: Any, kwargs: Any, result: Any) -> Iterator[algebra.Node]:
        leaves = torch.utils._pytree.tree_leaves(result)
        if len(self.operators) > LONGEST:
            yield from (algebra.CONST for _ in leaves)
            return
        tensors = [t for t in torch.utils._pytree.tree_leaves((args, kwargs)) if isinstance(t, torch.Tensor)]
        if name in ("permute", "transpose", "t") and self.expression(tensors[0]) is not algebra.CONST:
            yield algebra.permute(self.expression(tensors[0]), _order(name, tensors[0], args))
        elif name == "convolution" and _is_pointwise(args) and self.expression(args[1]) is algebra.CONST:
            yield lowering.pointwise(self.expression(args[0]), args[2] is not None)
        elif name in lowering.PARTS:
            for leaf in leaves:
                whole = leaf.shape == tensors[0].shape
                later = leaf.storage_offset() > tensors[0].storage_offset()
                part = algebra.applied("last part" if later else "first part", self.expression(tensors[0]))
                yield self.expression(tensors[0]) if whole else part
        else:
            call = lowering.Call(
                [self._argument(each) for each in args], {k: self._argument(v) for k, v in kwargs.items()}
            )
            operands = [each for each in map(self._argument, tensors) if isinstance(each, algebra.Node)]
            first = lowering.lowered(name, call, operands or [algebra.CONST for _ in tensors])
            for place, _ in enumerate(leaves):
                yield lowering.others(name, call, first, place) if place else first

    def _argument(self, value: Any) -> Any:
        """A tensor of one element that is there from the start is a number."""
        if not isinstance(value, torch.Tensor):
            return value
        found = self.expression(value)
        return _NUMBER if found is algebra.CONST and value.numel() == 1 else found


def _is_pointwise(args: Any) -> bool:
    _, weight, _, stride, padding, _, transposed, _, groups = args[:9]
    return weight.shape[2:].numel() == 1 and {*stride} == {1} and not any(padding) and not transposed and groups == 1


def _order(name: str, tensor: torch.Tensor, args: Any) -> tuple[int, ...]:
    """Of the axes, those of size one aside."""
    rank = tensor.dim()
    order = list(range(rank))
    if name == "permute":
        order = [each % rank for each in args[1]]
    elif rank >= 2:
        one, other = (args[1] % rank, args[2] % rank) if name == "transpose" else (0, 1)
        order[one], order[other] = other, one
    kept = [axis for axis in range(rank) if tensor.shape[axis] != 1]
    return tuple(kept.index(axis) for axis in order if axis in kept)


def _guess(asked: algebra.Node, tensor: torch.Tensor) -> Any:
    """Checks pass: all are finite, none is not a number; a value is neither large nor nothing."""
    if tensor.dtype != torch.bool:
        return 1 if not tensor.dtype.is_floating_point else 1.0
    return _well(asked)


def _well(asked: algebra.Node) -> bool:
    if not asked.of:
        return False
    if asked.name in ("mul", "all", "any", "bitwise_and", "logical_and", "bitwise_or", "logical_or"):
        return any(map(_well, asked.of)) if "or" in asked.name else all(map(_well, asked.of))
    if asked.name in ("bitwise_not", "logical_not"):
        return not _well(asked.of[0])
    if asked.name == "ne" and len(set(asked.of)) == 1 and asked.of[0].name == "abs":
        return True  # |x| is not infinite
    return _WELL.get(asked.name, False) is True and not (asked.name == "eq" and asked.of[0].name == "abs")
