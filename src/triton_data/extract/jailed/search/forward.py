"""Forward arguments for a constructed model: what evidence shows, then templates corrected after each error.

In: an `Attempt` and a `Built`. Out: the last `Result` and, where it is ok, the Specs.
Best first: a state whose run got further, counted in torch calls, is corrected before one that failed early.
Runs in the jail. Not covered: other ways to construct the model (construct.py).
"""

from __future__ import annotations

import ast
import heapq
import inspect
import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from triton_data.extract.jailed.attempt import Attempt, Result, failed_call
from triton_data.extract.jailed.clues.documented_shapes import written_shapes
from triton_data.extract.jailed.guess.forward_parts import names_of
from triton_data.extract.jailed.guess.instances import called, parameters, unwritten
from triton_data.extract.jailed.guess.starts import InputSizes, one_more, starts
from triton_data.extract.jailed.repair.repair import mend
from triton_data.extract.jailed.repair.unfixable_errors import beyond_arguments
from triton_data.extract.jailed.search.construct import Built
from triton_data.extract.jailed.search.meta import SLOW, MetaModel
from triton_data.extract.jailed.spec import Spec, Specs, parse, written
from triton_data.extract.wire import Call, FailedAt

MAX_TRIES = 140


@dataclass(frozen=True, slots=True)
class Called:
    result: Result
    specs: Specs | None  # that work
    as_shown: bool = False  # they are those of the evidence


def find_forward(attempt: Attempt, cls: type, built: Built) -> Called:
    for call in built.calls:
        specs = _bound(built.model, call)
        if specs is not None:
            inputs = written(specs)
            result = attempt.call(built.model, inputs, limit=2 * attempt.budget.each)  # an author's own sizes
            if result.ok:
                return Called(result, specs, as_shown=True)
    return _Search(attempt, cls, built).run()


def _bound(model: Any, call: Call) -> Specs | None:
    """Positional arguments where that is possible, as `get_inputs()` gives them; else keywords."""
    try:
        bound = inspect.signature(called(model)).bind(*call.args, **call.kwargs)
    except TypeError:
        return None
    values: list[Spec] = []
    keywords: dict[str, str] = {}
    for name, parameter in bound.signature.parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            values += map(parse, bound.arguments.get(name, ()))
        elif parameter.kind is parameter.VAR_KEYWORD:
            keywords |= bound.arguments.get(name, {})
        elif parameter.kind is parameter.KEYWORD_ONLY:
            keywords |= {name: bound.arguments[name]} if name in bound.arguments else {}
        elif name in bound.arguments:
            values.append(parse(bound.arguments[name]))
        elif _later_positional(bound, name):
            values.append(Spec(fixed=repr(parameter.default)))
    return (*values, *(replace(parse(text), keyword=name) for name, text in keywords.items()))


def _later_positional(bound: inspect.BoundArguments, name: str) -> bool:
    known = bound.signature.parameters
    names = list(known)
    return any(
        n in bound.arguments and known[n].kind is not inspect.Parameter.KEYWORD_ONLY
        for n in names[names.index(name) + 1 :]
    )


