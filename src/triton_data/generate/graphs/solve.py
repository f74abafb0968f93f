"""OR-Tools CP-SAT for windows that sampling misses: FLOPs, bytes and intensity at once, over the sizes of one graph.

In: a wish and a trial. Out: sizes that bring that trial's graph into the window; or the proof that none do; or neither
within the limit. The model has a variable a size, and one a product, quotient and remainder of the graph's formulas; it
is searched for a fixed amount of work, not of time, so that the same seed leads to the same sizes on any machine.
Not covered: other graphs of the same operators (search.py goes through several).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from triton_data.errors import MissingExtra
from triton_data.generate.graphs.fit import grown
from triton_data.generate.graphs.graph import LARGEST_TENSOR, Graph
from triton_data.generate.graphs.symbolic import Comparison, Formula, Trace, formula_of
from triton_data.generate.graphs.wish import Window, Wish

WORK = 0.5  # of CP-SAT's deterministic time, about seconds
LARGEST = 2**55
PARTS = 1000  # intensity is counted in thousandths


class Outcome(Enum):
    SOLVED = "solved"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


def solve(wish: Wish, trial: int, scale: int) -> tuple[Outcome, dict[int, int]] | None:
    """None where this trial has no graph at all."""
    try:
        from ortools.sat.python import cp_model
    except ModuleNotFoundError as missing:
        raise MissingExtra("graphs", "a window that sampling misses") from missing
    trace = Trace()
    graph, draw = grown(wish, trial, scale, trace.size)
    if graph is None:
        return None
    model = _Model(cp_model.CpModel(), draw.sizes)
    _constrain(model, graph, trace, wish.window)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, 0
    solver.parameters.max_deterministic_time = WORK
    status = solver.solve(model.cp)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome.SOLVED, {number: solver.value(variable) for number, variable in model.sizes.items()}
    return (Outcome.INFEASIBLE if status == cp_model.INFEASIBLE else Outcome.UNKNOWN), {}


def _constrain(model: _Model, graph: Graph, trace: Trace, window: Window) -> None:
    flops, size = model.of(formula_of(graph.flops)), model.of(formula_of(graph.bytes))
    for value, low, high in ((flops, window.min_flops, window.max_flops), (size, window.min_bytes, window.max_bytes)):
        model.cp.add(value.term >= min(low, LARGEST))
        model.cp.add(value.term <= min(high, LARGEST))
    if window.min_intensity > 0:
        model.cp.add(PARTS * flops.term >= int(window.min_intensity * PARTS) * size.term)
    if window.max_intensity < PARTS * PARTS:
        model.cp.add(PARTS * flops.term <= int(window.max_intensity * PARTS) * size.term)
    for spec in graph.specs:
        if isinstance(spec.elements, int):
            model.cp.add(model.of(formula_of(spec.elements)).term <= LARGEST_TENSOR)
    for comparison in trace.comparisons:
        model.compare(comparison)


@dataclass(frozen=True)
class _Value:
    term: Any  # a linear expression of the model
    low: int
    high: int


@dataclass
class _Model:
    cp: Any
    drawn: list[tuple[int, int, int]]  # (value, smallest, largest) by number
    sizes: dict[int, Any] = field(default_factory=dict)
    known: dict[Formula, _Value] = field(default_factory=dict)

    def of(self, formula: Formula) -> _Value:
        if formula not in self.known:
            self.known[formula] = self._made(formula)
        return self.known[formula]

    def _made(self, formula: Formula) -> _Value:
        if formula.operation == "const":
            return _Value(formula.left, formula.left, formula.left)
        if formula.operation == "size":
            _, low, high = self.drawn[formula.left]
            self.sizes[formula.left] = self.cp.new_int_var(low, high, f"size {formula.left}")
            return _Value(self.sizes[formula.left], low, high)
        return getattr(self, _BY_SIGN[formula.operation])(self.of(formula.left), self.of(formula.right))  # type: ignore[no-any-return]

    def plus(self, one: _Value, two: _Value) -> _Value:
        return _Value(one.term + two.term, one.low + two.low, one.high + two.high)

    def minus(self, one: _Value, two: _Value) -> _Value:
        return _Value(one.term - two.term, one.low - two.high, one.high - two.low)

    def product(self, one: _Value, two: _Value) -> _Value:
        corners = [a * b for a in (one.low, one.high) for b in (two.low, two.high)]
        low, high = max(min(corners), -LARGEST), min(max(corners), LARGEST)
        if one.low == one.high:
            return _Value(one.low * two.term, low, high)
        if two.low == two.high:
            return _Value(one.term * two.low, low, high)
        made = self.cp.new_int_var(low, high, "")
        self.cp.add_multiplication_equality(made, [one.term, two.term])
        return _Value(made, low, high)

    def quotient(self, one: _Value, two: _Value) -> _Value:
        """Rounded down, as Python does; the solver rounds to zero, so what is divided is moved to where both agree."""
        if two.low != two.high:
            return self._divided(one, two)
        moved = -(-max(0, -one.low) // two.low)
        made = self.cp.new_int_var(0, max(0, one.high // two.low + moved), "")
        self.cp.add_division_equality(made, one.term + moved * two.low, two.low)
        return _Value(made - moved, one.low // two.low, one.high // two.low)

    def _divided(self, one: _Value, two: _Value) -> _Value:
        """By something that is no constant, such as a batch."""
        low, high = max(one.low, 0), one.high // max(1, two.low)
        number, by = self.cp.new_int_var(low, one.high, ""), self.cp.new_int_var(max(1, two.low), two.high, "")
        made = self.cp.new_int_var(0, high, "")
        self.cp.add(number == one.term)
        self.cp.add(by == two.term)
        self.cp.add_division_equality(made, number, by)
        return _Value(made, 0, high)

    def remainder(self, one: _Value, two: _Value) -> _Value:
        times = self.product(two, self.quotient(one, two))
        return _Value(one.term - times.term, 0, two.high - 1)

    def compare(self, comparison: Comparison) -> None:
        one, two = self.of(comparison.left).term, self.of(comparison.right).term
        if isinstance(one, int) and isinstance(two, int):
            return
        constraints = {
            "==": lambda: one == two, "!=": lambda: one != two, "<": lambda: one < two,
            "<=": lambda: one <= two, ">": lambda: one > two, ">=": lambda: one >= two,
        }  # fmt: skip
        self.cp.add(constraints[comparison.operation]())


_BY_SIGN = {"+": "plus", "-": "minus", "*": "product", "//": "quotient", "%": "remainder"}
