"""A candidate's answer, compared with what is expected: draw by draw, output by output.

In: what its task claims, and the cases. Out: a Judgement when something is wrong, else None, with the numbers said to
the checks. Faults that were seen while it ran come first: they say why a number is wrong, or that it is right for the
wrong reason. Not covered: the idle run (judge/pair.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from triton_data.verify.compare import noncontiguous
from triton_data.verify.compare.expected import Case
from triton_data.verify.compare.numbers import Error, Expected, compare
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values

FEWEST = 5
_FIRST = (Reason.OUT_OF_BOUNDS, Reason.TAMPERING, Reason.TORCH_FALLBACK, Reason.RACE, Reason.UNINITIALISED_READ)


@dataclass(frozen=True)
class Told:
    value: dict[str, Any]
    tensors: list[torch.Tensor]

    @property
    def draws(self) -> list[dict[str, Any]]:
        return list(self.value["draws"])

    @property
    def faults(self) -> list[tuple[str, str]]:
        return sorted(((str(r), str(d)) for r, d in self.value["faults"]), key=lambda fault: _rank(fault[0]))


def _rank(reason: str) -> int:
    return next((index for index, known in enumerate(_FIRST) if known == reason), len(_FIRST))


def believed(told: Told, cases: list[Case], checks: Checks) -> Judgement | None:
    """The claims are any JSON that the candidate's process chose to write; what does not read as an answer is none."""
    try:
        return judge(told, cases, checks)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as error:
        return checks.failed(Reason.TAMPERING, f"the answer has not the form of one: {type(error).__name__}: {error}")


def all_right(told: Told, cases: list[Case]) -> bool:
    try:
        answers = [right(row, case, told.tensors) for row, case in zip(told.draws, cases, strict=False)]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError):
        return False
    return bool(answers) and all(answers)


def judge(told: Told, cases: list[Case], checks: Checks) -> Judgement | None:
    _describe(told, checks)
    if told.faults:
        return checks.failed(*told.faults[0])
    failed = told.value["failed"]
    if failed and failed["stage"] in ("import", "init", "state"):
        return checks.failed(failed["reason"], f"{failed['stage']}: {failed['error']}")
    worst = Error(0.0)
    for index, (row, case) in enumerate(zip(told.draws, cases, strict=False)):
        where = f"draw {index} ({case.kind}, seed {case.seed})"
        if failed and failed.get("draw") == index:
            return checks.failed(failed["reason"], f"{where}: {failed['error']}")
        if problem := _form(row, case, told.tensors):
            return checks.failed(problem[0], f"{where}: {problem[1]}")
        for name, error in _errors(row, case, told.tensors):
            worst = max(worst, error, key=lambda e: e.ratio)
            if not error.right:
                return _wrong(told, f"{where}, {name}: {error.measure} {error.detail}", error, checks)
    checks.say("error", f"{worst.ratio:.3g} of what is allowed ({worst.measure}: {worst.detail})")
    if told.value["again"] is not None and not _repeats(told, cases[0]):
        return checks.failed(Reason.NONDETERMINISTIC, "the first draw, asked again, is answered otherwise")
    if len(told.draws) < min(FEWEST, len(cases)):
        return checks.failed(Reason.TAMPERING, f"answered {len(told.draws)} draws")
    if not sum(told.value["launches"].values()):
        return checks.failed(Reason.NOT_LAUNCHED, "no kernel was launched")
    if (claim := told.value.get("strided")) is not None:
        checks.say(noncontiguous.NAME, noncontiguous.label(claim, cases[0].inputs, _compares(cases[0], told)))
    return None


def _compares(case: Case, told: Told) -> Callable[[dict[str, Any]], bool]:
    return lambda row: right(row, case, told.tensors)


def _repeats(told: Told, case: Case) -> bool:
    """The same bits; where atomics may add in another order, right again is enough."""
    first, again = told.draws[0], told.value["again"]
    if told.value["atomics"] or not told.value["accesses"]:
        return right(again, case, told.tensors)
    old, new = (values.leaves(values.unpack(row["outputs"], told.tensors)) for row in (first, again))
    return len(old) == len(new) and all(values.alike(a, b) for (_, a), (_, b) in zip(old, new, strict=True))


def _describe(told: Told, checks: Checks) -> None:
    launches = told.value["launches"]
    checks.say("kernels launched", ", ".join(f"{name} {count}×" for name, count in launches.items()) or "none")
    checks.say("draws run", len(told.draws))
    operations = told.value["operations"]
    checks.say("torch operations", ", ".join(f"{name} {count}×" for name, count in operations.items()) or "none")
    if told.value["weights"]:
        checks.say("weights matched", told.value["weights"])


def _wrong(told: Told, detail: str, error: Error, checks: Checks) -> Judgement:
    checks.say("error", f"{error.ratio:.3g} of what is allowed ({error.measure}: {error.detail})")
    hints = told.value["hints"]
    if hints:
        return checks.failed(Reason.UNINITIALISED_READ, f"{detail}; {hints[0]}")
    return checks.failed(Reason.WRONG_VALUES, detail, error.ratio)


def _form(row: dict[str, Any], case: Case, tensors: list[torch.Tensor]) -> tuple[Reason, str] | None:
    """Structure, shapes, types, and inputs left alone."""
    got = values.leaves(values.unpack(row["outputs"], tensors))
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
    if extra := sorted(set(row["mutated"]) - set(case.mutated)):
        return Reason.MUTATED_INPUT, f"input {extra[0]} was written"
    if extra := sorted(set(row["state"]) - set(case.state)):
        return Reason.MUTATED_INPUT, f"weight {extra[0]} was written"
    return None


def _same_plain(mine: Any, theirs: Any) -> bool:
    if isinstance(theirs, float) and isinstance(mine, float):
        return mine == theirs or abs(mine - theirs) <= 1e-5 * abs(theirs) or (mine != mine and theirs != theirs)
    return type(mine) is type(theirs) and bool(mine == theirs)


def _errors(row: dict[str, Any], case: Case, tensors: list[torch.Tensor]) -> list[tuple[str, Error]]:
    got = dict(values.leaves(values.unpack(row["outputs"], tensors)))
    found = [(f"output{where}", compare(expected, got[where])) for where, expected in case.expected.items()]
    for what, written, wanted in (("input", row["mutated"], case.mutated), ("weight", row["state"], case.state)):
        for name, theirs in wanted.items():
            mine = values.unpack(written[name], tensors) if name in written else None
            fits = mine is not None and mine.shape == theirs.shape and mine.dtype == theirs.dtype
            error = compare(Expected(theirs, None), mine) if fits else Error(float("inf"), "written", "not written")
            found.append((f"{what} {name}", error))
    return found


def right(row: dict[str, Any], case: Case, tensors: list[torch.Tensor]) -> bool:
    return (
        row.get("outputs") is not None
        and _form(row, case, tensors) is None
        and all(error.right for _, error in _errors(row, case, tensors))
    )
