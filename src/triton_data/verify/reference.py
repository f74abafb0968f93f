"""What the jail runs for the reference: its inputs, weights and outputs, in its own type and in float64.

In: a payload of plain JSON. Out: the packed weights, and for every draw the inputs, the outputs of two runs, the
outputs in float64, and what the program changed in its inputs and its state. Everything is a claim, but of the
reference: the candidate runs elsewhere. Not covered: what the numbers mean (compare.py).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.program_form import arguments
from triton_data.verify import exact, stand_in, state, subject, values
from triton_data.verify.draws import Draw, changed
from triton_data.verify.operations import Operations
from triton_data.verify.reasons import Reason

FEW, NUDGES = 64, 4
MOST = 160 << 20  # bytes that one answer holds


class Refused(Exception):
    """The reference cannot be used; ends as a Drop."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass
class Reference:
    module: Any
    target: Any
    init: Any
    training: bool
    device: str

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
        torch.manual_seed(draw.seed)
        args, kwargs = arguments(self.module.get_inputs())
        return changed(pytree.tree_map(_detached, (args, kwargs)), draw)


def run(payload: dict[str, Any]) -> tuple[dict[str, Any], list[torch.Tensor]]:
    tensors: list[torch.Tensor] = []
    try:
        with _device(payload["device"]), torch.no_grad():
            return _observed(payload, tensors), tensors
    except Refused as refused:
        return {"refused": refused.reason.value, "detail": str(refused)}, []


@contextlib.contextmanager
def _device(name: str) -> Iterator[None]:
    if name == "cpu":
        stand_in.install()
        with stand_in.redirected():
            yield
    else:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
        with stand_in.Grouped():
            yield


def _observed(payload: dict[str, Any], tensors: list[torch.Tensor]) -> dict[str, Any]:
    reference = _loaded(payload)
    instance = reference.fresh(payload["seed"])
    given = Draw("given", payload["seed"])
    instance = _with_telling_state(reference, instance, given, payload["seed"])
    initial = state.of(instance)
    head = {
        "init": _init(reference.init, tensors),
        "state": {name: values.pack(tensor, tensors) for name, tensor in initial.items()},
        "is_class": isinstance(reference.target, type),
    }
    initial = {name: tensor.detach().clone() for name, tensor in initial.items()}
    runner = Runner(reference, instance, initial)
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
        init = module.__dict__.get("get_init_inputs")
        given = arguments(init()) if init else ((), {})
        target = module.__dict__[payload["entry"]]
        return Reference(module, target, given, payload["training"], payload["device"])
    except Exception as error:
        raise Refused(Reason.REFERENCE_FAILED, _said(error)) from error


def _with_telling_state(reference: Reference, instance: Any, given: Draw, seed: int) -> Any:
    """Weights that are all 1 or all 0 hide a kernel that forgets them, so they get numbers of their own, unless the
    program cannot run with those."""
    try:
        plain = instance(*(args := reference.on_device(reference.inputs(given)))[0], **args[1])
    except Exception as error:
        raise Refused(Reason.REFERENCE_FAILED, _said(error)) from error
    telling = reference.fresh(seed)
    if not state.make_telling(telling, seed):
        return reference.fresh(seed)
    try:
        args = reference.on_device(reference.inputs(given))
        varied = telling(*args[0], **args[1])
    except Exception:  # noqa: BLE001  it needs the weights that it has
        return reference.fresh(seed)
    worse = _broken(varied) > _broken(plain)
    telling = reference.fresh(seed)
    return telling if worse else (state.make_telling(telling, seed), telling)[1]


def _broken(outputs: Any) -> int:
    floats = [t for t in pytree.tree_leaves(outputs) if isinstance(t, torch.Tensor) and t.is_floating_point()]
    return sum(int((~t.isfinite()).sum()) for t in floats)


