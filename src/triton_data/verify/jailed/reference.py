"""What the jail runs for the reference: its inputs, weights and outputs, in its own type and in float64.

In: a payload of plain JSON. Out: the packed weights, and for every draw the inputs, the outputs of two runs, the
outputs in float64, and what the program changed in its inputs and its state. Everything is a claim, but of the
reference: the candidate runs elsewhere. Not covered: what the numbers mean (compare/numbers.py).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.formats.program_form import arguments
from triton_data.verify.draws import structure
from triton_data.verify.draws.draws import Draw, changed
from triton_data.verify.jailed import cuda_on_cpu, memory_estimate, module_state
from triton_data.verify.jailed.cuda import chosen
from triton_data.verify.jailed.operations import Operations
from triton_data.verify.jailed.reference_calls import Refused, Runner, said
from triton_data.verify.reading import subject
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values

MOST = 160 << 20  # bytes that one answer holds
BULK = 4  # times the limit of a draw: inputs and weights of more are not even made


@dataclass
class Reference:
    module: Any
    target: Any
    init: Any
    training: bool
    device: str
    structure: tuple[str, ...] = ()  # of the inputs' leaves

    def fresh(self, seed: int) -> Any:
        torch.manual_seed(seed)
        return self.on_device(subject.made(self.target, self.init, self.training))

    def on_device(self, value: Any) -> Any:
        if self.device == "cpu":
            return value
        if hasattr(value, "to") and not isinstance(value, torch.Tensor):
            return value.to(self.device)
        return pytree.tree_map(lambda leaf: leaf.to(self.device) if isinstance(leaf, torch.Tensor) else leaf, value)

    def inputs(self, draw: Draw) -> Any:
        return changed(self.drawn(draw.seed), draw, self.structure)

    def drawn(self, seed: int) -> Any:
        torch.manual_seed(seed)
        return pytree.tree_map(_detached, arguments(self.module.get_inputs()))


def run(payload: dict[str, Any]) -> tuple[dict[str, Any], list[torch.Tensor]]:
    """One text, or, with `texts`, as many of these as must be tried until `enough` of them can be used."""
    chosen.take(payload)
    if "texts" not in payload:
        return _one(payload)
    heads, tensors = [], []
    for text in payload["texts"]:
        head, own = _one({**payload, "text": text})
        heads.append({**head, "tensors": len(own)})
        tensors += own
        usable = sum("refused" not in head and "big" not in head for head in heads)
        if usable == payload["enough"] or sum(tensor.nbytes for tensor in tensors) > MOST:
            break
    return {"heads": heads}, tensors


def _one(payload: dict[str, Any]) -> tuple[dict[str, Any], list[torch.Tensor]]:
    tensors: list[torch.Tensor] = []
    if (size := memory_estimate.of(payload["text"], payload["entry"])) > BULK * payload["limit"]:
        return {"big": size}, []
    try:
        with _device(payload["device"]), torch.no_grad():
            return _observed(payload, tensors), tensors
    except Refused as refused:
        return {"refused": refused.reason.value, "detail": str(refused)}, []


@contextlib.contextmanager
def _device(name: str) -> Iterator[None]:
    if name == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""  # also where the jail has a GPU: nobody is to ask it anything
        cuda_on_cpu.install()
        with cuda_on_cpu.redirected():
            yield
    else:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
        with cuda_on_cpu.Grouped():
            yield


def _observed(payload: dict[str, Any], tensors: list[torch.Tensor]) -> dict[str, Any]:
    reference = _loaded(payload)
    reference.structure = structure.found(reference.drawn(1001), reference.drawn(1002))
    instance = reference.fresh(payload["seed"])
    given = Draw("given", payload["seed"])
    instance = _with_telling_state(reference, instance, given, payload["seed"])
    initial = module_state.of(instance)
    head = {
        "init": _init(reference.init, tensors),
        "state": {name: values.pack(tensor.detach().clone(), tensors) for name, tensor in initial.items()},
        "is_class": isinstance(reference.target, type),
    }
    initial = {name: tensor.detach().clone() for name, tensor in initial.items()}
    runner = Runner(reference, instance, initial, payload["gradients"])
    with Operations() as operations:
        runner.once(reference.on_device(reference.inputs(given)), payload["seed"])
    head["operations"] = operations.names()
    head["draws"] = []
    for place, draw in enumerate(payload["draws"]):
        row = runner.draw(Draw(**draw), tensors, place == 0)
        head["draws"].append(row)
        if place == 0 and row is not None and row["bytes"] > payload["limit"]:
            head["big"] = row["bytes"]
            break
        if sum(tensor.nbytes for tensor in tensors) > MOST:
            break
    return head


def _loaded(payload: dict[str, Any]) -> Reference:
    torch.manual_seed(payload["seed"])
    try:
        module = subject.load(payload["text"], "reference")
        given = subject.given(module, "get_init_inputs")
        target = module.__dict__[payload["entry"]]
        return Reference(module, target, given, payload["training"], payload["device"])
    except Exception as error:
        raise Refused(Reason.REFERENCE_FAILED, said(error)) from error


def _with_telling_state(reference: Reference, instance: Any, given: Draw, seed: int) -> Any:
    """Weights that are all 1 or all 0 hide a kernel that forgets them, so they get numbers of their own, unless the
    program cannot run with those."""
    try:
        plain = instance(*(args := reference.on_device(reference.inputs(given)))[0], **args[1])
    except Exception as error:
        raise Refused(Reason.REFERENCE_FAILED, said(error)) from error
    telling = reference.fresh(seed)
    if not module_state.make_telling(telling, seed):
        return reference.fresh(seed)
    try:
        args = reference.on_device(reference.inputs(given))
        varied = telling(*args[0], **args[1])
    except Exception:  # noqa: BLE001  it needs the weights that it has
        return reference.fresh(seed)
    worse = _broken(varied) > _broken(plain)
    telling = reference.fresh(seed)
    return telling if worse else (module_state.make_telling(telling, seed), telling)[1]


def _broken(outputs: Any) -> int:
    floats = [t for t in pytree.tree_leaves(outputs) if isinstance(t, torch.Tensor) and t.is_floating_point()]
    return sum(int((~t.isfinite()).sum()) for t in floats)


def _detached(leaf: Any) -> Any:
    return leaf.detach().cpu() if isinstance(leaf, torch.Tensor) else leaf


def _init(init: Any, tensors: list[torch.Tensor]) -> Any:
    """None where the constructor takes objects: then the candidate makes its own, which concern nobody else."""
    try:
        return values.pack(init, tensors, plain=True)
    except values.Unpackable:
        return None
