"""What the jail runs for a candidate: its outputs, as bytes, and what it was seen to do.

In: a payload of plain JSON: the text, the weights, the inputs of every draw; never an expected output. Out: the packed
outputs, inputs and weights afterwards, and the faults. All of it is a claim of a process with foreign code in it;
what counts is compared outside, and what the faults add is what cannot be seen in numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils import _pytree as pytree
from triton.compiler.errors import CompilationError
from triton.runtime.errors import OutOfResources, PTXASError

from triton_data.verify.compare import noncontiguous
from triton_data.verify.jailed import gradients, module_state
from triton_data.verify.jailed.cuda import chosen
from triton_data.verify.jailed.load_candidate import failure, instance_of
from triton_data.verify.jailed.watch import Watch
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values

ACCESSES = 3_000  # loads and stores after which only the draws that must be done are done
FEWEST = 5


@dataclass
class Report:
    draws: list[dict[str, Any]] = field(default_factory=list)
    failed: dict[str, Any] | None = None
    launches: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    weights: str = ""  # how the weights were matched, where that was not by name
    atomics: bool = False
    accesses: int = 0
    places: list[Any] = field(default_factory=list)  # the last draw's inputs


def run(payload: dict[str, Any]) -> tuple[dict[str, Any], list[torch.Tensor]]:
    """One question, or, as `parts`, several, each with a module and a machine of its own."""
    chosen.take(payload)
    if "parts" not in payload:
        return _answer(payload)
    parts, counts, tensors = [], [], []
    for part in payload["parts"]:
        told, own = _answer(part)
        parts.append(told)
        counts.append(len(own))
        tensors += own
        if parts[0]["failed"] is not None or parts[0]["faults"]:
            break
    return {"parts": parts, "tensors": counts}, tensors


def _answer(payload: dict[str, Any]) -> tuple[dict[str, Any], list[torch.Tensor]]:
    machine = _machine(payload["device"])
    given = [values.from_payload(tensor) for tensor in payload["tensors"]]
    tensors: list[torch.Tensor] = []
    report, memory, again, strided = Report(), machine.memory, None, None
    watch = Watch(memory, frozenset(payload["allowed"]))
    with torch.no_grad(), machine.ready(), watch:
        instance = instance_of(payload, given, report, machine)
        if report.failed is None:
            caller = Caller(instance, payload, given, report, watch, machine, tensors)
            for index, draw in enumerate(payload["draws"]):
                if not _another(payload, index, report):
                    break
                report.draws.append(caller.drawn(draw, index))
                if report.failed is not None or (memory.faults and not payload["idle"]):
                    break
            if len(report.draws) > 1 and report.failed is None and not memory.faults:
                again = caller.drawn(payload["draws"][0], 0)
                strided = caller.strided(payload["draws"][0]) if payload.get("strided") else None
    if report.failed is not None and report.failed["reason"] == Reason.OUT_OF_BOUNDS:
        report.draws, tensors, again = [], [], None  # they lie on a device that no longer answers
    return {
        "again": again, "draws": report.draws, "failed": report.failed, "hints": memory.hints,
        "faults": [list(fault) for fault in memory.faults], "launches": dict(report.launches),
        "operations": dict(report.seen), "weights": report.weights, "atomics": report.atomics,
        "accesses": report.accesses, "strided": strided,
    }, tensors  # fmt: skip


def _machine(device: str) -> Any:
    if device == "cpu":
        from triton_data.verify.jailed.interpreter.machine import Interpreted

        return Interpreted()
    from triton_data.verify.jailed.cuda.machine import Compiled

    return Compiled()


def _another(payload: dict[str, Any], index: int, report: Report) -> bool:
    """Long kernels are tried on fewer draws: as many as their number of accesses allows, so that it is repeatable."""
    return index < FEWEST or report.accesses * (index + 1) / index <= ACCESSES


@dataclass
class Caller:
    """Calls the candidate once a draw and packs what came of it."""

    instance: Any
    payload: dict[str, Any]
    given: list[torch.Tensor]
    report: Report
    watch: Watch
    machine: Any
    tensors: list[torch.Tensor]

    def strided(self, draw: dict[str, Any]) -> dict[str, Any]:
        """The draw with other strides: what comes of it is told, and is nobody's fault."""
        memory, report = self.watch.memory, self.report
        faults, hints = len(memory.faults), len(memory.hints)
        self.report = Report(weights=report.weights)
        row = self.drawn(draw, 0, noncontiguous.restrided)
        told = {"row": row, "failed": self.report.failed, "faults": [list(each) for each in memory.faults[faults:]]}
        del memory.faults[faults:], memory.hints[hints:]
        self.report = report
        return told

    def drawn(self, draw: dict[str, Any], index: int, changed: Callable[[Any], Any] | None = None) -> dict[str, Any]:
        given = values.unpack(draw["inputs"], self.given)
        args, kwargs = _placed(changed(given) if changed else given, index, self.report, self.machine)
        inputs = [leaf for leaf in pytree.tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        weights = module_state.of(self.instance)
        for name, spec in self.payload["state"].items() if not self.report.weights else ():
            weights[name].copy_(values.unpack(spec, self.given))
        before, held = [tensor.clone() for tensor in inputs], {name: t.clone() for name, t in weights.items()}
        self.watch.begin(inputs)
        self.machine.begin(index, self.payload["idle"])
        row = self._called(args, kwargs, draw["seed"], index)
        row["mutated"] = {
            str(place): values.pack(new.clone(), self.tensors, strides=False)
            for place, (old, new) in enumerate(zip(before, inputs, strict=True))
            if not values.equal(old, new)
        }
        row["state"] = {
            name: values.pack(tensor.clone(), self.tensors)
            for name, tensor in weights.items()
            if not values.equal(held[name], tensor)
        }
        return row

    def _called(self, args: Any, kwargs: Any, seed: int, index: int) -> dict[str, Any]:
        try:
            torch.manual_seed(seed)
            self.watch.calling = True
            outputs = self._outputs(args, kwargs, seed)
            self.watch.calling = False
            self.machine.settle()
            return _row(outputs, self.watch, self.payload["idle"], self.tensors)
        except Exception as error:  # noqa: BLE001  whatever foreign code raises is its result
            self.report.failed = {**failure(error, _reason(error), "call"), "draw": index}
            return {}
        finally:
            self.watch.calling = False
            self._count()

    def _outputs(self, args: Any, kwargs: Any, seed: int) -> Any:
        wanted = self.payload.get("gradients")
        if wanted is None:
            return self.instance(*args, **kwargs)
        known = zip(module_state.of(self.instance), self.payload["state"], strict=False) if self.report.weights else ()
        return gradients.call(self.instance, (args, kwargs), seed, dict(known), wanted, self._before_backward)

    def _before_backward(self) -> None:
        """What torch's own layers compute on the way back is not the candidate's doing."""
        self.watch.calling = bool(self.payload["judge_backward"])

    def _count(self) -> None:
        self.report.launches.update(self.machine.launched)
        self.report.seen.update(self.watch.seen)
        self.watch.seen.clear()
        self.report.atomics = self.report.atomics or self.machine.atomics
        self.report.accesses += self.machine.accesses


def _reason(error: BaseException) -> Reason:
    if isinstance(error, CompilationError | OutOfResources | PTXASError):
        return Reason.NOT_COMPILED
    return Reason.OUT_OF_BOUNDS if "illegal memory access" in str(error) else Reason.CRASH


def _row(outputs: Any, watch: Watch, idle: bool, tensors: list[torch.Tensor]) -> dict[str, Any]:
    own: list[torch.Tensor] = []
    for where, leaf in values.leaves(outputs):
        if isinstance(leaf, torch.Tensor):
            if type(leaf) not in (torch.Tensor, torch.nn.Parameter):
                watch.memory.note("tampering", f"output{where} is a {type(leaf).__name__}, not a plain tensor")
                return {"outputs": None}
            if not idle:
                watch.memory.check_output(leaf, f"output{where}")
                own.append(leaf)
        elif type(leaf) not in (int, float, bool, str, complex, type(None), torch.dtype, torch.device):
            watch.memory.note("tampering", f"output{where} is a {type(leaf).__name__}")
            return {"outputs": None}
    watch.check_origin(own)
    copied = pytree.tree_map(_kept, outputs)
    return {"outputs": values.pack(copied, tensors, strides=False)}


def _kept(leaf: Any) -> Any:
    """On the host, so that a device that fails later does not take it along."""
    return leaf.detach().to("cpu", copy=True) if isinstance(leaf, torch.Tensor) else leaf


def _placed(inputs: Any, index: int, report: Report, machine: Any) -> Any:
    """Every second draw lies where the one before it lay, so that an address tells nothing about the numbers."""
    leaves, form = pytree.tree_flatten(inputs)
    fitting = index % 2 and len(report.places) == len(leaves)
    report.places = [_at(leaf, report.places[at] if fitting else None, machine) for at, leaf in enumerate(leaves)]
    return pytree.tree_unflatten(report.places, form)


def _at(leaf: Any, place: Any, machine: Any) -> Any:
    if not isinstance(leaf, torch.Tensor):
        return leaf
    alike = isinstance(place, torch.Tensor) and 0 not in leaf.stride()
    if alike and (place.shape, place.stride(), place.dtype) == (leaf.shape, leaf.stride(), leaf.dtype):
        return place.copy_(leaf)
    return machine.put(values.strided(leaf, leaf.stride()))
