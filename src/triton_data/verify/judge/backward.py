"""Are a candidate's gradients right? Asked of one that was captured in training, and of one that has a `backward`.

In: a trial that has passed in its forward direction. Out: the question, if the reference can be differentiated. A pair
captured in training must give every weight's gradient, and at least one; inputs ask for none where they are data. A
hand-written one may leave any out (None). Those that are given must be right. Not covered: whether torch computes a
hand-written one's gradients.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from triton_data.verify.compare import outputs
from triton_data.verify.compare.answer import Answer
from triton_data.verify.compare.expected import Case
from triton_data.verify.draws.draws import Draw
from triton_data.verify.jailed import gradients
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.questions import Question, Response
from triton_data.verify.judge.trial import Trial, candidate_question, observe
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.record import Unreadable

NAME = "gradients"


def question(trial: Trial, allowed: frozenset[str], checks: Checks) -> Iterator[Question]:
    strict = trial.differentiated
    if not strict and not gradients.defines_backward(trial.candidate):
        return
    backward = replace(trial, gradients=True)
    plan = [Draw("given", trial.seed + 21), Draw("normal", trial.seed + 22), Draw("given", trial.seed + 23)]
    if trial.protocol > 1:  # by its seed each has another form of what flows in: gradients.FORMS
        plan += [Draw("normal", trial.seed + 24, weights=1), Draw("given", trial.seed + 25, weights=1)]
    observed = observe(backward, Checks(), plan)
    if isinstance(observed, Judgement) or observed.too_large:
        why = observed.detail if isinstance(observed, Judgement) else "too large"
        checks.add(NAME, f"none of the reference's: {why}")
        return
    cases = [case for case in observed.cases if case.steady and _has_gradients(case)]
    stable = [case for case in cases if case.stable]
    if not stable:
        checks.add(NAME, "the reference has none" if not cases else "eager's are nowhere near those in float64")
        return
    names = tuple(_named(where) for where in stable[0].expected if _is_gradient(where))
    asked = candidate_question(backward, observed, stable, allowed)
    asked = replace(asked, gradients=names, watch_backward=strict)
    yield Question(asked, lambda response: _judged(response, stable, strict, checks))


def _has_gradients(case: Case) -> bool:
    return any(_is_gradient(where) for where in case.expected)


def _is_gradient(where: str) -> bool:
    return where.startswith(f"['{gradients.GRADIENTS}']")


def _judged(response: Response, cases: list[Case], strict: bool, checks: Checks) -> Judgement | None:
    if isinstance(response, Judgement):
        return replace(response, detail=f"gradients: {response.detail}")
    own, given = Checks(), set(_given(response))
    expected = {where for case in cases for where in case.expected if _is_gradient(where)}
    missing = sorted(expected - given)
    owed = [_named(where) for where in missing if strict and (not given or _named(where).startswith("weight"))]
    if owed and isinstance(response, Answer) and response.failure is None:
        return checks.failed(Reason.WRONG_STRUCTURE, f"no gradient of {owed[0]}")
    if not strict and isinstance(response, Answer):
        response = _without_writes(response)
    found = outputs.judge(response, [_only(case, given) for case in cases], own)
    if found is not None:
        checks.add(NAME, "wrong")
        return checks.failed(found.reason, f"gradients: {found.detail}", found.ratio)
    right = ", ".join(_named(where) for where in sorted(expected & given))
    left_out = f"; not given: {len(missing)}" if missing else ""
    checks.add(NAME, f"{right}: {own.measured['error']}{left_out}" if right else "none given")
    return None


def _without_writes(answer: Answer) -> Answer:
    """Kernels written by hand reuse the memory of what they saved, once it has been used."""
    return replace(answer, draws=tuple(replace(draw, mutated={}) for draw in answer.draws))


def _given(answer: Answer | Unreadable) -> Iterator[str]:
    """Of the first draw."""
    if isinstance(answer, Answer) and answer.draws:
        yield from (where for where, _ in values.leaves(answer.draws[0].outputs) if _is_gradient(where))


def _only(case: Case, given: set[str]) -> Case:
    """Without the gradients that the candidate leaves out."""
    kept = {where: one for where, one in case.expected.items() if not _is_gradient(where) or where in given}
    leaves = [(where, leaf) for where, leaf in case.outputs if where in kept or not _is_gradient(where)]
    return replace(case, expected=kept, outputs=leaves)


def _named(where: str) -> str:
    return where.removeprefix(f"['{gradients.GRADIENTS}']").strip("[']")