@dataclass
class Runner:
    reference: Reference
    instance: Any
    initial: dict[str, torch.Tensor]

    def once(self, inputs: Any, seed: int) -> Any:
        """The outputs, from the initial weights; the inputs may come back changed."""
        state.put(self.instance, self.initial)
        torch.manual_seed(seed)
        return self.instance(*inputs[0], **inputs[1])

    def draw(self, draw: Draw, tensors: list[torch.Tensor], first: bool) -> dict[str, Any] | None:
        try:
            inputs = self.reference.on_device(self.reference.inputs(draw))
            row: dict[str, Any] = {"kind": draw.kind, "seed": draw.seed}
            mark = len(tensors)
            row["inputs"] = _packed(_copied(inputs), tensors, Reason.UNSUPPORTED_INPUTS)
            before, used = pytree.tree_leaves(inputs), _copied(inputs)
            outputs = self.once(used, draw.seed)
            again = self.once(_copied(inputs), draw.seed + 1)
        except Refused:
            raise
        except Exception as error:
            if first:
                raise Refused(Reason.REFERENCE_FAILED, _said(error)) from error
            return None
        row["outputs"] = _packed(outputs, tensors, Reason.UNSUPPORTED_OUTPUTS)
        row["steady"] = _same(outputs, again)
        row["mutated"] = _mutated(before, pytree.tree_leaves(used), tensors)
        row["state"] = self._state_changes(tensors)
        row["exact"] = self._exact(inputs, draw, tensors)
        few = sum(t.numel() for t in pytree.tree_leaves(outputs) if isinstance(t, torch.Tensor)) <= FEW
        count = NUDGES if few else 1 if row["exact"] is None or _nudgeable(draw, outputs) else 0
        row["nudges"] = [self._nudged(inputs, draw, number, tensors) for number in range(count)]
        row["bytes"] = sum(t.nbytes for t in tensors[mark:])
        return row

    def _state_changes(self, tensors: list[torch.Tensor]) -> dict[str, Any]:
        now = state.of(self.instance)
        changed_ = [name for name, old in self.initial.items() if not _equal(old, now[name])]
        return {name: values.pack(now[name].detach().clone(), tensors) for name in changed_}

    def _exact(self, inputs: Any, draw: Draw, tensors: list[torch.Tensor]) -> Any:
        """None where the program does not run in float64."""
        try:
            state.put(self.instance, self.initial)
            with exact.in_double():
                wide = exact.widened_module(self.instance)
                torch.manual_seed(draw.seed)
                args = exact.widened(inputs)
                outputs = wide(*args[0], **args[1])
            return values.pack(outputs, tensors, strides=False)
        except Exception:  # noqa: BLE001
            return None

    def _nudged(self, inputs: Any, draw: Draw, number: int, tensors: list[torch.Tensor]) -> Any:
        """The outputs for inputs that are a rounding error away: instead of float64, and where a few numbers are too
        few to tell how far eager is usually off."""
        generator = torch.Generator().manual_seed(draw.seed * NUDGES + number)

        def nudge(leaf: Any) -> Any:
            if not isinstance(leaf, torch.Tensor) or not leaf.is_floating_point():
                return leaf
            noise = 2 * torch.rand(leaf.shape, generator=generator).to(leaf.device) - 1
            return (leaf.double() * (1 + noise * torch.finfo(leaf.dtype).eps)).to(leaf.dtype)

        nudged = pytree.tree_map(nudge, inputs)
        return values.pack(self.once(nudged, draw.seed), tensors, strides=False)


def _nudgeable(draw: Draw, outputs: Any) -> bool:
    """Not where inputs stand on the edge of a decision, nor in types whose rounding error is large."""
    kinds = [t.dtype for t in pytree.tree_leaves(outputs) if isinstance(t, torch.Tensor) and t.is_floating_point()]
    return draw.kind != "edges" and all(torch.finfo(kind).eps < 1e-4 for kind in kinds)


def _detached(leaf: Any) -> Any:
    return leaf.detach().cpu() if isinstance(leaf, torch.Tensor) else leaf


def _copied(inputs: Any) -> Any:
    """Each tensor in memory of its own, with its strides."""
    return pytree.tree_map(_own, inputs)


def _own(leaf: Any) -> Any:
    return values.strided(leaf.cpu(), leaf.stride()).to(leaf.device) if isinstance(leaf, torch.Tensor) else leaf


def _mutated(before: list[Any], after: list[Any], tensors: list[torch.Tensor]) -> dict[str, Any]:
    """Place among the inputs' leaves → its new content, for those that the program wrote into."""
    return {
        str(index): values.pack(new, tensors, strides=False)
        for index, (old, new) in enumerate(zip(before, after, strict=True))
        if isinstance(old, torch.Tensor) and not _equal(old, new)
    }


def _same(a: Any, b: Any) -> bool:
    """Up to what the order of additions does: a GPU's own scatter adds in any."""
    old, new = pytree.tree_leaves(a), pytree.tree_leaves(b)
    return len(old) == len(new) and all(
        _near(x, y) if isinstance(x, torch.Tensor) and isinstance(y, torch.Tensor) else type(x) is type(y)
        for x, y in zip(old, new, strict=True)
    )


def _near(a: torch.Tensor, b: torch.Tensor) -> bool:
    if _equal(a, b):
        return True
    if a.shape != b.shape or a.dtype != b.dtype or not (a.is_floating_point() and a.is_cuda):
        return False
    off, size = (a.double() - b.double()).abs().nan_to_num(), a.double().abs().nan_to_num().max()
    return bool(off.max() <= 16 * torch.finfo(a.dtype).eps * size)


def _equal(a: torch.Tensor, b: torch.Tensor) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    return torch.equal(a, b) or bool(((a == b) | ((a != a) & (b != b))).all())


def _packed(value: Any, tensors: list[torch.Tensor], reason: Reason) -> Any:
    try:
        return values.pack(value, tensors)
    except values.Unpackable as error:
        raise Refused(reason, str(error)) from error


def _init(init: Any, tensors: list[torch.Tensor]) -> Any:
    """None where the constructor takes objects: then the candidate makes its own, which concern nobody else."""
    try:
        return values.pack(init, tensors, plain=True)
    except values.Unpackable:
        return None


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
