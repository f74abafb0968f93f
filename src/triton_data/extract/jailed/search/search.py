"""Search for arguments with which a class can be constructed and called.

Enters: the namespace of an executed standalone file and a payload (entry, evidence, budget). Leaves: facts, among them
constructor and forward arguments as source text. Evidence is tried first, then guesses from the signature, which
jailed/repair/repair.py corrects after each error; the state that got furthest (counted in torch calls) is continued
first.
Runs in the jail. Not covered: whether the result is finite and repeatable (probe.check does that in a fresh process).
"""

from __future__ import annotations

from typing import Any

import torch

from triton_data.extract.jailed.attempt import Attempt, Budget, Result
from triton_data.extract.jailed.repair.unfixable_errors import absent_name
from triton_data.extract.jailed.search.construct import Built, constructions
from triton_data.extract.jailed.search.forward import find_forward
from triton_data.extract.jailed.search.vary import larger_inputs
from triton_data.extract.jailed.spec import written

Facts = dict[str, Any]


def search(namespace: dict[str, Any], payload: Facts) -> Facts:
    entry = payload["entry"]
    cls = namespace.get(entry)
    if not isinstance(cls, type) or not issubclass(cls, torch.nn.Module):
        return {"ok": False, "stage": "import", "error": f"{entry} is no nn.Module once executed"}
    seconds = payload.get("seconds", 12.0)
    budget = Budget(seconds, payload.get("attempts", 400), seconds / 3)
    attempt = Attempt(namespace, budget)
    best: Result | None = None
    for built in constructions(attempt, cls, payload.get("evidence", []), payload.get("guess", True)):
        if isinstance(built, Result):  # why it could not be constructed
            best = best or built
            continue
        result, specs = find_forward(attempt, cls, built)
        if result.ok and specs is not None:
            return _success(attempt, built, specs)
        built.refused = result
        if best is None or best.stage == "construct" or result.progress > best.progress:
            best = result
        if budget.spent():
            break
    best = best or Result(False, stage="construct", error="no way to construct it was found")
    return {
        "ok": False,
        "stage": best.stage,
        "error": best.error,
        "absent": absent_name(best, namespace),
        "attempts": budget.used,
        "timeout": budget.late(),
    }


def _success(attempt: Attempt, built: Built, specs: tuple[Any, ...]) -> Facts:
    inner = attempt.observe(built, specs)
    return {
        "ok": True,
        "init": built.args,
        "init_kw": built.kwargs,
        "inputs": written(specs),
        "more": larger_inputs(attempt, built, specs),
        "from": built.source,
        "evidence": inner,
        "attempts": attempt.budget.used,
    }
