"""The two ways through a graph: forward from inputs, and backwards from an output.

In: a wish and a Draw. Out: a Graph, or None. A fixed list of operators is kept as it is; else the pairs that are wanted
are tried first, and after them whatever fits. Not covered: how an operator finds its arguments (grow.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import inf

from triton_data.generate.graphs.graph import LARGEST_TENSOR, Graph
from triton_data.generate.graphs.grow import REUSE, Builder
from triton_data.generate.graphs.wish import Wish
from triton_data.generate.operators import operator, table
from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import FLOATS, Argument, Call, Operator
from triton_data.generate.operators.rendering import tensor
from triton_data.generate.operators.table import make, start

BRANCH = 0.12  # how often an operator begins anew instead of reading what is there
EARLY = 0.6  # where a sum of products is needed: before reductions have made all small
PICKED = 5  # operators that may find nothing that suits them, before a graph is given up
LOOKED_AT = 24  # random operators that are looked at for one that fits


def grow(wish: Wish, draw: Draw) -> Graph | None:
    return _backwards(wish, draw) if wish.backwards else _forward(wish, draw)


# ---- forward --------------------------------------------------------------------------------


def _forward(wish: Wish, draw: Draw) -> Graph | None:
    builder, waiting, due = Builder(wish, draw), list(wish.pairs), ""
    for step in range(wish.count):
        branch = not wish.exact and step + 2 < wish.count and draw.chance(BRANCH)
        for _ in range(1 if wish.exact else PICKED):
            if wish.exact:
                name = wish.exact[step]
            elif due and _follows(operator(due), builder):
                name, due = due, ""
            else:
                name, due = _next(builder, waiting, wish.count - step, draw)
            if builder.apply(operator(name), connected=bool(step) and not branch):
                break
        else:
            return None
    return builder.finished()


def _next(builder: Builder, waiting: list[tuple[str, str]], left: int, draw: Draw) -> tuple[str, str]:
    """The first wanted pair that fits here, and its second half for the next step; else any operator that fits."""
    if _falls_short(builder) and (left <= 2 or draw.chance(EARLY)):
        products = [op.name for op in _products() if _follows(op, builder)]
        if products:
            return draw.choice(products), ""
    for pair in waiting if left >= 2 else ():
        if draw.chance(0.7) and _follows(operator(pair[0]), builder):
            waiting.remove(pair)
            return pair
    for _ in range(LOOKED_AT):
        op = draw.choice(_all())
        if _follows(op, builder):
            return op.name, ""
    return "relu", ""


def _falls_short(builder: Builder) -> bool:
    """Whether no sizes could bring what is there into the window: then a sum of products is needed."""
    reach = sum(node.operator.bound for node in builder.nodes) * LARGEST_TENSOR / 16
    return reach < builder.wish.window.min_flops


def _follows(op: Operator, builder: Builder) -> bool:
    if not builder.waiting:
        return builder.wish.dtype in op.dtypes or not builder.nodes
    shape, dtype = builder.specs[builder.waiting[0]]
    low, high = op.ranks
    return low <= len(shape) <= high and (dtype in op.dtypes or op.dtypes[0] in FLOATS)


@cache
def _all() -> tuple[Operator, ...]:
    return tuple(table().values())


@cache
def _products() -> tuple[Operator, ...]:
    return tuple(op for op in _all() if op.bound == inf)


# ---- backwards --------------------------------------------------------------------------------


@dataclass
class _Slot:
    argument: Argument
    producer: _Step | None = None


@dataclass
class _Step:
    op: Operator
    call: Call
    slots: list[_Slot]


def _backwards(wish: Wish, draw: Draw) -> Graph | None:
    """Each operator makes what one of those after it asks for."""
    last = operator(wish.exact[-1]) if wish.exact else draw.choice(_all())
    call = last.take(start(last, draw, wish.dtype, wish.rank), draw)
    if call is None:
        return None
    root = newest = _step(last, call)
    for place in range(wish.count - 1):
        tried = [wish.exact[-2 - place]] if wish.exact else [draw.choice(_all()).name for _ in range(LOOKED_AT)]
        made = next(filter(None, (_made(operator(name), newest, draw) for name in tried)), None)
        if made is None:
            return None
        newest = made
    builder = Builder(wish, draw)
    _emit(root, builder)
    return builder.finished()


def _step(op: Operator, call: Call) -> _Step:
    return _Step(op, call, [_Slot(argument) for argument in call.arguments])


def _made(op: Operator, after: _Step, draw: Draw) -> _Step | None:
    """A call of `op` whose output one argument of the step after it can be."""
    for slot in after.slots:
        argument = slot.argument
        if argument.weight or not argument.values.guard:
            continue
        call = make(op, argument.spec, draw)
        if call is not None:
            slot.producer = _step(op, call)
            return slot.producer
    return None


def _emit(step: _Step, builder: Builder) -> int:
    uses = []
    for slot in step.slots:
        place = _emit(slot.producer, builder) if slot.producer else _shared(slot.argument, builder)
        uses.append(builder.use(place, "{0}", slot.argument))
    return builder.node(step.op, step.call, uses)


def _shared(argument: Argument, builder: Builder) -> int | None:
    """An input that is there already, now and then."""
    if argument.weight or not builder.draw.chance(REUSE):
        return None
    return next((each.value for each in builder.inputs if tensor(each.argument) == tensor(argument)), None)
