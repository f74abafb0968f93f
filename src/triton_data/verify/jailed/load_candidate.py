"""A candidate's text as an instance with the reference's weights.

In: a payload and its tensors. Out: something to call, or None, with what went wrong in the report. Runs foreign code:
only in the jail. Not covered: calling it (candidate.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from triton_data.verify.jailed import module_state
from triton_data.verify.reading import subject
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values


@dataclass
class Loading:
    """What a report must have room for."""

    weights: str = ""  # how the weights were matched, where that was not by name
    failed: dict[str, Any] | None = None


def instance_of(payload: dict[str, Any], given: list[torch.Tensor], report: Any, machine: Any) -> Any:
    stage = "import"
    try:
        torch.manual_seed(payload["seed"])
        module = subject.load(payload["text"], "candidate")
        target = module.__dict__[payload["entry"]]
        stage = "init"
        torch.manual_seed(payload["seed"])
        instance = subject.made(target, init_of(module, payload, given), payload["training"])
        instance = machine.instance(instance)
        stage = "state"
        report.weights = _weigh(instance, {n: values.unpack(s, given) for n, s in payload["state"].items()})
    except Exception as error:  # noqa: BLE001  whatever foreign code raises is its result
        reason = Reason.STATE_MISMATCH if stage == "state" else Reason.CRASH
        report.failed = failure(error, reason, stage)
        return None
    return instance


def init_of(module: Any, payload: dict[str, Any], given: list[torch.Tensor]) -> Any:
    """The reference's, or, where those are objects, its own."""
    if payload["init"] is not None:
        return values.unpack(payload["init"], given)
    return subject.given(module, "get_init_inputs")


def _weigh(instance: Any, wanted: dict[str, torch.Tensor]) -> str:
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


def failure(error: BaseException, reason: Reason, stage: str) -> dict[str, Any]:
    said = " ".join(str(error).split())
    return {"reason": reason.value, "stage": stage, "error": f"{type(error).__name__}: {said[:400]}"}
