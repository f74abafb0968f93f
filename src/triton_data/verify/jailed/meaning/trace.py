"""Which operations a reference performs, with which constants, and what becomes of each integer input on the way.

`traced(call, inputs)` runs it once. Out: names of operations, constants, and for each integer leaf the parts it plays:
an index, a length that is compared with positions, a number that is computed with. Foreign code runs: only in the jail.
Not covered: which values are admitted (admissible.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.formats.dispatch_mode import DispatchMode
from triton_data.verify.jailed import operations

_INDEXED = {"gather", "embedding", "index", "index_select", "scatter", "scatter_add", "scatter_reduce", "index_add",
            "index_put", "index_put_", "index_copy", "take", "nll_loss_forward", "nll_loss2d_forward", "scatter_",
            "scatter_add_", "index_add_", "index_copy_", "_index_put_impl_", "_embedding_bag", "put_", "index_fill",
            "take_along_dim", "_unsafe_index", "bincount", "one_hot", "embedding_renorm_", "_unsafe_index_put",
            "_embedding_bag_forward_only"}  # fmt: skip
_OVERWRITING = {"scatter", "scatter_", "index_put", "index_put_", "index_copy", "index_copy_", "put_",
                "_index_put_impl_", "_unsafe_index_put"}  # fmt: skip
_COMPARED = {"lt", "le", "gt", "ge", "eq", "ne"}
_ORDERED = {"lt", "le", "gt", "ge"}
_DIVIDED = {"div", "floor_divide", "remainder", "fmod"}
_COMPUTED = {"mul", "add", "sub", "rsub", "neg", "abs", "bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_not",
             "pow", "clamp", "maximum", "minimum", "sum", "mean", "cumsum", "_to_copy", "__rshift__", "__lshift__",
             "bitwise_right_shift", "bitwise_left_shift", "where", "stack", "cat", "sign", "amax", "amin", "max",
             "min", "mm", "bmm", "dot", "sort", "argmax", "argmin", *_DIVIDED}  # fmt: skip
_SHIFTS = {"__rshift__", "__lshift__", "bitwise_right_shift", "bitwise_left_shift"}
_ROUNDING = {"round", "floor", "ceil", "trunc", "frac", "fmod", "remainder", "floor_divide"}
MOST_CONSTANTS = 8


@dataclass
class Traced:
    operations: set[str] = field(default_factory=set)
    constants: list[float] = field(default_factory=list)
    scales: list[float] = field(default_factory=list)  # that numbers are multiplied with or divided by
    integer_constants: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))  # by leaf
    parts: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))  # by leaf
    spans: dict[int, int] = field(default_factory=dict)  # by leaf: how many positions it is compared with
    divisors: set[int] = field(default_factory=set)  # floating-point leaves that are divided by as they come
    differences: bool = False  # of two inputs
    rounds: bool = False
    reads: bool = False  # the host looks at numbers


class _Tracing(DispatchMode):
    def __init__(self, leaves: list[Any]) -> None:
        super().__init__()
        self.found = Traced()
        self.kept: list[Any] = list(leaves)  # so that an id stays its own
        self.sources = {id(leaf): {n} for n, leaf in enumerate(leaves) if _is_integer(leaf)}
        self.positions: dict[int, int] = {}
        self.plain = {id(leaf): n for n, leaf in enumerate(leaves) if isinstance(leaf, torch.Tensor)}  # and views of it

    def __torch_dispatch__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        name = operations.INSIDE[-1] if operations.INSIDE else operations.short(func)
        self.found.operations.add(name)
        flat = pytree.tree_leaves((args, kwargs))
        given = [leaf for leaf in flat if isinstance(leaf, torch.Tensor)]
        sources = set().union(*(self.sources.get(id(tensor), set()) for tensor in given))
        self._constants(name, flat, sources)
        self.found.rounds |= name in _ROUNDING or _rounds(func, kwargs, given, result)
        if name == "div" and len(given) > 1 and id(given[1]) in self.plain:
            self.found.divisors.add(self.plain[id(given[1])])
        if name in ("sub", "rsub") and len({self.plain.get(id(one)) for one in given} - {None}) == 2:
            self.found.differences |= all(one.is_floating_point() for one in given)
        if func.is_view and given and isinstance(result, torch.Tensor) and id(given[0]) in self.plain:
            self.kept.append(result)
            self.plain[id(result)] = self.plain[id(given[0])]
        self.found.reads |= operations.kind(name) == "read"
        if sources:
            self._parts(name, args, kwargs, given)
        for tensor in (leaf for leaf in pytree.tree_leaves(result) if isinstance(leaf, torch.Tensor)):
            self._follow(name, tensor, given, sources)
        return result

    def _follow(self, name: str, tensor: torch.Tensor, given: list[torch.Tensor], sources: set[int]) -> None:
        self.kept.append(tensor)
        if sources and not tensor.is_floating_point():
            self.sources[id(tensor)] = self.sources.get(id(tensor), set()) | sources
        if name == "arange":
            self.positions[id(tensor)] = tensor.numel()
        elif not sources and given and all(id(one) in self.positions or one.numel() == 1 for one in given):
            lengths = [self.positions[id(one)] for one in given if id(one) in self.positions]
            if lengths:
                self.positions[id(tensor)] = max(lengths)

    def _constants(self, name: str, flat: list[Any], sources: set[int]) -> None:
        if name in ("mul", "div") and len(self.found.scales) < MOST_CONSTANTS:
            numbers = [float(value) for value in flat if type(value) in (int, float)]
            self.found.scales += [n for n in numbers if 1e-4 < abs(n) < 1e4 and n not in self.found.scales]
        for value in flat:
            if type(value) is float and abs(value) < 1e4 and value not in self.found.constants:
                if len(self.found.constants) < MOST_CONSTANTS:
                    self.found.constants.append(value)
            elif type(value) is int and name in _COMPARED:
                for leaf in sources:
                    self.found.integer_constants[leaf].add(value)
                if not sources and float(value) not in self.found.constants:
                    self.found.constants.append(float(value))

    def _parts(self, name: str, args: Any, kwargs: Any, given: list[torch.Tensor]) -> None:
        for place, tensor in enumerate(given):
            if tensor.dtype is torch.bool and name not in _INDEXED:
                continue  # what a comparison said of it
            for leaf in self.sources.get(id(tensor), set()):
                self.found.parts[leaf] |= self._part(name, args, place, tensor, leaf, given)

    def _part(
        self, name: str, args: Any, place: int, tensor: torch.Tensor, leaf: int, given: list[torch.Tensor]
    ) -> set[str]:
        if name in _INDEXED and (place > 0 or name in ("bincount", "one_hot")):
            return {"index", "overwrites"} if name in _OVERWRITING else {"index"}
        if name in _ORDERED and (spans := [self.positions[id(one)] for one in given if id(one) in self.positions]):
            self.found.spans[leaf] = max(spans)
            return {"length"}
        if name in _COMPARED:
            return {"compared"}
        if name in _DIVIDED and place == 1:
            return {"number", "divisor"}
        if name in _SHIFTS and place == 1:
            return {"shift"}
        return {"number"} if name in _COMPUTED else set()


def _rounds(func: Any, kwargs: dict[str, Any], given: list[torch.Tensor], result: Any) -> bool:
    if kwargs.get("rounding_mode") is not None:
        return True
    converts = operations.short(func) == "_to_copy" and isinstance(result, torch.Tensor)
    return converts and not result.is_floating_point() and any(one.is_floating_point() for one in given)


def _is_integer(leaf: Any) -> bool:
    return isinstance(leaf, torch.Tensor) and not leaf.is_floating_point() and not leaf.is_complex()


def traced(call: Callable[[Any], Any], inputs: Any) -> Traced:
    tracing = _Tracing(pytree.tree_leaves(inputs))
    with tracing:
        call(inputs)
    found: Traced = tracing.found
    return found
