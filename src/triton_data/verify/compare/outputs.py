"""A candidate's answer, compared with what is expected: draw by draw, output by output.

In: an answer, and the cases. Out: a Judgement when something is wrong, else None, with the numbers added to the checks.
Faults that were seen while it ran come first: they say why a number is wrong, or that it is right for the wrong reason.
Not covered: the run without kernels (judge/pair.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch

from triton_data.verify.compare import noncontiguous
from triton_data.verify.compare.answer import NOT_CALLED, Answer, DrawAnswer
from triton_data.verify.compare.expected import Case
from triton_data.verify.compare.numbers import Error, Expected, compare
from triton_data.verify.draws.draws import FEWEST
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.record import Unreadable


def judge(answer: Answer | Unreadable, cases: list[Case], checks: Checks, fewest: int = FEWEST) -> Judgement | None:
    if isinstance(answer, Unreadable):
        return checks.failed(Reason.TAMPERING, answer.detail)
    describe(answer, checks)
    if answer.faults:
        return checks.failed(answer.faults[0].reason, answer.faults[0].detail)
    failure = answer.failure
    if failure is not None and failure.stage in NOT_CALLED:
        return checks.failed(failure.reason, f"{failure.stage}: {failure.error}")
    worst = Error(0.0)
    for index, (draw, case) in enumerate(zip(answer.draws, cases, strict=False)):
        where = f"draw {index} ({case.kind}, seed {case.seed})"
        if failure is not None and failure.draw == index:
            return replace(checks.failed(failure.reason, f"{where}: {failure.error}"), draw=index)
        if problem := _form(draw, case):
            return replace(checks.failed(problem[0], f"{where}: {problem[1]}"), draw=index)
        for name, error in _errors(draw, case):
            worst = max(worst, error, key=lambda e: e.ratio)
            if not error.right:
                wrong = _wrong(answer, f"{where}, {name}: {error.measure} {error.detail}", error, checks)
                return replace(wrong, draw=index)
    _said(worst, checks)
    return _as_a_whole(answer, cases, checks, fewest)


def _as_a_whole(answer: Answer, cases: list[Case], checks: Checks, fewest: int) -> Judgement | None:
    if answer.again is not None and not _repeats(answer, answer.again, cases[0]):
        return checks.failed(Reason.NONDETERMINISTIC, "the first draw, asked again, is answered otherwise")
    if len(answer.draws) < min(fewest, len(cases)):
        return checks.failed(Reason.TAMPERING, f"answered {len(answer.draws)} draws")
    if len(answer.draws) < len(cases):
        checks.add("draws left out", f"{len(cases) - len(answer.draws)} of {len(cases)}, because it is slow")
    if not sum(answer.launches.values()):
        return checks.failed(Reason.NOT_LAUNCHED, "no kernel was launched")
    if (restrided := answer.noncontiguous) is not None:
        label = noncontiguous.label(restrided, cases[0].inputs, lambda draw: right(draw, cases[0]))
        checks.add(noncontiguous.NAME, label)
    return None


def all_right(answer: Answer | Unreadable, cases: list[Case]) -> bool:
    if isinstance(answer, Unreadable):
        return False
    found = [right(draw, case) for draw, case in zip(answer.draws, cases, strict=False)]
    return bool(found) and all(found)


def _repeats(answer: Answer, again: DrawAnswer, case: Case) -> bool:
    """The same bits; where atomics may add in another order, right again is enough."""
    if answer.atomics or not answer.accesses:
        return right(again, case)
    first = answer.draws[0] if answer.draws else None
    old, new = (values.leaves(draw.outputs) if draw else [] for draw in (first, again))
    return len(old) == len(new) and all(values.alike(a, b) for (_, a), (_, b) in zip(old, new, strict=True))


def describe(answer: Answer, checks: Checks) -> None:
    checks.add("kernels launched", counted(answer.launches), dict(answer.launches))
    checks.add("draws run", len(answer.draws))
    checks.add("torch operations", counted(answer.operations), dict(answer.operations))
    if answer.weights_matched:
        checks.add("weights matched", answer.weights_matched)


def counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}×" for name, count in counts.items()) or "none"


def _said(error: Error, checks: Checks) -> None:
    measured = f"{error.ratio:.3g} of what is allowed ({error.measure}: {error.detail})"
    checks.add("error", measured, error.ratio if math.isfinite(error.ratio) else None)


def _wrong(answer: Answer, detail: str, error: Error, checks: Checks) -> Judgement:
    _said(error, checks)
    if answer.hints:
        return checks.failed(Reason.UNINITIALISED_READ, f"{detail}; {answer.hints[0]}")
    return checks.failed(Reason.WRONG_VALUES, detail, error.ratio)


def _form(draw: DrawAnswer, case: Case) -> tuple[Reason, str] | None:
    """Structure, shapes, types, and inputs left alone."""
    got = values.leaves(draw.outputs)
    if [where for where, _ in got] != [where for where, _ in case.outputs]:
        return Reason.WRONG_STRUCTURE, f"{len(got)} outputs instead of {len(case.outputs)}"
    for (where, mine), (_, theirs) in zip(got, case.outputs, strict=True):
        if not isinstance(theirs, torch.Tensor):
            if isinstance(mine, torch.Tensor) or not _same_plain(mine, theirs):
                return Reason.WRONG_VALUES, f"output{where} is {mine!r:.80}, not {theirs!r:.80}"
        elif not isinstance(mine, torch.Tensor):
            return Reason.WRONG_STRUCTURE, f"output{where} is a {type(mine).__name__}, not a tensor"
        elif mine.shape != theirs.shape:
            return Reason.WRONG_SHAPE, f"output{where} is {tuple(mine.shape)}, not {tuple(theirs.shape)}"
        elif mine.dtype != theirs.dtype:
            return Reason.WRONG_DTYPE, f"output{where} is {mine.dtype}, not {theirs.dtype}"
    if extra := sorted(set(draw.mutated) - set(case.mutated)):
        return Reason.MUTATED_INPUT, f"input {extra[0]} was written"
    if extra := sorted(set(draw.state) - set(case.state)):
        return Reason.MUTATED_INPUT, f"weight {extra[0]} was written"
    return None


def _same_plain(mine: Any, theirs: Any) -> bool:
    if isinstance(theirs, float) and isinstance(mine, float):
        return mine == theirs or abs(mine - theirs) <= 1e-5 * abs(theirs) or (mine != mine and theirs != theirs)
    return type(mine) is type(theirs) and bool(mine == theirs)


def _errors(draw: DrawAnswer, case: Case) -> list[tuple[str, Error]]:
    got = dict(values.leaves(draw.outputs))
    found = [(f"output{where}", compare(expected, got[where])) for where, expected in case.expected.items()]
    for what, written, wanted in (("input", draw.mutated, case.mutated), ("weight", draw.state, case.state)):
        for name, theirs in wanted.items():
            mine = written.get(name)
            fits = mine is not None and mine.shape == theirs.shape and mine.dtype == theirs.dtype
            error = compare(Expected(theirs, None), mine) if fits else Error(float("inf"), "written", "not written")
            found.append((f"{what} {name}", error))
    return found


def right(draw: DrawAnswer, case: Case) -> bool:
    return (
        draw.outputs is not None and _form(draw, case) is None and all(error.right for _, error in _errors(draw, case))
    )
