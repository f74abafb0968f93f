"""The judge: is this Triton program right, and is it the Triton program that does the work?

In: two texts and a jail. Out: a `Judgement`. Foreign code runs in tasks of the jail, the reference in one and the
candidate in others; this process draws the plan, keeps what is expected, and compares. Not covered: where texts come
from (stage.py, audit.py), and timing (timing.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch

from triton_data.errors import Misuse
from triton_data.jail import GPU, NO_GPU, RUN, Jail, Outcome, Policy, Task
from triton_data.records import Drop
from triton_data.verify import draws, expected, outputs, screen, sensitivity, subject, values
from triton_data.verify.expected import Case
from triton_data.verify.judgement import PROTOCOL, Checks, Judgement
from triton_data.verify.reasons import Reason

DEVICES = ("cpu", "cuda")
PRELOAD = ("torch", "triton", "numpy", "triton_data.verify.candidate", "triton_data.verify.reference")
SECONDS = 60.0
CUDA_SECONDS = 120.0
LARGEST = 48 << 20  # bytes that go to a candidate


def open_jail(device: str = "cpu", allow_unsafe: bool = False) -> Jail:
    """A jail whose zygote has the interpreter, or, for CUDA, only the libraries, ready. `with` starts and ends it."""
    if device not in DEVICES:
        raise Misuse(f"unknown device {device!r}: cpu or cuda")
    same = {"TRITON_F32_DEFAULT": "ieee"}  # what a kernel leaves open is not held against it
    if device == "cuda":
        # Importing Dynamo asks whether CUDA is there, which through NVML does not start it.
        asked = {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}
        return Jail((*PRELOAD, "torch._dynamo"), env={**same, **asked}, allow_unsafe=allow_unsafe)
    interpreted = {**same, **NO_GPU, "TRITON_INTERPRET": "1"}
    warm = "triton_data.verify.interpreter.install:warm"
    return Jail(PRELOAD, warm=warm, env=interpreted, allow_unsafe=allow_unsafe)


@dataclass(frozen=True)
class Trial:
    """One pair on its way through the checks."""

    reference: str
    candidate: str
    entry: str
    new_entry: str
    device: str
    jail: Jail
    seed: int
    training: bool
    seconds: float
    externs: tuple[str, ...]

    @property
    def policy(self) -> Policy:
        base = GPU if self.device == "cuda" else RUN
        return replace(base, wall_s=self.seconds, cpu_s=int(self.seconds))

    def run(self, room: str, payload: dict[str, Any]) -> Outcome:
        return self.jail.run(Task(entry=f"triton_data.verify.{room}:run", payload=payload), self.policy)


def verify_texts(
    reference: str,
    candidate: str,
    *,
    device: str = "cpu",
    protocol: int = PROTOCOL,
    jail: Jail,
    seed: int = 0,
    externs: Iterable[str] = (),
    training: bool = False,
    seconds: float | None = None,
    names: tuple[str, str] | None = None,
) -> Judgement:
    """`externs` are library operations that the pair declares, such as extern_kernels.addmm; `names` the two entries,
    where they are known."""
    if protocol != PROTOCOL:
        raise Misuse(f"unknown protocol {protocol}: this version has protocol {PROTOCOL}")
    checks = Checks(layers=jail.layers)
    checks.say("protocol", protocol)
    checks.say("device", device)
    found = names or subject.names(reference, candidate)
    if isinstance(found, Drop):
        return checks.failed(found.reason, found.detail)
    limit = seconds or (CUDA_SECONDS if device == "cuda" else SECONDS)
    trial = Trial(reference, candidate, *found, device, jail, seed, training, limit, tuple(externs))
    said = screen.suspicious(candidate)
    checks.say("screen", said or "nothing found")
    if said:
        return checks.failed(Reason.TAMPERING, said)
    with _one_thread():
        return _judged(trial, checks)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Comparisons are small: more threads cost more than they bring, and a great deal more on busy cores."""
    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(usual)


def _judged(trial: Trial, checks: Checks) -> Judgement:
    seen = _reference(trial, checks)
    if isinstance(seen, Judgement):
        return seen
    head, tensors, cases = seen
    allowed = expected.allowed(head["operations"], trial.externs)
    checks.say("left to libraries", ", ".join(sorted(allowed)) or "nothing")
    payload = _payload(trial, head, tensors, cases, allowed)
    told = _candidate(trial, payload, checks)
    if isinstance(told, Judgement):
        return told
    failure = outputs.believed(told, cases, checks)
    return failure or _idle(trial, payload, cases, checks) or checks.passed()


