"""All that is found out about a reference before its draws are planned.

In: how it is called, in its own type and in float64, and inputs under several seeds. Out: a `Meaning`, and what is said
of it in the verdict. Foreign code runs: only in the jail. Not covered: how draws follow from it (draws/plan.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.verify.draws.draws import Draw, redrawn
from triton_data.verify.draws.meaning import Meaning
from triton_data.verify.jailed.meaning import admissible
from triton_data.verify.jailed.meaning.trace import traced

Call = Callable[[Any], Any]


def of(call: Call, exact: Call, drawn: list[Any], structure: tuple[str, ...]) -> Meaning:
    """`drawn` are inputs under several seeds."""
    found = traced(call, _copied(drawn[0]))
    leaves = [leaf for leaf in pytree.tree_leaves(drawn[0]) if isinstance(leaf, torch.Tensor)]
    kinds = [leaf.dtype for leaf in leaves if leaf.is_floating_point() and leaf.element_size() > 1]

    def of_size(meaning: Meaning) -> Any:
        return redrawn(_copied(drawn[0]), Draw("huge", 0), structure, meaning)

    return Meaning(
        operations=frozenset(found.operations),
        constants=tuple(found.constants),
        scales=tuple(found.scales),
        differences=found.differences,
        rounds=found.rounds,
        divisors=frozenset(found.divisors if found.rounds else ()),
        integers=admissible.integers(found, drawn, call),
        largest=admissible.largest(of_size, call, exact, kinds),
    )


def said(meaning: Meaning) -> dict[str, str]:
    known = [str(one) for one in meaning.integers if one is not None]
    notes = {"integer inputs": "; ".join(known)} if known else {}
    return {**notes, "largest numbers": f"{meaning.largest:g}"} if meaning.largest else notes


def _copied(inputs: Any) -> Any:
    return pytree.tree_map(lambda leaf: leaf.clone() if isinstance(leaf, torch.Tensor) else leaf, inputs)
