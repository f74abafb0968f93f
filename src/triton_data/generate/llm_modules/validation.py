"""Whether an answer is a module worth keeping: each question in turn, the cheap ones first.

In: a program's text and its entry. Out: what was seen, or a Drop with its category. Foreign code runs in a jail that
somebody else opened. What needs other rooms (compilers, the judge, benchmarks' fingerprints) is asked through the
protocols below; the pipeline fills them in. Not covered: retries (writing.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from triton_data.generate.llm_modules.reasons import Category
from triton_data.jail import RUN, Jail, Outcome, Task
from triton_data.records import Drop, Program, Record

_BY_STATUS = {
    "timeout": Category.TIMEOUT,
    "oom": Category.MEMORY,
    "forbidden": Category.FORBIDDEN,
    "processes": Category.FORBIDDEN,
    "disk": Category.FORBIDDEN,
    "flood": Category.FORBIDDEN,
    "signal": Category.FORBIDDEN,
    "exit": Category.FORBIDDEN,
    "bad_result": Category.FORBIDDEN,
}


@dataclass(frozen=True, slots=True)
class Ran:
    """In eager."""

    operators: tuple[str, ...]
    inputs: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[int, ...], ...]
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """`pair` says what came of it: verified, or why there is no verified pair of a module that is good otherwise."""

    pair: str
    records: tuple[Record, ...] = ()


class Compiler(Protocol):
    """From a Program to what torch.compile's compiler, the rewriter and the judge make of it. Called from threads."""

    jail: Jail | None

    def resources(self) -> AbstractContextManager[object]: ...
    def __call__(self, program: Program) -> Compiled | Drop: ...


class Known(Protocol):
    """What is there already: benchmarks, and the modules of this run and its store. Called from one thread."""

    def alike(self, program: Program) -> Drop | None: ...
    def keep(self, program: Program) -> None: ...


def run_eager(jail: Jail, text: str, entry: str, seconds: float) -> Ran | Drop:
    policy = replace(RUN, wall_s=seconds, cpu_s=max(1, int(seconds)))
    task = Task("triton_data.generate.llm_modules.jailed:check", payload={"text": text, "entry": entry})
    outcome = jail.run(task, policy)
    value = outcome.value
    if not outcome.ok:
        return dropped(outcome)
    try:
        return _parsed(value, outcome.facts.layers)
    except (KeyError, TypeError, ValueError):
        return Drop(Category.FORBIDDEN, "what it says of itself has not the form of an answer")


def dropped(outcome: Outcome) -> Drop:
    """What the jail ended, by its facts."""
    category = _BY_STATUS.get(outcome.status, Category.RUNTIME)
    return Drop(category, outcome.reason[:1000])


def _parsed(value: Any, layers: tuple[str, ...]) -> Ran | Drop:
    """A claim from inside: exact fields and plain values, or an exception."""
    if "category" in value:
        return Drop(Category(value["category"]), str(value["detail"])[:1000])
    inputs, outputs = (_shapes(value[name]) for name in ("inputs", "outputs"))
    return Ran(tuple(map(str, value["operators"][:2000])), inputs, outputs, layers)


def _shapes(value: Iterable[Iterable[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(int(size) for size in shape) for shape in value)
