"""The tasks of one verification, and what crosses the jail's border between them.

In: two texts, their entries and a bench. Out: what the reference claims as cases to compare with, and what the
candidate claims. A candidate's payload holds weights and inputs, never an expected output. Not covered: judging
(pair.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from triton_data.jail import COMPILE, GPU, RUN, Outcome, Task
from triton_data.jail.policy import LAYERS
from triton_data.verify.bench.bench import Bench
from triton_data.verify.compare import expected, outputs
from triton_data.verify.compare.expected import Case
from triton_data.verify.draws import draws
from triton_data.verify.judge.entries import COMPILING, REFERENCE
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values

SECONDS = 60.0
CUDA_SECONDS = 120.0
LARGEST = 48 << 20  # bytes of inputs that go to a candidate
BIG = {"cpu": 4 << 20, "cuda": 48 << 20}  # bytes of one draw above which smaller sizes are looked for
SECONDS_OF = {"cpu": SECONDS, "cuda": CUDA_SECONDS}


# (a reference's text, its entry, the mode) -> a candidate's text and what it leaves to libraries
Remake: TypeAlias = Callable[[str, str, str], tuple[str, tuple[str, ...]] | None]


@dataclass(frozen=True)
class Trial:
    """One pair on its way through the checks."""

    reference: str
    candidate: str
    entry: str
    new_entry: str
    device: str
    bench: Bench
    seed: int
    training: bool
    seconds: float
    externs: tuple[str, ...]
    timing: bool = False
    sanitizing: tuple[str, ...] = ()  # tools of compute-sanitizer
    differentiated: bool = False  # captured in training: all gradients belong to its answer
    gradients: bool = False  # the reference gives its gradients as well
    remake: Remake | None = None
    believes: str = "cpu"  # where the reference runs; the numbers of eager there are what errors are measured by

    def run(
        self, entry: str, payload: dict[str, Any], device: str = "", alone: bool = False, watched: bool = False
    ) -> Outcome:
        base = GPU if (device or self.device) == "cuda" else RUN
        policy = replace(base, wall_s=self.seconds, cpu_s=int(self.seconds))
        if (
            watched
        ):  # who watches talks to what it watches through sockets, and seccomp knows no difference between those
            policy = replace(policy, watched=True, layers=tuple(layer for layer in LAYERS if layer != "seccomp"))
        return self.bench.run(Task(entry=entry, payload=payload), policy, alone)

    def compiled(self, payloads: list[dict[str, Any]]) -> Outcome | None:
        """Where kernels are interpreted, what the compiler says of them."""
        if self.bench.compiler is None:
            return None
        policy = replace(COMPILE, wall_s=self.seconds, cpu_s=int(self.seconds))
        return self.bench.compiler.run(Task(entry=COMPILING, payload={"parts": payloads}), policy)


@dataclass(frozen=True)
class Seen:
    """What the reference's task said."""

    head: dict[str, Any]
    raw: list[Any]
    cases: list[Case]

    @property
    def big(self) -> bool:
        return bool(self.head.get("big"))


def observe(trial: Trial, checks: Checks, plan: list[draws.Draw], limit: int | None = None) -> Judgement | Seen:
    """The reference on every draw, or on the first one only where that takes more than `limit` bytes."""
    outcome = trial.run(REFERENCE, _reference(trial, plan, limit) | {"text": trial.reference}, trial.believes)
    checks.layers = outcome.facts.layers or checks.layers
    if not outcome.ok or not isinstance(outcome.value, dict):
        spent = outcome.status in ("timeout", "oom", "flood", "bad_result") or "memory" in outcome.reason
        return checks.failed(Reason.TOO_LARGE if spent else Reason.REFERENCE_FAILED, outcome.reason)
    if "refused" in outcome.value:
        return checks.failed(outcome.value["refused"], outcome.value["detail"])
    return _seen(outcome.value, list(outcome.tensors))


def observe_some(
    trial: Trial, texts: list[str], enough: int, plan: list[draws.Draw], limit: int | None = None
) -> Iterator[tuple[str, Seen]]:
    """Of these texts of the reference, the first so many that run and are not too big, in one task."""
    payload = _reference(trial, plan, limit) | {"texts": texts, "enough": enough}
    outcome = trial.run(REFERENCE, payload, trial.believes)
    if not outcome.ok or not isinstance(outcome.value, dict):
        return
    raw = list(outcome.tensors)
    for text, head in zip(texts, outcome.value["heads"], strict=False):
        own, raw = raw[: head["tensors"]], raw[head["tensors"] :]
        if "refused" not in head and "big" not in head:
            yield text, _seen(head, own)


def _reference(trial: Trial, plan: list[draws.Draw], limit: int | None) -> dict[str, Any]:
    return {
        "entry": trial.entry, "seed": trial.seed, "training": trial.training, "gradients": trial.gradients,
        "draws": [{"kind": draw.kind, "seed": draw.seed} for draw in plan], "device": trial.believes,
        "limit": BIG[trial.believes] if limit is None else limit,
    }  # fmt: skip


def _seen(head: dict[str, Any], raw: list[Any]) -> Seen:
    tensors = [tensor.torch() for tensor in raw]
    moves = expected.only_moves(head.get("operations", ()))
    return Seen(head, raw, [expected.case(row, tensors, moves) for row in head.get("draws", ()) if row is not None])


def payload_of(trial: Trial, seen: Seen, cases: list[Case], allowed: frozenset[str]) -> dict[str, Any]:
    """Only what the candidate may know: no expected output is in it."""
    wanted: dict[int, int] = {}
    size = max(1, sum(tensor.nbytes for tensor in cases[0].inputs))
    kept = cases[: max(outputs.FEWEST, LARGEST // size)]  # the first ones have every kind
    packed = {
        "init": values.renumbered(seen.head["init"], wanted),
        "state": values.renumbered(seen.head["state"], wanted),
        "draws": [{"seed": case.seed, "inputs": values.renumbered(case.spec, wanted)} for case in kept],
    }
    return {
        **packed, "text": trial.candidate, "entry": trial.new_entry, "seed": trial.seed, "training": trial.training,
        "allowed": sorted(allowed), "idle": False, "device": trial.device,
        "tensors": [values.to_payload(seen.raw[index]) for index in wanted],
    }  # fmt: skip
