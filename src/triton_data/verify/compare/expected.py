"""What the reference's task claims, as tensors to compare with: one `Case` a draw.

In: a draw of the reference's report, and its tensors. Out: cases, and what the candidate may leave to torch.
Only opens what was packed, and raises `Malformed` where that fails; nothing here runs foreign code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch

from triton_data.verify.compare import numbers
from triton_data.verify.compare.numbers import Expected
from triton_data.verify.draws.draws import ALL_KINDS, Draw
from triton_data.verify.jailed import operations
from triton_data.verify.wire.record import Malformed
from triton_data.verify.wire.reference import ReferenceDraw
from triton_data.verify.wire.values import Packed, equal, leaves, unpack_claim, unpack_tensors

_SOFTMAX = {"_softmax", "_safe_softmax", "exp", "softmax"}


@dataclass(frozen=True)
class Case:
    kind: str
    seed: int
    packed_inputs: Packed  # as the candidate gets them
    inputs: list[torch.Tensor]
    outputs: list[tuple[str, Any]]  # (where, leaf) as eager gave them
    expected: dict[str, Expected]  # by where: tensor outputs, then inputs and weights that the program writes
    mutated: dict[str, torch.Tensor]
    state: dict[str, torch.Tensor]
    steady: bool
    in_double: bool
    weights: int = 0  # which set
    ints: str = "given"

    def differs(self, other: Case) -> bool:
        """In some output, so that no constant is right for both."""
        pairs = zip(self.outputs, other.outputs, strict=False)
        return any(torch.is_tensor(a) and torch.is_tensor(b) and not equal(a, b) for (_, a), (_, b) in pairs)

    @property
    def stable(self) -> bool:
        """Eager agrees with itself in float64, so that these inputs can tell right from wrong."""
        return all(numbers.eager_is_close(expected) for expected in self.expected.values())

    @property
    def silent(self) -> bool:
        return any(numbers.says_nothing(expected) for expected in self.expected.values())


def case(draw: ReferenceDraw, tensors: list[torch.Tensor], only_moves: bool = False) -> Case:
    outputs = leaves(unpack_claim(draw.outputs, tensors, "outputs"))
    exact = _by_place(draw.exact, tensors) if draw.exact is not None else {}
    nudged = [_by_place(packed, tensors) for packed in draw.nudged]
    if draw.kind not in ALL_KINDS:
        raise Malformed(f"no kind of draw: {draw.kind!r:.40}")
    small = draw.kind in ("tiny", "rows") or (draw.kind == "scaled" and Draw(draw.kind, draw.seed).factor < 1)
    masked = draw.kind == "infinite" or draw.ints in ("whole", "few")
    expected = {
        where: Expected(
            leaf,
            _fitting(exact.get(where), leaf),
            _all_fitting(where, nudged, leaf),
            only_moves,
            1.0 if small else 0.0,
            masked,
        )
        for where, leaf in outputs
        if isinstance(leaf, torch.Tensor)
    }
    inputs = [
        leaf for _, leaf in leaves(unpack_claim(draw.inputs, tensors, "inputs")) if isinstance(leaf, torch.Tensor)
    ]
    return Case(
        draw.kind, draw.seed, draw.inputs, inputs, outputs, expected, unpack_tensors(draw.mutated, tensors, "input"),
        unpack_tensors(draw.state, tensors, "weight"), draw.steady, all(e.exact is not None for e in expected.values()),
        draw.weights, draw.ints,
    )  # fmt: skip


def _declared(text: str) -> set[str]:
    """extern_kernels.bias_addmm and torch.ops.aten.sort.default, as kinds of operation, and by name."""
    name = (text.split("aten.")[-1].partition(".")[0] if "aten." in text else text.rpartition(".")[2]).removeprefix(
        "bias_"
    )
    kind = operations.kind(name)
    return {name} if kind in ("compute", "memory", "move") else {name, kind}


def only_moves(performed: Iterable[str]) -> bool:
    """Nothing is computed, so every number must come out as it went in."""
    return {operations.kind(name) for name in performed} <= {"memory", "move", "read"}


def has_bookkeeping(case: Case) -> bool:
    """Nothing that is returned is an integer, and not only integers come in."""
    results = [one.eager for one in case.expected.values()]
    return any(t.is_floating_point() for t in case.inputs) and all(t.is_floating_point() for t in results)


def _by_place(packed: Packed, tensors: list[torch.Tensor]) -> dict[str, Any]:
    return dict(leaves(unpack_claim(packed, tensors, "outputs")))


def _fitting(found: Any, leaf: torch.Tensor) -> torch.Tensor | None:
    return found if isinstance(found, torch.Tensor) and found.shape == leaf.shape else None


def _all_fitting(where: str, nudged: list[dict[str, Any]], leaf: torch.Tensor) -> tuple[torch.Tensor, ...]:
    found = (_fitting(each.get(where), leaf) for each in nudged)
    return tuple(tensor for tensor in found if tensor is not None)


def allowed(performed: Iterable[str], declared: Iterable[str] = (), bookkeeping: bool = False) -> frozenset[str]:
    """Kinds of operation that the candidate may leave to torch: those that the pair declares, and heavy ones that the
    reference performs too, as long as something else is left for kernels to do; and its
    bookkeeping: integers that only integers lead to."""
    kinds = {operations.kind(name) for name in performed}
    families = kinds - {"memory", "move", "compute", "read"}
    mixed = "compute" in kinds or len(families) > 1
    allowed = {name for text in declared for name in _declared(text)} | (kinds & {"read"})
    if mixed:
        allowed |= families
        if "matmul" in families and _SOFTMAX & set(performed):
            allowed.add("attention")
        if families & {"convolution", "attention"}:
            allowed.add("matmul")
    if mixed or families:
        allowed.add("move")
    if bookkeeping:
        allowed.add("integers")
    return frozenset(allowed)
