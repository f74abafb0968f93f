"""A candidate's text as an instance with the reference's weights.

In: a question and its tensors. Out: something to call, or None, with what went wrong in the report. Runs foreign code:
only in the jail. Not covered: calling it (candidate.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import torch

from triton_data.verify.jailed import module_state, source_lines
from triton_data.verify.reading import subject
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.candidate import CandidateQuestion, Failure


class Loading(Protocol):
    """What a report has room for."""

    weights_matched: str
    failure: Failure | None


@dataclass
class Loaded:
    """The least of such reports."""

    weights_matched: str = ""  # how, where that was not by name
    failure: Failure | None = None


def instance_of(question: CandidateQuestion, given: list[torch.Tensor], report: Loading, machine: Any) -> Any:
    stage = "import"
    try:
        torch.manual_seed(question.seed)
        module = subject.load(question.text, "candidate")
        target = module.__dict__[question.entry]
        stage = "init"
        torch.manual_seed(question.seed)
        instance = subject.instantiated(target, init_of(module, question, given), question.training)
        instance = machine.on_device(instance)
        stage = "state"
        wanted = {name: values.unpack(packed, given) for name, packed in question.state.items()}
        report.weights_matched = _set_weights(instance, wanted)
    except Exception as error:  # noqa: BLE001  whatever foreign code raises is its result
        reason = Reason.STATE_MISMATCH if stage == "state" else Reason.CRASH
        report.failure = failure_of(error, reason, stage)
        return None
    return instance


def init_of(module: Any, question: CandidateQuestion, given: list[torch.Tensor]) -> Any:
    """The reference's, or, where those are objects, its own."""
    if question.init is not None:
        return values.unpack(question.init, given)
    return subject.arguments_of(module, "get_init_inputs")


def _set_weights(instance: Any, wanted: dict[str, torch.Tensor]) -> str:
    own = module_state.of(instance)
    if own.keys() == wanted.keys():
        pairs, how = [(own[name], wanted[name]) for name in own], ""
    else:
        if [t.shape for t in own.values()] != [t.shape for t in wanted.values()]:
            raise ValueError(f"the candidate holds {sorted(own)}, the reference {sorted(wanted)}")
        pairs, how = list(zip(own.values(), wanted.values(), strict=True)), "by order"
    for mine, theirs in pairs:
        if mine.shape != theirs.shape:
            raise ValueError(f"a weight has shape {tuple(mine.shape)}, not {tuple(theirs.shape)}")
        mine.copy_(theirs)
    return how


def failure_of(error: BaseException, reason: Reason, stage: str) -> Failure:
    message, line = " ".join(str(error).split()), source_lines.of_error(error)
    return Failure(reason, stage, f"{type(error).__name__}: {message[:800]}{f' ({line})' if line else ''}")
