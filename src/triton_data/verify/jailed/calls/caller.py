"""A candidate, called once a draw: what came of it, packed, and what it was seen to do.

In: an instance, a question, a machine that runs kernels. Out: claims of a process with foreign code in it. Runs foreign
code: only in the jail. Not covered: which questions there are, and in which order (candidate.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch.utils import _pytree as pytree
from triton.compiler.errors import CompilationError
from triton.runtime.errors import OutOfResources, PTXASError

from triton_data.verify.draws import noncontiguous
from triton_data.verify.jailed import gradients, module_state
from triton_data.verify.jailed.calls.report import Report, faults_of
from triton_data.verify.jailed.load_candidate import failure_of
from triton_data.verify.jailed.watch import Watch
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.candidate import (
    CandidateQuestion,
    DrawClaim,
    DrawInputs,
    NoncontiguousClaim,
)


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
        with self._aside():
            self.watch.begin(tensors, list(module_state.of(self.instance).values()))
            self.machine.begin(0, True)
            try:
                torch.manual_seed(self.question.draws[0].seed)
                again = self._called(inputs[0], inputs[1], self.question.draws[0].seed)
            except Exception:  # noqa: BLE001  without its kernels it may fail
                again = None
            launched = len(self.machine.launched)
            self.machine.begin(0, False)
        if not launched and again is not None:
            self.watch.memory.note("not_launched", "called again with the same tensors, it launches no kernel")
        elif again is not None and _kept(again, first, {_place(tensor) for tensor in tensors}):
            detail = "called again with the same tensors, it is right while its kernels do nothing"
            self.watch.memory.note("decoy", detail)

    def apart(self, draw: DrawInputs, changed: Callable[[Any], Any] | None = None) -> NoncontiguousClaim:
        """What comes of it is a claim of its own, and is nobody's fault."""
        report = self.report
        self.report = Report(weights_matched=report.weights_matched)
        with self._aside() as noted:
            self.watch.apart = True
            called = self.call(draw, 0, changed)
            self.watch.apart = False
        claim = NoncontiguousClaim(called, self.report.failure, faults_of(noted))
        self.report = report
        return claim

    @contextmanager
    def _aside(self) -> Iterator[list[tuple[str, str]]]:
        """What is noted meanwhile is handed over in the end, and held against nobody."""
        memory = self.watch.memory
        faults, hints = len(memory.faults), len(memory.hints)
        noted: list[tuple[str, str]] = []
        yield noted
        noted += memory.faults[faults:]
        del memory.faults[faults:], memory.hints[hints:]

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
            self.question.protocol > 1, self._wrote_upstream, self.watch.arrives,
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
