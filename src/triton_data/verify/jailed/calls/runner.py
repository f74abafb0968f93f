"""A reference, called once a draw: in its own type, again with another seed, in float64, and on inputs a rounding away.

In: an instance, its weights and draws. Out: a `ReferenceDraw` each, and the tensors that they name. Runs foreign code:
only in the jail. Not covered: where the instance comes from (reference.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.verify.draws.draws import Draw
from triton_data.verify.jailed import gradients, in_float64, module_state
from triton_data.verify.jailed.calls.conversions import Conversions
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.reference import ReferenceDraw

FEW, NUDGES = 64, 4


class Refused(Exception):
    """The reference cannot be used; ends as a Drop."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass
class Runner:
    reference: Any
    instance: Any
    initial: list[dict[str, torch.Tensor]]  # one set of weights, or two
    gradients: bool = False  # are outputs too
    protocol: int = 1

    def once(self, inputs: Any, seed: int, weights: int = 0) -> Any:
        """The outputs, from the initial weights; the inputs may come back changed."""
        module_state.put(self.instance, self.initial[self._set(weights)])
        torch.manual_seed(seed)
        return self._called(self.instance, inputs, seed)

    def _set(self, weights: int) -> int:
        return min(weights, len(self.initial) - 1)

    def plainly(self, inputs: Any, seed: int) -> Any:
        """With the weights as they are."""
        torch.manual_seed(seed)
        return self.instance(*inputs[0], **inputs[1])

    def in_double(self, inputs: Any, seed: int, weights: int = 0) -> Any:
        module_state.put(self.instance, self.initial[self._set(weights)])
        with in_float64.in_double():
            wide = in_float64.widened_module(self.instance)
            torch.manual_seed(seed)
            return self._called(wide, in_float64.widened(inputs), seed)

    def _called(self, instance: Any, inputs: Any, seed: int) -> Any:
        if not self.gradients:
            return instance(*inputs[0], **inputs[1])
        return gradients.call(instance, inputs, seed, forms=self.protocol > 1)

    def draw(self, draw: Draw, tensors: list[torch.Tensor], first: bool) -> ReferenceDraw | None:
        try:
            inputs = self.reference.on_device(self.reference.inputs(draw))
            mark = len(tensors)
            packed_inputs = packed(_copied(inputs), tensors, Reason.UNSUPPORTED_INPUTS)
            before, used = pytree.tree_leaves(inputs), _copied(inputs)
            with self._conversions() as conversions:
                outputs = self.once(used, draw.seed, draw.weights)
            if conversions.undefined and not first:
                return None
            state = self._state_changes(tensors, draw.weights)
            again = self.once(_copied(inputs), draw.seed if self.gradients else draw.seed + 1, draw.weights)
        except Refused:
            raise
        except Exception as error:
            if first:
                raise Refused(Reason.REFERENCE_FAILED, described(error)) from error
            return None
        packed_outputs = packed(outputs, tensors, Reason.UNSUPPORTED_OUTPUTS)
        mutated = _mutated(before, pytree.tree_leaves(used), tensors)
        exact = self._exact(inputs, draw, tensors)
        count = _nudges(outputs, draw, exact is not None)
        nudged = tuple(self._nudged(inputs, draw, number, tensors) for number in range(count))
        return ReferenceDraw(
            kind=draw.kind, seed=draw.seed, inputs=packed_inputs, outputs=packed_outputs, steady=_same(outputs, again),
            mutated=mutated, state=state, exact=exact, nudged=nudged, bytes=sum(t.nbytes for t in tensors[mark:]),
            weights=self._set(draw.weights), ints=draw.ints,
        )  # fmt: skip

    def _conversions(self) -> Conversions:
        meaning = self.reference.meaning
        return Conversions(watching=meaning is not None and meaning.rounds)

    def _state_changes(self, tensors: list[torch.Tensor], weights: int) -> dict[str, Any]:
        now = module_state.of(self.instance)
        initial = self.initial[self._set(weights)].items()
        changed_ = [name for name, old in initial if not values.equal(old, now[name])]
        return {name: values.pack(now[name].detach().clone(), tensors) for name in changed_}

    def _exact(self, inputs: Any, draw: Draw, tensors: list[torch.Tensor]) -> Any:
        """None where the program does not run in float64."""
        try:
            return values.pack(self.in_double(inputs, draw.seed, draw.weights), tensors, strides=False)
        except Exception:  # noqa: BLE001
            return None

    def _nudged(self, inputs: Any, draw: Draw, number: int, tensors: list[torch.Tensor]) -> Any:
        """The outputs for inputs that are a rounding error away: instead of float64, and where a few numbers are too
        few to tell how far eager is usually off."""
        generator = torch.Generator().manual_seed(draw.seed * NUDGES + number)

        def nudge(leaf: Any) -> Any:
            if not isinstance(leaf, torch.Tensor) or not leaf.is_floating_point() or leaf.element_size() == 1:
                return leaf  # the next number of eight bits is another number
            noise = 2 * torch.rand(leaf.shape, generator=generator).to(leaf.device) - 1
            return (leaf.double() * (1 + noise * torch.finfo(leaf.dtype).eps)).to(leaf.dtype)

        nudged = pytree.tree_map(nudge, inputs)
        return values.pack(self.once(nudged, draw.seed, draw.weights), tensors, strides=False)


def _nudges(outputs: Any, draw: Draw, in_float64: bool) -> int:
    """On how many neighbours of the inputs eager is run: on more of them where few numbers come out."""
    few = sum(t.numel() for t in pytree.tree_leaves(outputs) if isinstance(t, torch.Tensor)) <= FEW
    fine = _is_fine(outputs)
    if draw.kind == "points":
        return int(not in_float64)
    return NUDGES if few and fine else int(not in_float64 or (fine and draw.kind != "edges"))


def _is_fine(outputs: Any) -> bool:
    """A rounding error of the type is small: one of a half type, put on an input, says more than eager's own does. Nor
    are inputs nudged that stand on the edge of a decision."""
    kinds = [t.dtype for t in pytree.tree_leaves(outputs) if isinstance(t, torch.Tensor) and t.is_floating_point()]
    return all(torch.finfo(kind).eps < 1e-4 for kind in kinds)


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
        if isinstance(old, torch.Tensor) and not values.equal(old, new)
    }


def _same(a: Any, b: Any) -> bool:
    """Up to what the order of additions does: a GPU's own scatter adds in any."""
    old, new = pytree.tree_leaves(a), pytree.tree_leaves(b)
    return len(old) == len(new) and all(
        _near(x, y) if isinstance(x, torch.Tensor) and isinstance(y, torch.Tensor) else type(x) is type(y)
        for x, y in zip(old, new, strict=True)
    )


def _near(a: torch.Tensor, b: torch.Tensor) -> bool:
    if values.equal(a, b):
        return True
    if a.shape != b.shape or a.dtype != b.dtype or not (a.is_floating_point() and a.is_cuda):
        return False
    off, size = (a.double() - b.double()).abs().nan_to_num(), a.double().abs().nan_to_num().max()
    return bool(off.max() <= 16 * torch.finfo(a.dtype).eps * size)


def packed(value: Any, tensors: list[torch.Tensor], reason: Reason) -> Any:
    try:
        return values.pack(value, tensors)
    except values.Unpackable as error:
        raise Refused(reason, str(error)) from error


def described(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
