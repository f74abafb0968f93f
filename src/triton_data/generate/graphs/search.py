"""A graph for a wish: trials of sampling first, then the solver, then an honest Drop.

In: a wish. Out: what was found, or a Drop: `infeasible` with the proof, or `unknown`. Nothing is relaxed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from math import inf, log2

from triton_data.generate.graphs.fit import attempt, fit, small
from triton_data.generate.graphs.graph import LARGEST_TENSOR, Graph
from triton_data.generate.graphs.reasons import Reason
from triton_data.generate.graphs.solve import Outcome, solve
from triton_data.generate.graphs.wish import Wish
from triton_data.generate.operators import operator
from triton_data.generate.operators.draw import Draw
from triton_data.generate.operators.forbidden import forbidden
from triton_data.records import Drop

TRIALS = 24
EXACT = 3  # times as many where the operators are fixed: most of those trials end early
STEP, LEAST = 8, 2**10  # how far the usual window moves at a time, and to where
GROWN = 6  # trials for each of them: not every trial has a graph
GIVEN_UP = 2  # after so many that the solver came to no end with
SOLVED = 8  # graphs of one wish that go to the solver


@dataclass(frozen=True, slots=True)
class Found:
    graph: Graph
    small: Graph | None
    trial: int
    solved: bool = False


def search(wish: Wish, trials: int = TRIALS, solved: int = SOLVED) -> Found | Drop:
    proof = impossible(wish)
    if proof:
        return Drop(Reason.INFEASIBLE, proof)
    while True:
        found = _sampled(wish, trials)
        if found is not None or not wish.usual or wish.window.min_flops <= LEAST:
            return found or _solved(wish, trials, solved)
        lower = replace(wish.window, min_flops=wish.window.min_flops // STEP, max_flops=wish.window.max_flops // STEP)
        wish = replace(wish, window=lower)


def _sampled(wish: Wish, trials: int) -> Found | None:
    for trial in range(trials * (EXACT if wish.exact else 1)):
        scale = _scale(wish, trial)
        found = fit(wish, trial, scale)
        if found is not None:
            return Found(found[0], small(wish, trial, found[1]), trial)
    return None


def _solved(wish: Wish, trials: int, count: int) -> Found | Drop:
    outcomes = Counter[Outcome]()
    for trial in range(count * GROWN):
        scale = _scale(wish, trial)
        solution = solve(wish, trial, scale)
        if solution is None:
            continue
        outcome, sizes = solution
        outcomes[outcome] += 1
        graph = attempt(wish, trial, scale, sizes)[0] if sizes else None
        if graph is not None and wish.window.holds(graph):
            return Found(graph, small(wish, trial, scale), trial, True)
        if outcomes.total() == count or outcomes[Outcome.UNKNOWN] == GIVEN_UP:
            break
    names = " ".join(wish.exact) or f"{wish.count} operators"
    told = f"{names}: no graph inside the window in {trials} trials"
    if wish.exact and outcomes[Outcome.INFEASIBLE] == count > 0:
        return Drop(
            Reason.INFEASIBLE, f"{told}; CP-SAT: no sizes bring any of {count} graphs of these operators into it"
        )
    return Drop(
        Reason.UNKNOWN,
        f"{told}; CP-SAT: {', '.join(f'{key.value} {n}' for key, n in sorted(outcomes.items(), key=str))}",
    )


def impossible(wish: Wish) -> str:
    """Why no graph can be as it is wished; '' where one could."""
    for first, second in zip(wish.exact, wish.exact[1:], strict=False):
        if reason := forbidden(first, second):
            return reason
    if wish.reach < wish.window.min_flops:
        costs = " + ".join(f"{operator(name).bound:g}" for name in wish.exact)
        return (
            f"{' '.join(wish.exact)}: at most ({costs}) FLOPs an element of a tensor with 2^{int(log2(LARGEST_TENSOR))}"
            f" elements = {wish.reach:g} < {wish.window.min_flops}"
        )
    return ""


def _scale(wish: Wish, trial: int) -> int:
    """How large sizes are drawn: a guess at what leads into the window, differently in every trial."""
    wanted = log2(max(2, wish.window.min_flops, min(wish.window.max_flops, 2**30) / 64))
    middle = wanted / 3.2 if wish.reach == inf else wanted / 3.6
    drawn = middle + Draw(f"scale {wish.seed}.{wish.index}.{trial}").random.uniform(-1.5, 1.0)
    return max(4, min(8192, int(2**drawn)))
