"""Search for arguments with which a class can be constructed and called.

In: the namespace of an executed standalone file and a request (entry, evidence, time). Out: constructor and forward
arguments as source text, with other sizes that work, or why there are none. Evidence is tried first, then guesses from
the signature, which jailed/repair/repair.py corrects after each error; the state that got furthest (counted in torch
calls) is continued first. Runs in the jail.
Not covered: whether the result is finite and repeatable (`check` of jailed/probe.py sees to that in a fresh process).
"""

from __future__ import annotations

from typing import Any

import torch

from triton_data.extract.jailed.attempt import Attempt, Budget, Result
from triton_data.extract.jailed.repair.unfixable_errors import absent_name
from triton_data.extract.jailed.search.construct import Built, Constructions
from triton_data.extract.jailed.search.forward import find_forward
from triton_data.extract.jailed.search.vary import larger_inputs
from triton_data.extract.jailed.spec import Specs, written
from triton_data.extract.wire import Arguments, FailedAt, Failure, InputsFound, InputSource, SearchInputs

ATTEMPTS = 400  # constructions and calls, whatever time is left


def search(namespace: dict[str, Any], request: SearchInputs) -> InputsFound | Failure:
    cls = namespace.get(request.entry)
    if not isinstance(cls, type) or not issubclass(cls, torch.nn.Module):
        return Failure(FailedAt.IMPORT, f"{request.entry} is no nn.Module once executed")
    budget = Budget(request.seconds, ATTEMPTS, request.seconds / 3)
    attempt = Attempt(namespace, budget)
    best: Result | None = None
    constructions = Constructions(attempt, cls, request.evidence, request.guess)
    while (built := constructions.next()) is not None:
        called = find_forward(attempt, cls, built)
        if called.specs is not None:
            return _success(attempt, built, called.specs, called.as_shown)
        if best is None or called.result.progress > best.progress:
            best = called.result
        if budget.spent():
            break
        constructions.refused(called.result)
    best = (
        best
        or constructions.failure
        or Result(False, failed_at=FailedAt.CONSTRUCT, error="no way to construct it was found")
    )
    return Failure(best.failed_at, best.error, absent_name(best, namespace), budget.used)


def _success(attempt: Attempt, built: Built, specs: Specs, as_shown: bool) -> InputsFound:
    authors = built.source in (InputSource.USAGE, InputSource.TESTS)
    source = InputSource.DEDUCED if authors and not as_shown else built.source  # called with shapes of our own
    evidence = attempt.observe(built, specs)  # before other sizes may use up the time
    more = larger_inputs(attempt, built, specs)
    arguments = Arguments(tuple(built.args), built.kwargs, tuple(written(specs)), tuple(map(tuple, more)))
    return InputsFound(arguments, source, evidence, attempt.budget.used)
