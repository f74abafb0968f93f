"""What the jail runs for a candidate: its outputs, as bytes, and what it was seen to do.

In: questions: the text, the weights, the inputs of every draw; never an expected output. Out: the packed outputs,
inputs and weights afterwards, and the faults. All of it is a claim of a process with foreign code in it; what counts is
compared outside, and what the faults add is what cannot be seen in numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch.utils import _pytree as pytree
from triton.compiler.errors import CompilationError
from triton.runtime.errors import OutOfResources, PTXASError

from triton_data.jail.policy import Json
from triton_data.verify.draws import noncontiguous
from triton_data.verify.draws.draws import FEWEST
from triton_data.verify.jailed import gradients, module_state
from triton_data.verify.jailed.cuda import chosen
from triton_data.verify.jailed.load_candidate import failure_of, instance_of
from triton_data.verify.jailed.watch import Watch
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.candidate import (
    CandidateAnswer,
    CandidateClaim,
    CandidateQuestion,
    CandidateQuestions,
    DrawClaim,
    DrawInputs,
    Failure,
    Fault,
    NoncontiguousClaim,
)
from triton_data.verify.wire.record import encode
from triton_data.verify.wire.task import question_in

ACCESSES = 3_000  # loads and stores after which only the draws that must be done are done


@dataclass
class Report:
    """Of one question, as it is being answered."""

    draws: list[DrawClaim] = field(default_factory=list)
    failure: Failure | None = None
    launches: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    weights_matched: str = ""  # how, where that was not by name
    atomics: bool = False
    accesses: int = 0
    placed: list[Any] = field(default_factory=list)  # the last draw's inputs
    again: DrawClaim | None = None
    noncontiguous: NoncontiguousClaim | None = None
    robustness: list[NoncontiguousClaim] = field(default_factory=list)

    def claim(self, faults: tuple[Fault, ...], hints: list[str]) -> CandidateClaim:
        return CandidateClaim(
            draws=tuple(self.draws), again=self.again, noncontiguous=self.noncontiguous, failure=self.failure,
            faults=faults, hints=tuple(hints), launches=dict(self.launches), operations=dict(self.operations),
            weights_matched=self.weights_matched, atomics=self.atomics, accesses=self.accesses,
            robustness=tuple(self.robustness),
        )  # fmt: skip


def run(payload: Json) -> tuple[Json, list[torch.Tensor]]:
    """Each question with a module and a machine of its own; the others only where one that stands alone went well."""
    chosen.take(payload)
    claims: list[CandidateClaim] = []
    counts: list[int] = []
    tensors: list[torch.Tensor] = []
    for question in question_in(CandidateQuestions, payload).parts:
        claim, own = _answer(question)
        claims.append(claim)
        counts.append(len(own))
        tensors += own
        if question.alone and (claim.failure is not None or claim.faults):
            break
    return encode(CandidateAnswer(tuple(map(encode, claims)), tuple(counts))), tensors


def _answer(question: CandidateQuestion) -> tuple[CandidateClaim, list[torch.Tensor]]:
    machine = _machine(question.device)
    given = [values.unpacked_tensor(tensor) for tensor in question.tensors]
    tensors: list[torch.Tensor] = []
    report, memory = Report(), machine.memory
    watch = Watch(memory, frozenset(question.allowed), question.protocol > 1, question.finishing)
    with torch.no_grad(), machine.ready(), watch:
        instance = instance_of(question, given, report, machine)
        if report.failure is None:
            _call_all(Caller(instance, question, given, report, watch, machine, tensors), report)
    if report.failure is not None and report.failure.reason == Reason.OUT_OF_BOUNDS:
        report.draws, tensors, report.again = [], [], None  # they lie on a device that no longer answers
    return report.claim(_faults(memory.faults), memory.hints), tensors


def _call_all(caller: Caller, report: Report) -> None:
    question, memory = caller.question, caller.watch.memory
    for index, draw in enumerate(question.draws):
        if not _another(index, report, question.fewest):
            break
        report.draws.append(caller.call(draw, index))
        if report.failure is not None or (memory.faults and not question.idle):
            break
    if len(report.draws) > 1 and report.failure is None and not memory.faults:
        report.again = caller.call(question.draws[0], 0)
        if question.protocol > 1 and not question.idle:
            caller.once_more()
        report.noncontiguous = caller.noncontiguous(question.draws[0]) if question.noncontiguous else None
        for robust in question.robustness if not memory.faults and report.failure is None else ():
            report.robustness.append(caller.apart(robust.inputs))
    if question.protocol > 1 and not question.idle and report.failure is None:
        caller.watch.check_origins()


def _faults(noted: list[tuple[str, str]]) -> tuple[Fault, ...]:
    return tuple(Fault(Reason(reason), detail) for reason, detail in noted)


def _machine(device: str) -> Any:
    if device == "cpu":
        from triton_data.verify.jailed.interpreter.machine import Interpreted

        return Interpreted()
    from triton_data.verify.jailed.cuda.machine import Compiled

    return Compiled()


def _another(index: int, report: Report, fewest: int) -> bool:
    """Long kernels are tried on fewer draws: as many as their number of accesses allows, so that it is repeatable."""
    return index < max(FEWEST, fewest) or report.accesses * (index + 1) / index <= ACCESSES


@dataclass
class Caller:
    """Calls the candidate once a draw and packs what came of it."""

    instance: Any
    question: CandidateQuestion
    given: list[torch.Tensor]
    report: Report
    watch: Watch
    machine: Any
    tensors: list[torch.Tensor]
    last: tuple[Any, Any] | None = None  # the last call's inputs, and its outputs as they were
    before: list[torch.Tensor] = field(default_factory=list)  # the last call's input tensors, as they were

    def noncontiguous(self, draw: DrawInputs) -> NoncontiguousClaim:
        return self.apart(draw, noncontiguous.restrided)

    def once_more(self) -> None:
        """The very same tensors again, while kernels do nothing: whoever still knows the answer keeps answers."""
        if self.last is None or self.question.gradients is not None:
            return
        inputs, first = self.last
        tensors = [leaf for leaf in pytree.tree_leaves(inputs) if isinstance(leaf, torch.Tensor)]
        if not all(values.equal(a, b) for a, b in zip(tensors, self.before, strict=True)):
            return  # it works in place
        memory, (faults, hints) = self.watch.memory, (len(self.watch.memory.faults), len(self.watch.memory.hints))
        self.watch.begin(tensors, list(module_state.of(self.instance).values()))
        self.machine.begin(0, True)
        try:
            torch.manual_seed(self.question.draws[0].seed)
            again = self._called(inputs[0], inputs[1], self.question.draws[0].seed)
        except Exception:  # noqa: BLE001  without its kernels it may fail
            again = None
        launched = len(self.machine.launched)
        self.machine.begin(0, False)
        del memory.faults[faults:], memory.hints[hints:]
        if not launched and again is not None:
            memory.note("not_launched", "called again with the same tensors, it launches no kernel")
        elif again is not None and _kept(again, first, {_place(tensor) for tensor in tensors}):
            memory.note("decoy", "called again with the same tensors, it is right while its kernels do nothing")

    def apart(self, draw: DrawInputs, changed: Callable[[Any], Any] | None = None) -> NoncontiguousClaim:
        """What comes of it is a claim of its own, and is nobody's fault."""
        memory, report = self.watch.memory, self.report
        faults, hints = len(memory.faults), len(memory.hints)
        self.report = Report(weights_matched=report.weights_matched)
        self.watch.apart = True
        called = self.call(draw, 0, changed)
        self.watch.apart = False
        claim = NoncontiguousClaim(called, self.report.failure, _faults(memory.faults[faults:]))
        del memory.faults[faults:], memory.hints[hints:]
        self.report = report
        return claim

    def call(self, draw: DrawInputs, index: int, changed: Callable[[Any], Any] | None = None) -> DrawClaim:
        given = values.unpack(draw.inputs, self.given)
        args, kwargs = _placed(changed(given) if changed else given, index, self.report, self.machine)
        inputs = [leaf for leaf in pytree.tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        weights = module_state.of(self.instance)
        self._put_weights(weights, draw.weights)
        before, initial = [tensor.clone() for tensor in inputs], {name: t.clone() for name, t in weights.items()}
        self.watch.begin(inputs, list(weights.values()) if self.question.protocol > 1 else [])
        self.machine.begin(index, self.question.idle)
        outputs = self._outputs(args, kwargs, draw.seed, index)
        self.before = before
        mutated = {
            str(place): values.pack(new.clone(), self.tensors, strides=False)
            for place, (old, new) in enumerate(zip(before, inputs, strict=True))
            if not values.equal(old, new)
        }
        state = {
            name: values.pack(tensor.clone(), self.tensors)
            for name, tensor in weights.items()
            if not values.equal(initial[name], tensor)
        }
        return DrawClaim(outputs, mutated, state)

    def _put_weights(self, weights: dict[str, torch.Tensor], which: int) -> None:
        """Those of the set, by name or in their order."""
        question = self.question
        wanted = question.other_state if which and question.other_state else question.state
        if question.protocol == 1 and self.report.weights_matched:
            return
        for mine, packed in zip(weights.values(), wanted.values(), strict=True) if self.report.weights_matched else ():
            mine.copy_(values.unpack(packed, self.given))
        for name, packed in wanted.items() if not self.report.weights_matched else ():
            weights[name].copy_(values.unpack(packed, self.given))

    def _outputs(self, args: Any, kwargs: Any, seed: int, index: int) -> values.Packed:
        """None where there are none, with the failure in the report."""
        try:
            torch.manual_seed(seed)
            self.watch.calling = True
            outputs = self._called(args, kwargs, seed)
            self.watch.calling = False
            self.machine.settle()
            self._note_launches(inputs=(args, kwargs), outputs=outputs)
            return _packed(outputs, self.watch, self.question.idle, self.tensors)
        except Exception as error:  # noqa: BLE001  whatever foreign code raises is its result
            self.report.failure = replace(failure_of(error, _reason(error), "call"), draw=index)
            self.last = None
            return None
        finally:
            self.watch.calling = False
            self._count()

    def _called(self, args: Any, kwargs: Any, seed: int) -> Any:
        wanted, by_order = self.question.gradients, bool(self.report.weights_matched)
        if wanted is None:
            return self.instance(*args, **kwargs)
        known = zip(module_state.of(self.instance), self.question.state, strict=False) if by_order else ()
        return gradients.call(
            self.instance, (args, kwargs), seed, dict(known), wanted, self._before_backward,
            self.question.protocol > 1, self._wrote_upstream,
        )  # fmt: skip

    def _wrote_upstream(self) -> None:
        if self.question.protocol > 1:
            self.watch.memory.note("mutated_input", "the gradient that flows in was written")

    def _note_launches(self, inputs: Any, outputs: Any) -> None:
        """Every call does its own work."""
        kept = pytree.tree_map(lambda leaf: leaf.clone() if isinstance(leaf, torch.Tensor) else leaf, outputs)
        self.last = (inputs, kept)
        empty = all(not leaf.numel() for leaf in pytree.tree_leaves(outputs) if isinstance(leaf, torch.Tensor))
        launched = self.machine.launched
        if (
            self.question.protocol > 1
            and not launched
            and not empty
            and self.report.launches
            and not self.question.idle
        ):
            self.watch.memory.note("not_launched", "a later call launches no kernel")

    def _before_backward(self) -> None:
        """What torch's own layers compute on the way back is not the candidate's doing."""
        self.watch.calling = self.question.watch_backward

    def _count(self) -> None:
        self.report.launches.update(self.machine.launched)
        self.report.operations.update(self.watch.performed)
        self.watch.performed.clear()
        self.report.atomics = self.report.atomics or self.machine.atomics
        self.report.accesses += self.machine.accesses


def _reason(error: BaseException) -> Reason:
    if isinstance(error, CompilationError | OutOfResources | PTXASError):
        return Reason.NOT_COMPILED
    return Reason.OUT_OF_BOUNDS if "illegal memory access" in str(error) else Reason.CRASH


def _packed(outputs: Any, watch: Watch, idle: bool, tensors: list[torch.Tensor]) -> values.Packed:
    own: list[torch.Tensor] = []
    for where, leaf in values.leaves(outputs):
        if isinstance(leaf, torch.Tensor):
            if type(leaf) not in (torch.Tensor, torch.nn.Parameter):
                watch.memory.note("tampering", f"output{where} is a {type(leaf).__name__}, not a plain tensor")
                return None
            if not idle:
                watch.memory.check_output(leaf, f"output{where}")
                own.append(leaf)
        elif type(leaf) not in (int, float, bool, str, complex, type(None), torch.dtype, torch.device):
            watch.memory.note("tampering", f"output{where} is a {type(leaf).__name__}")
            return None
    watch.check_origin(own)
    copied = pytree.tree_map(_on_host, outputs)
    return values.pack(copied, tensors, strides=False)


def _kept(again: Any, first: Any, inputs: set[int]) -> bool:
    """The same numbers, in memory that is no input's; all zeros, or all yes, is what a buffer holds from the start."""
    new, old = ([t for t in pytree.tree_leaves(one) if isinstance(t, torch.Tensor)] for one in (again, first))
    pairs = [(a, b) for a, b in zip(new, old, strict=False) if a.numel() and _place(a) not in inputs]
    whole = [(a, b) for a, b in pairs if (b != 0).any() and (b.dtype != torch.bool or not b.all())]
    return bool(whole) and all(values.equal(a, b) for a, b in whole)


def _place(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage().data_ptr())


def _on_host(leaf: Any) -> Any:
    """On the host, so that a device that fails later does not take it along."""
    return leaf.detach().to("cpu", copy=True) if isinstance(leaf, torch.Tensor) else leaf


def _placed(inputs: Any, index: int, report: Report, machine: Any) -> Any:
    """Every second draw lies where the one before it lay, so that an address tells nothing about the numbers."""
    leaves, form = pytree.tree_flatten(inputs)
    fitting = index % 2 and len(report.placed) == len(leaves)
    report.placed = [_at(leaf, report.placed[at] if fitting else None, machine) for at, leaf in enumerate(leaves)]
    return pytree.tree_unflatten(report.placed, form)


def _at(leaf: Any, place: Any, machine: Any) -> Any:
    if not isinstance(leaf, torch.Tensor):
        return leaf
    alike = isinstance(place, torch.Tensor) and 0 not in leaf.stride()
    if alike and (place.shape, place.stride(), place.dtype) == (leaf.shape, leaf.stride(), leaf.dtype):
        return place.copy_(leaf)
    return machine.put(values.strided(leaf, leaf.stride()))
