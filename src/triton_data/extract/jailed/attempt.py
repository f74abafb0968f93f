"""One attempt: construct or call foreign code within a time limit, and say how far it got and where it failed.

In: a class or a model, and arguments as source text. Out: `Result`. Runs in the jail.
Not covered: deciding what to try next (jailed/search/construct.py, jailed/search/forward.py).
"""

from __future__ import annotations

import ast
import functools
import linecache
import math
import re
import signal
import time
import types
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from triton_data.extract.jailed.clues.accesses import Questions
from triton_data.extract.jailed.clues.compared_literals import literals
from triton_data.extract.jailed.clues.raise_conditions import Complaints
from triton_data.extract.jailed.observe.observe import Observer
from triton_data.extract.jailed.repair.spec_changes import FailedCall
from triton_data.extract.jailed.spec import written
from triton_data.extract.limits import PATIENCE
from triton_data.extract.programs.interpreted import STARTS_INTERPRETER
from triton_data.extract.wire import EvidenceByClass, FailedAt

FOREIGN = "standalone.py"
_PLACE = str.maketrans("", "", "⟦⟧")
_KEYWORD = re.compile(r"([^\W\d]\w*)=(?!=)(.*)", re.S)


class TooSlow(Exception):
    """Raised inside of foreign code when its time is up; it may be wrapped on its way out."""


@dataclass(eq=False)
class Budget:
    seconds: float  # of the processor
    attempts: int
    each: float = 4.0  # seconds for one of them
    used: int = 0
    began: float = field(default_factory=time.process_time)
    began_on_the_clock: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        waited = (time.monotonic() - self.began_on_the_clock) / PATIENCE
        return self.seconds - max(time.process_time() - self.began, waited)

    def late(self) -> bool:
        return self.left() < 0

    def spent(self) -> bool:
        return self.used >= self.attempts or self.late()


@dataclass(eq=False)
class Result:
    ok: bool
    value: Any = None
    failed_at: FailedAt = FailedAt.FORWARD
    error: str = ""
    progress: int = 0
    frames: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)  # of the foreign file, outermost first
    raised: tuple[type[BaseException], ...] = ()  # what ended it, then what that was raised from

    @property
    def too_slow(self) -> bool:
        return TooSlow in self.raised

    @property
    def lines(self) -> list[str]:
        return [linecache.getline(FOREIGN, number).strip() for _, number, _ in self.frames]


class _Count(TorchFunctionMode):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.calls += 1
        return func(*args, **(kwargs or {}))


@dataclass(eq=False)
class Attempt:
    namespace: dict[str, Any]
    budget: Budget

    @functools.cached_property
    def tree(self) -> ast.Module:
        return ast.parse("".join(linecache.getlines(FOREIGN)))

    @property
    def interpreted(self) -> bool:
        """Kernels run in Triton's interpreter, where a published model's sizes take minutes."""
        return STARTS_INTERPRETER in self.namespace

    @functools.cached_property
    def complaints(self) -> Complaints:
        return Complaints(self.tree)

    @functools.cached_property
    def literals(self) -> dict[str, list[str]]:
        return literals(self.tree)

    @functools.cached_property
    def questions(self) -> Questions:
        return Questions.read(self.tree)

    def source_of(self, name: str) -> str:
        lines = linecache.getlines(FOREIGN)
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef) and node.name == name:
                return "".join(lines[node.lineno - 1 : node.end_lineno])
        return ""

    def value(self, text: str) -> Any:
        scope = {"torch": torch, "math": math, "functools": functools, "types": types}
        names = {k: v for k, v in self.namespace.items() if not k.startswith("__")}
        return eval(text.translate(_PLACE), {**scope, **names, "torch": torch})

    def construct(
        self, cls: type, args: Sequence[str], kwargs: Mapping[str, str], objects: Mapping[str, Any] | None = None
    ) -> Result:
        """`objects`: arguments that have no text yet."""

        def run() -> Any:
            torch.manual_seed(0)
            named = {**{k: self.value(v) for k, v in kwargs.items()}, **(objects or {})}
            return cls(*[self.value(a) for a in args], **named)

        return self._try(run, FailedAt.CONSTRUCT)

    def call(self, model: Any, inputs: list[str], values: bool = True, limit: float | None = None) -> Result:
        """`inputs` as they stand in a call, keywords last; without `values` only shapes are looked at."""

        def run() -> Any:
            torch.manual_seed(1)
            pairs = [_KEYWORD.match(text) for text in inputs]
            args = [self.value(text) for text, pair in zip(inputs, pairs, strict=True) if pair is None]
            kwargs = {pair[1]: self.value(pair[2]) for pair in pairs if pair is not None}
            with torch.no_grad():
                return model(*args, **kwargs)

        result = self._try(run, FailedAt.FORWARD, limit)
        tensors = list(tensors_in(result.value)) if result.ok else []
        if result.ok and not tensors:
            error = f"returns {type(result.value).__name__}"
            return Result(False, failed_at=FailedAt.NO_TENSOR, error=error, progress=result.progress)
        if values and not all(_finite(tensor) for tensor in tensors):
            return Result(False, failed_at=FailedAt.NOT_FINITE, error="not finite", progress=result.progress)
        return result

    def _try(self, run: Any, step: FailedAt, limit: float | None = None) -> Result:
        self.budget.used += 1
        count = _Count()
        try:
            with limited(min(limit or self.budget.each, max(0.2, self.budget.left()))), count:
                return Result(True, run(), step, progress=count.calls)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code may raise anything
            message = f"{type(error).__name__}: {error}"[:1500]
            return Result(False, None, step, message, count.calls, _foreign_frames(error), _raised(error))

    def observe(self, built: Any, specs: tuple[Any, ...]) -> EvidenceByClass:
        """One more run under hooks, so that the classes inside learn from this one."""
        observer = Observer(self.namespace)
        with observer.watching():
            constructed = self.construct(built.cls, built.args, built.kwargs)
            if constructed.ok:
                self.call(constructed.value, written(specs))
        return observer.evidence()