def _reference(trial: Trial, checks: Checks) -> Judgement | tuple[dict[str, Any], list[Any], list[Case]]:
    plan = [{"kind": draw.kind, "seed": draw.seed} for draw in draws.plan(trial.seed)]
    payload = {"text": trial.reference, "entry": trial.entry, "seed": trial.seed, "draws": plan,
               "training": trial.training, "device": trial.device}  # fmt: skip
    outcome = trial.run("reference", payload)
    checks.layers = outcome.facts.layers or checks.layers
    if not outcome.ok or not isinstance(outcome.value, dict):
        return checks.failed(Reason.REFERENCE_FAILED, outcome.reason)
    head: dict[str, Any] = outcome.value
    if "refused" in head:
        return checks.failed(head["refused"], head["detail"])
    raw = list(outcome.tensors)
    tensors = [tensor.torch() for tensor in raw]
    moves = expected.only_moves(head["operations"])
    cases = [expected.case(row, tensors, moves) for row in head["draws"] if row is not None]
    return _proving(cases, checks) or (head, raw, [case for case in cases if case.stable])


def _proving(cases: list[Case], checks: Checks) -> Judgement | None:
    """Nothing where these cases could tell right from wrong."""
    if not all(case.steady for case in cases):
        return checks.failed(Reason.RANDOM_REFERENCE, "the reference gives other outputs with another seed")
    if not any(case.expected or case.mutated for case in cases):
        return checks.failed(Reason.UNSUPPORTED_OUTPUTS, "the reference returns no tensor")
    if not any(one.eager.numel() for case in cases for one in case.expected.values()):
        return checks.failed(Reason.INSENSITIVE, "the reference returns nothing but empty tensors")
    steady, cases = len(cases), [case for case in cases if case.stable]
    if len(cases) < min(outputs.FEWEST, steady):
        return checks.failed(Reason.UNSTABLE, "eager in the working type is nowhere near itself in float64")
    counts = {kind: sum(case.kind == kind for case in cases) for kind in draws.KINDS}
    checks.say("draws", f"{len(cases)}: {', '.join(f'{n} {kind}' for kind, n in counts.items() if n)}")
    checks.say("seeds", len({case.seed for case in cases}))
    exact = all(case.in_double for case in cases)
    checks.say("measured against", "float64" if exact else "eager on inputs half a rounding error away")
    rows = [(list(case.expected.values()), case.inputs) for case in cases]
    passing = sensitivity.accepted(rows)
    checks.say("wrong answers that would pass", ", ".join(passing) or "none")
    if passing:
        return checks.failed(Reason.INSENSITIVE, f"would pass too: {', '.join(passing)}")
    return None


def _payload(trial: Trial, head: dict[str, Any], raw: list[Any], cases: list[Case],
             allowed: frozenset[str]) -> dict[str, Any]:  # fmt: skip
    """Only what the candidate may know: no expected output is in it."""
    wanted: dict[int, int] = {}
    packed = {
        "init": values.renumbered(head["init"], wanted),
        "state": values.renumbered(head["state"], wanted),
        "draws": [{"seed": case.seed, "inputs": values.renumbered(case.spec, wanted)} for case in _within(cases, raw)],
    }
    return {
        **packed, "text": trial.candidate, "entry": trial.new_entry, "seed": trial.seed, "training": trial.training,
        "allowed": sorted(allowed), "idle": False, "device": trial.device,
        "tensors": [values.to_payload(raw[index]) for index in wanted],
    }  # fmt: skip


def _within(cases: list[Case], raw: list[Any]) -> list[Case]:
    """As many draws as fit, but always the first ones, which have every kind."""
    size = max(1, sum(tensor.nbytes for tensor in cases[0].inputs))
    return cases[: max(5, LARGEST // size)]


def _candidate(trial: Trial, payload: dict[str, Any], checks: Checks) -> Judgement | outputs.Told:
    if sum(len(tensor["data"]) for tensor in payload["tensors"]) > 4 * LARGEST:
        return checks.failed(Reason.TOO_LARGE, "weights and inputs are too large to be copied for each draw")
    outcome = trial.run("candidate", payload)
    if outcome.ok and isinstance(outcome.value, dict):
        return outputs.Told(outcome.value, [tensor.torch() for tensor in outcome.tensors])
    reason = Reason.TIMEOUT if outcome.status == "timeout" else Reason.CRASH
    if outcome.status in ("forbidden", "bad_result"):
        reason = Reason.TAMPERING
    return checks.failed(reason, outcome.reason)


def _idle(trial: Trial, payload: dict[str, Any], cases: list[Case], checks: Checks) -> Judgement | None:
    """A second run in which no kernel does anything: it must not be right, else something else does the work."""
    outcome = trial.run("candidate", {**payload, "idle": True, "draws": payload["draws"][:2]})  # fmt: skip
    if not outcome.ok or not isinstance(outcome.value, dict):
        checks.say("without its kernels", "fails, as it should")
        return None
    told = outputs.Told(outcome.value, [tensor.torch() for tensor in outcome.tensors])
    if outputs.all_right(told, cases):
        return checks.failed(Reason.DECOY, "its outputs are as right when its kernels do nothing")
    checks.say("without its kernels", "gives other outputs, as it should")
    return None
