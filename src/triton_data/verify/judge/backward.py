"""Are a candidate's gradients right? Asked of one that was captured in training, and of one that has a `backward`.

In: a trial that has passed in its forward direction. Out: the question, if the reference can be differentiated. A pair
captured in training must give every weight's gradient, and at least one; inputs ask for none where they are data. A
hand-written one may leave any out (None). Those that are given must be right. Not covered: whether torch computes a
hand-written one's gradients.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from triton_data.verify.compare import outputs
from triton_data.verify.compare.expected import Case
from triton_data.verify.draws.draws import Draw
from triton_data.verify.jailed import gradients
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.questions import Answer, Question
from triton_data.verify.judge.trial import Trial, observe, payload_of
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values

NAME = "gradients"


def question(trial: Trial, allowed: frozenset[str], checks: Checks) -> Iterator[Question]:
    strict = trial.differentiated
    if not strict and not gradients.claimed(trial.candidate):
        return
    backward = replace(trial, gradients=True)
    plan = [Draw("given", trial.seed + 21), Draw("normal", trial.seed + 22), Draw("given", trial.seed + 23)]
    seen = observe(backward, Checks(), plan)
    if isinstance(seen, Judgement) or seen.big:
        why = seen.detail if isinstance(seen, Judgement) else "too large"
        checks.say(NAME, f"none of the reference's: {why}")
        return
    cases = [case for case in seen.cases if case.steady and _has_gradients(case)]
    stable = [case for case in cases if case.stable]
    if not stable:
        checks.say(NAME, "the reference has none" if not cases else "eager's are nowhere near those in float64")
        return
    names = [_named(where) for where in stable[0].expected if _is_gradient(where)]
    payload = {**payload_of(backward, seen, stable, allowed), "gradients": names, "judge_backward": strict}
    yield Question(payload, lambda answer: _judged(answer, stable, strict, checks))


def _has_gradients(case: Case) -> bool:
    return any(_is_gradient(where) for where in case.expected)


def _is_gradient(where: str) -> bool:
    return where.startswith(f"['{gradients.GRADIENTS}']")


def _judged(answer: Answer, cases: list[Case], strict: bool, checks: Checks) -> Judgement | None:
    if isinstance(answer, Judgement):
        return replace(answer, detail=f"gradients: {answer.detail}")
    quiet, told = Checks(), set(_given(answer))
    expected = {where for case in cases for where in case.expected if _is_gradient(where)}
    missing = sorted(expected - told)
    owed = [_named(where) for where in missing if strict and (not told or _named(where).startswith("weight"))]
    if owed and not answer.value.get("failed"):
        return checks.failed(Reason.WRONG_STRUCTURE, f"no gradient of {owed[0]}")
    if not strict:
        _forgive_writes(answer)
    found = outputs.believed(answer, [_only(case, told) for case in cases], quiet)
    if found is not None:
        checks.say(NAME, "wrong")
        return checks.failed(found.reason, f"gradients: {found.detail}", found.ratio)
    right = ", ".join(_named(where) for where in sorted(expected & told))
    left_out = f"; not given: {len(missing)}" if missing else ""
    checks.say(NAME, f"{right}: {quiet.made['error']}{left_out}" if right else "none given")
    return None


def _forgive_writes(answer: outputs.Told) -> None:
    """Kernels written by hand reuse the memory of what they saved, once it has been used."""
    rows = answer.value.get("draws")
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict):
            row["mutated"] = {}


def _given(answer: outputs.Told) -> Iterator[str]:
    """Of the first draw; what does not read as an answer is judged later on."""
    try:
        given: Any = values.unpack(answer.draws[0]["outputs"], answer.tensors)
        yield from (where for where, _ in values.leaves(given) if _is_gradient(where))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError):
        return


def _only(case: Case, told: set[str]) -> Case:
    """Without the gradients that the candidate leaves out."""
    kept = {where: one for where, one in case.expected.items() if not _is_gradient(where) or where in told}
    leaves = [(where, leaf) for where, leaf in case.outputs if where in kept or not _is_gradient(where)]
    return replace(case, expected=kept, outputs=leaves)


def _named(where: str) -> str:
    return where.removeprefix(f"['{gradients.GRADIENTS}']").strip("[']")