def tensors_in(value: Any, depth: int = 0) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
        return
    inside: Any = ()
    if isinstance(value, dict):
        inside = value.values()
    elif isinstance(value, list | tuple):
        inside = value
    elif hasattr(value, "__dataclass_fields__"):
        inside = vars(value).values()
    if depth < 6:
        for item in inside:
            yield from tensors_in(item, depth + 1)


def _finite(tensor: torch.Tensor) -> bool:
    plain = tensor.dtype.is_floating_point or tensor.dtype.is_complex
    return not plain or tensor.layout is not torch.strided or bool(torch.isfinite(tensor).all())


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """So many seconds of the processor, so that what works does not depend on what else the machine does; and PATIENCE
    times as many on the clock, for what only waits."""

    def ring(*_: Any) -> None:
        raise TooSlow(f"more than {seconds:.1f} s")

    clocks = ((signal.SIGPROF, signal.ITIMER_PROF, seconds), (signal.SIGALRM, signal.ITIMER_REAL, PATIENCE * seconds))
    before = [signal.signal(number, ring) for number, _, _ in clocks]
    for _, timer, limit in clocks:
        signal.setitimer(timer, limit)
    try:
        yield
    finally:
        for (number, timer, _), handler in zip(clocks, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


def _foreign_frames(error: BaseException) -> list[tuple[str, int, dict[str, Any]]]:
    found = []
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_code.co_filename == FOREIGN:
            found.append((frame.f_code.co_name, trace.tb_lineno, dict(frame.f_locals)))
        trace = trace.tb_next
    return found


def _raised(error: BaseException) -> tuple[type[BaseException], ...]:
    """Its type, and those that it names as its causes: Triton's interpreter wraps whatever a kernel raises."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and all(cause is not each for each in chain):
        chain.append(cause)
        cause = cause.__cause__
    return tuple(map(type, chain))


def failed_call(result: Result, names: list[str], complaints: Complaints) -> FailedCall:
    """For repair.py: the failing line, which arguments stand on it, and the condition it states."""
    if not result.frames:
        return FailedCall(result.error, not_finite=result.failed_at is FailedAt.NOT_FINITE)
    lines = result.lines
    outer = next((n for n, (name, _, _) in enumerate(result.frames) if name == "forward"), 0)
    words = set(identifiers(lines[outer]))
    named = frozenset(n for n, name in enumerate(names) if name in words)
    test, local = _objection(result, complaints)
    sizes = complaints.sizes([line for _, line, _ in result.frames]) if test else ()
    return FailedCall(result.error, lines[-1], named, local, test, sizes)


def _objection(result: Result, complaints: Complaints) -> tuple[str, dict[str, Any]]:
    """The condition that was not met and what its names stand for: where it failed, or where that was called."""
    for _, number, local in reversed(result.frames[-2:]):
        test = complaints.condition(number)
        if "=" in test or "<" in test or ">" in test:
            return test, local
    return complaints.condition(result.frames[-1][1]), result.frames[-1][2]


def identifiers(line: str) -> list[str]:
    return "".join(c if c.isalnum() or c == "_" else " " for c in line).split()
