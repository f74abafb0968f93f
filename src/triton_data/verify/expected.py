"""What the reference's task claims, as tensors to compare with: one `Case` a draw.

In: the value and the raw tensors of the reference's outcome. Out: cases, and what the candidate may leave to torch.
Only parses; nothing here runs foreign code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch

from triton_data.verify import compare, operations, values
from triton_data.verify.compare import Expected

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
        return all(compare.eager_is_close(expected) for expected in self.expected.values())


def case(row: dict[str, Any], tensors: list[torch.Tensor]) -> Case:
    outputs = values.leaves(values.unpack(row["outputs"], tensors))
    exact = _leaves(row["exact"], tensors) if row["exact"] is not None else {}
    nudged = _leaves(row["nudged"], tensors) if row.get("nudged") is not None else {}
    expected = {
        where: Expected(leaf, _fitting(exact.get(where), leaf), _fitting(nudged.get(where), leaf))
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


def _leaves(spec: Any, tensors: list[torch.Tensor]) -> dict[str, Any]:
    return dict(values.leaves(values.unpack(spec, tensors)))


def _fitting(found: Any, leaf: torch.Tensor) -> torch.Tensor | None:
    return found if isinstance(found, torch.Tensor) and found.shape == leaf.shape else None


def _named(specs: dict[str, Any], tensors: list[torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: values.unpack(spec, tensors) for name, spec in specs.items()}


def allowed(performed: Iterable[str], declared: Iterable[str] = ()) -> frozenset[str]:
    """Kinds of operation that the candidate may leave to torch: those that the pair declares, and heavy ones that the
    reference performs too, as long as something else is left for kernels to do."""
    kinds = {operations.kind(name) for name in performed}
    families = kinds - {"memory", "move", "compute"}
    mixed = "compute" in kinds or len(families) > 1
    made = {operations.kind(name.rpartition(".")[2].removeprefix("bias_")) for name in declared} - {"memory", "compute"}
    if mixed:
        made |= families
        if "matmul" in families and _SOFTMAX & set(performed):
            made.add("attention")
        if "convolution" in families:
            made.add("matmul")
    if mixed or families:
        made.add("move")
    return frozenset(made)