class _Search:
    """Best first; every third try is the next template, so that one bad start cannot use up all tries."""

    def __init__(self, attempt: Attempt, cls: type, built: Built) -> None:
        self.attempt, self.built = attempt, built
        self.known = sorted(_arguments_of(called(built.model)), key=lambda p: p.kind is p.KEYWORD_ONLY)
        shapes = written_shapes(attempt.source_of(cls.__name__), [p.name for p in self.known])
        sizes = InputSizes.read(_constructed_with(attempt, built))
        self.fresh = starts(built.model, self.known, shapes, sizes, attempt.questions)
        self.queue: list[tuple[int, int, Specs]] = []
        self.seen: set[Specs] = set()
        self.serial = 0
        self.meta: MetaModel | None = None

    def run(self) -> Called:
        best = Result(False, error="no forward arguments were guessed")
        for tried in range(1, MAX_TRIES + 1):
            specs = self._next(tried)
            if specs is None or self.attempt.budget.spent():
                break
            result = self._try(specs)
            if result.ok:
                return Called(result, specs)
            if beyond_arguments(result, self.attempt.namespace) or self._too_large(result, best):
                return Called(result, None)
            if result.progress >= best.progress:
                best = result
            if result.failed_at is FailedAt.NO_TENSOR and tried > 20:
                break
            self._push(specs, result)
        return Called(best, None)

    def _too_large(self, result: Result, best: Result) -> bool:
        """So far no arguments got further, and only a smaller model would be done in time."""
        return self.attempt.interpreted and result.too_slow and result.progress >= best.progress

    def _next(self, tried: int) -> Specs | None:
        if not self.queue or tried % 3 == 0:
            for specs in self.fresh:
                if specs not in self.seen:
                    self.seen.add(specs)
                    return specs
        return heapq.heappop(self.queue)[-1] if self.queue else None

    def _try(self, specs: Specs) -> Result:
        inputs = written(specs)
        refusal = self.meta.refusal(inputs) if self.meta is not None else None
        if refusal is not None:
            return refusal
        started = time.process_time()
        result = self.attempt.call(self.built.model, inputs)
        if self.meta is None and time.process_time() - started > SLOW:
            self.meta = MetaModel(self.attempt, self.built.model)
        return result

    def _push(self, specs: Specs, result: Result) -> None:
        failure = failed_call(result, names_of(specs, self.known), self.attempt.complaints)
        for other in itertools.islice((*mend(failure, specs), *self._optional(result, specs)), 14):
            if other not in self.seen and all(_modest(spec) for spec in other):
                self.seen.add(other)
                heapq.heappush(self.queue, (-result.progress, self.serial, other))
                self.serial += 1

    def _optional(self, result: Result, specs: Specs) -> Iterator[Specs]:
        """One more of the optional arguments, where the error is about something that is None."""
        given = tuple(spec for spec in specs if not spec.keyword)
        named = specs[len(given) :]
        places = [p for p in self.known if p.kind is not p.KEYWORD_ONLY]
        rest = places[len(written(given)) :]
        rest += [p for p in self.known if p.kind is p.KEYWORD_ONLY and p.name not in {s.keyword for s in named}]
        for n, parameter in enumerate(rest):
            if re.search(rf"\b{re.escape(parameter.name)}\b", result.error):
                skipped = [Spec(fixed=repr(p.default)) for p in rest[:n] if p in places]
                yield _with(given, named, skipped, one_more(parameter, specs, self.built.model))
        if rest and re.search("None|must be|required", result.error):
            yield _with(given, named, [], one_more(rest[0], specs, self.built.model))


def _constructed_with(attempt: Attempt, built: Built) -> dict[str, Any]:
    """Arguments by name, defaults included, as far as they are plain values."""
    known = parameters(built.cls)
    given = {p.name: p.default for p in known if p.default is not p.empty}
    texts = {**dict(zip((p.name for p in known), built.args, strict=False)), **built.kwargs}
    for name, text in texts.items():
        try:
            given[name] = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            given.pop(name, None)
    return given


def _arguments_of(forward: Any) -> list[inspect.Parameter]:
    """`*inputs` asks for one, where it stands alone, and takes up to two more."""
    known = parameters(forward)
    starred = next((p for p in inspect.signature(forward).parameters.values() if p.kind is p.VAR_POSITIONAL), None)
    if starred is None or unwritten(forward):
        return known
    places = [p for p in known if p.kind is not p.KEYWORD_ONLY]
    if not places:
        places.append(inspect.Parameter(starred.name, starred.POSITIONAL_ONLY))
    places += [inspect.Parameter(f"{starred.name}_{n}", starred.POSITIONAL_ONLY, default=None) for n in (2, 3)]
    return [*places, *(p for p in known if p.kind is p.KEYWORD_ONLY)]


def _with(given: Specs, named: Specs, skipped: list[Spec], new: Spec) -> Specs:
    if new.keyword:
        return (*given, *named, new)
    return (*given, *skipped, new, *named)


def _modest(spec: Spec) -> bool:
    size = 1
    for s in spec.shape:
        size *= s
    return size <= 4_000_000 and min(spec.shape, default=1) > 0
