"""Grow a graph operator by operator: forward from what is there, or backwards from an output.

In: a wish and a Draw. Out: a Graph, or None where an operator found nothing that suits it. Values that nobody reads
yet are read first, so that what comes out hangs together; then values are read again, or inputs made.
Not covered: sizes that meet a window (fit.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from triton_data.generate.graphs.graph import Graph, Input, Node, Use
from triton_data.generate.graphs.wish import Wish
from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.entry import ANY, FLOATS, Argument, Call, Operator, Spec
from triton_data.generate.operators.rendering import guarded, lies_within, peak_of
from triton_data.generate.operators.table import start

REUSE = 0.25  # how often a value that is read already is read again
STRIDED = 0.08
LIMIT = {"float16": 2e4, "bfloat16": 1e30, "float32": 1e30}  # magnitudes that an output may be expected to have
LARGEST_RANK = 5
Interval = tuple[float, float] | None


@dataclass
class Builder:
    wish: Wish
    draw: Draw
    specs: list[Spec] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)
    known: list[Interval] = field(default_factory=list)
    reads: list[int] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)  # values of operators that nobody reads yet, newest first

    def value(self, spec: Spec, peak: float, known: Interval = None) -> int:
        self.specs.append(spec)
        self.peaks.append(peak)
        self.known.append(known)
        self.reads.append(0)
        return len(self.specs) - 1

    def input(self, argument: Argument) -> int:
        place = self.value(argument.spec, peak_of(argument), (argument.values.low, argument.values.high))
        plain = argument.spec.rank >= 2 and argument.values is ANY and not argument.weight
        self.inputs.append(Input(place, argument, self.draw.chance(STRIDED) and plain))
        return place

    # ---- one operator ----------------------------------------------------------------------------------------------

    def apply(self, op: Operator, connected: bool) -> bool:
        """Call it on what is there; with `connected` it must read what another operator made."""
        unread = tuple(self.waiting)
        again = [node.makes for node in self.nodes if self.reads[node.makes]] if self.draw.chance(REUSE) else []
        for place in (*unread, *again):
            if self._read(op, place):
                return True
        shapes = [
            self.specs[place].shape for place in unread[:1] if op.ranks[0] <= self.specs[place].rank <= op.ranks[1]
        ]
        for shape in (*shapes, *(() if connected and self.nodes else (None,) * 4)):
            spec = start(op, self.draw, self.wish.dtype, self.wish.rank)
            call = op.take(spec if shape is None else Spec(shape, spec.dtype), self.draw)
            if call is not None and self._put(op, call, None, "{0}", connected and bool(self.nodes)):
                return True
        return False

    def _read(self, op: Operator, place: int) -> bool:
        spec = self.specs[place]
        dtype = spec.dtype if spec.dtype in op.dtypes else self._cast(op)
        if not dtype or not op.ranks[0] <= spec.rank <= op.ranks[1]:
            return False
        call = op.take(Spec(spec.shape, dtype), self.draw)
        around = "{0}" if dtype == spec.dtype else f"{{0}}.to(torch.{dtype})"
        return call is not None and self._put(op, call, place, around, False)

    def _cast(self, op: Operator) -> str:
        if self.wish.dtype in op.dtypes and self.wish.dtype in FLOATS:
            return self.wish.dtype
        return next((dtype for dtype in op.dtypes if dtype in FLOATS), "")

    def _put(self, op: Operator, call: Call, primary: int | None, around: str, must_read: bool) -> bool:
        if call.output.rank > LARGEST_RANK or call.output.elements == 0:
            return False
        chosen: list[tuple[int | None, str, Argument]] = []
        for number, argument in enumerate(call.arguments):
            if number == call.primary and primary is not None:
                chosen.append((primary, around, argument))
            else:
                chosen.append(self._other(argument, call, [primary, *(each for each, _, _ in chosen)]))
        if must_read and all(each is None for each, _, _ in chosen):
            return False
        arguments = tuple(argument for _, _, argument in chosen)
        call = Call(arguments, call.output, call.flops, call.settings, call.primary)
        self.node(op, call, [self.use(*each) for each in chosen])
        return True

    def node(self, op: Operator, call: Call, uses: list[Use]) -> int:
        uses, peak = self._tamed(op, call, uses)
        made = self.value(call.output, peak, op.gives)
        self.nodes.append(Node(op, call, tuple(uses), made))
        self.waiting.insert(0, made)
        return made

    def _other(self, argument: Argument, call: Call, taken: list[int | None]) -> tuple[int | None, str, Argument]:
        """A value for a further argument: one that fits, or None for an input of its own."""
        if argument.weight or not argument.values.guard:
            return None, "{0}", argument
        for place in (*self.waiting, *(range(len(self.specs)) if self.draw.chance(REUSE) else ())):
            spec = self.specs[place]
            if spec.dtype == argument.spec.dtype and place not in taken and self._fits(spec, argument, call):
                return place, "{0}", Argument(spec, argument.values, argument.bound, loose=argument.loose)
        return None, "{0}", argument

    def _fits(self, spec: Spec, argument: Argument, call: Call) -> bool:
        if not argument.loose:
            return spec.shape == argument.spec.shape
        whole = call.output.shape
        pairs = zip(reversed(spec.shape), reversed(whole), strict=False)
        return spec.rank <= len(whole) and all(size in (1, most) for size, most in pairs)

    def use(self, place: int | None, around: str, argument: Argument) -> Use:
        if place is None:
            place = self.input(argument)
        elif not lies_within(self.known[place] if around == "{0}" else None, argument.values):
            around = guarded(around, argument.spec, argument.values, argument.bound)
        self.reads[place] += 1
        if place in self.waiting:
            self.waiting.remove(place)
        return Use(place, around)

    def _tamed(self, op: Operator, call: Call, uses: list[Use]) -> tuple[list[Use], float]:
        """What would overflow is scaled down before."""
        limit = LIMIT.get(call.output.dtype, float("inf"))
        largest = [1.0 if use.around != "{0}" else self.peaks[use.value] for use in uses]
        peaks = [max(peak, 8.0) if use.around != "{0}" else peak for peak, use in zip(largest, uses, strict=True)]
        peak = min(op.peak(call, peaks), max(map(abs, op.gives)) if op.gives else float("inf"))
        if peak <= limit or call.output.dtype not in FLOATS:
            return uses, min(peak, 1e30)
        factor = f"{2.0 ** -max(4, int(peak / limit).bit_length()):.4g}"
        scaled = [
            Use(use.value, f"({use.around} * {factor})")
            if argument.spec.dtype in FLOATS and not argument.weight
            else use
            for use, argument in zip(uses, call.arguments, strict=True)
        ]
        return scaled, limit / 2

    def finished(self) -> Graph:
        outputs = tuple(sorted(self.waiting))
        return Graph(tuple(self.specs), tuple(self.inputs), tuple(self.nodes), outputs)
