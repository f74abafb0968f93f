"""From what a model said to numbers: the program in an answer, how far it got, pass@k with confidence intervals.

In: completions and what was found of each. Out: code, a Score a level. Not covered: finding it out
(evaluate/answers.py).
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LEVELS = ("parses", "has_kernel", "compiles", "correct")
_FENCE = re.compile(r"^(`{3,})[ \t]*(\w*)[^\n]*\n(.*?)(?:^\1`*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_Z = 1.96  # 95%


def program_in(answer: str, began: str = "") -> str:
    """The longest fenced Python block, or all of it. `began` is what the prompt had opened: code, or a fence."""
    whole = began + answer
    blocks = [match[3] for match in _FENCE.finditer(whole) if match[2].lower() in ("python", "py", "")]
    return max(blocks, key=len) if blocks else whole


def reads(text: str) -> ast.Module | None:
    try:
        return ast.parse(text) if text.strip() else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def kernels_in(module: ast.Module) -> list[str]:
    """Functions under @triton.jit or @jit."""
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    return [node.name for node in functions if any(_is_jit(each) for each in node.decorator_list)]


def _is_jit(decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(target) in ("triton.jit", "jit")


@dataclass(frozen=True)
class Score:
    """pass@k over the tasks that could be asked at this level."""

    level: str
    k: int
    value: float
    low: float
    high: float
    tasks: int
    passed: int  # completions
    completions: int


def pass_at_k(samples: int, passed: int, k: int) -> float:
    """The chance that one of k drawn from these passes, without bias (Chen et al., 2021)."""
    if samples - passed < k:
        return 1.0
    return 1.0 - math.comb(samples - passed, k) / math.comb(samples, k)


def interval(value: float, tasks: int) -> tuple[float, float]:
    """Wilson's, with a task as one trial: it holds where all or none pass, and is wide where tasks are few."""
    if not tasks:
        return 0.0, 1.0
    centre = (value + _Z**2 / (2 * tasks)) / (1 + _Z**2 / tasks)
    half = _Z / (1 + _Z**2 / tasks) * math.sqrt(value * (1 - value) / tasks + _Z**2 / (4 * tasks**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def scores(found: Mapping[str, Sequence[Mapping[str, bool | None]]], ks: Iterable[int]) -> list[Score]:
    """`found`: task to one mapping of level to outcome a completion; None is a level that could not be asked."""
    made = []
    for level in LEVELS:
        asked = {task: [each[level] for each in each_of if each.get(level) is not None]
                 for task, each_of in found.items()}  # fmt: skip
        asked = {task: outcomes for task, outcomes in asked.items() if outcomes}
        for k in ks:
            enough = {task: outcomes for task, outcomes in asked.items() if len(outcomes) >= k}
            if not enough:
                continue
            values = [pass_at_k(len(outcomes), sum(map(bool, outcomes)), k) for outcomes in enough.values()]
            value = sum(values) / len(values)
            passed = sum(sum(map(bool, outcomes)) for outcomes in enough.values())
            low, high = interval(value, len(values))
            made.append(Score(level, k, value, low, high, len(values), passed, sum(map(len, enough.values()))))
    return made
