"""What the reference's task claims, as tensors to compare with: one `Case` a draw.

In: the value and the raw tensors of the reference's outcome. Out: cases, and what the candidate may leave to torch.
Only parses; nothing here runs foreign code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch

from triton_data.verify.compare import numbers
from triton_data.verify.compare.numbers import Expected
from triton_data.verify.draws.draws import Draw
from triton_data.verify.jailed import operations
from triton_data.verify.wire import values

_SOFTMAX = {"_softmax", "_safe_softmax", "exp", "softmax"}


@dataclass(frozen=True)
class Case:
    kind: str
    seed: int
    spec: Any  # inputs, packed
    inputs: list[torch.Tensor]
    outputs: list[tuple[str, Any]]  # (where, leaf) as eager gave them
    expected: dict[str, Expected]  # by where: tensor outputs, then inputs and weights that the program writes
    mutated: dict[str, torch.Tensor]
    state: dict[str, torch.Tensor]
    steady: bool
    in_double: bool

    @property
    def stable(self) -> bool:
        """Eager agrees with itself in float64, so that these inputs can tell right from wrong."""
        return all(numbers.eager_is_close(expected) for expected in self.expected.values())


def case(row: dict[str, Any], tensors: list[torch.Tensor], moves: bool = False) -> Case:
    outputs = values.leaves(values.unpack(row["outputs"], tensors))
    exact = _leaves(row["exact"], tensors) if row["exact"] is not None else {}
    nudges = [_leaves(spec, tensors) for spec in row["nudges"]]
    draw = Draw(row["kind"], row["seed"])
    unit = 1.0 if draw.kind == "scaled" and draw.factor < 1 else 0.0
    expected = {
        where: Expected(leaf, _fitting(exact.get(where), leaf), _all_fitting(where, nudges, leaf), moves, unit)
        for where, leaf in outputs
        if isinstance(leaf, torch.Tensor)
    }
    inputs = [
        leaf for _, leaf in values.leaves(values.unpack(row["inputs"], tensors)) if isinstance(leaf, torch.Tensor)
    ]
    return Case(
        row["kind"], row["seed"], row["inputs"], inputs, outputs,
        expected, _named(row["mutated"], tensors), _named(row["state"], tensors), bool(row["steady"]),
        all(e.exact is not None for e in expected.values()),
    )  # fmt: skip


def _declared(text: str) -> set[str]:
    """extern_kernels.bias_addmm and torch.ops.aten.sort.default, as this page's kinds, and by name."""
    name = (text.split("aten.")[-1].partition(".")[0] if "aten." in text else text.rpartition(".")[2]).removeprefix(
        "bias_"
    )
    kind = operations.kind(name)
    return {name} if kind in ("compute", "memory", "move") else {name, kind}


def only_moves(performed: Iterable[str]) -> bool:
    """Nothing is computed, so every number must come out as it went in."""
    return {operations.kind(name) for name in performed} <= {"memory", "move", "read"}


def has_books(case: Case) -> bool:
    """Nothing that is returned is an integer, and not only integers come in."""
    results = [one.eager for one in case.expected.values()]
    return any(t.is_floating_point() for t in case.inputs) and all(t.is_floating_point() for t in results)


def _leaves(spec: Any, tensors: list[torch.Tensor]) -> dict[str, Any]:
    return dict(values.leaves(values.unpack(spec, tensors)))


def _fitting(found: Any, leaf: torch.Tensor) -> torch.Tensor | None:
    return found if isinstance(found, torch.Tensor) and found.shape == leaf.shape else None


def _all_fitting(where: str, nudges: list[dict[str, Any]], leaf: torch.Tensor) -> tuple[torch.Tensor, ...]:
    found = (_fitting(nudge.get(where), leaf) for nudge in nudges)
    return tuple(tensor for tensor in found if tensor is not None)


def _named(specs: dict[str, Any], tensors: list[torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: values.unpack(spec, tensors) for name, spec in specs.items()}


def allowed(performed: Iterable[str], declared: Iterable[str] = (), books: bool = False) -> frozenset[str]:
    """Kinds of operation that the candidate may leave to torch: those that the pair declares, and heavy ones that the
    reference performs too, as long as something else is left for kernels to do; and its books, which are integers that
    only integers lead to."""
    kinds = {operations.kind(name) for name in performed}
    families = kinds - {"memory", "move", "compute", "read"}
    mixed = "compute" in kinds or len(families) > 1
    made = {name for text in declared for name in _declared(text)} | (kinds & {"read"})
    if mixed:
        made |= families
        if "matmul" in families and _SOFTMAX & set(performed):
            made.add("attention")
        if families & {"convolution", "attention"}:
            made.add("matmul")
    if mixed or families:
        made.add("move")
    if books:
        made.add("integers")
    return frozenset(made)
