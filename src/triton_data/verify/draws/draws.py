"""Which inputs a candidate is tried on: several seeds, each as the program draws them, and as it does not.

In: what `get_inputs()` returned and a kind. Out: the same structure with other numbers. Integers and booleans stay what
they are, because they are indices and sizes. A kind that leaves the domain of the program (its reference fails or
makes NaN that the plain draw does not) is dropped by the caller. Not covered: other shapes (reading/resize.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.verify.draws.structure import with_structure

FEWEST = 5  # draws that every candidate is asked about, however slow; the first of a plan have every kind
KINDS = ("given", "normal", "scaled", "edges")
SCALES = (8.0, 0.125, 64.0, 1e-3, 100.0)
OFFSET_SEEDS = (2, 4)  # of normal draws
HALF_SCALES = (4.0, 0.125, 8.0, 1e-2, 6.0)  # squares of larger ones overflow


@dataclass(frozen=True, slots=True)
class Draw:
    kind: str
    seed: int
    half: bool = False  # the program works in a half type

    @property
    def factor(self) -> float:
        return (HALF_SCALES if self.half else SCALES)[self.seed % len(SCALES)]


def plan(seed: int, seeds: int = 5) -> list[Draw]:
    """The first five have five seeds and all kinds, for programs that take too long for more."""
    first = [Draw(kind, seed + index) for index, kind in enumerate(("given", "normal", "scaled", "edges", "given"))]
    every = [Draw(kind, seed + index) for index in range(seeds) for kind in KINDS]
    return first + [draw for draw in every if draw not in first]


def redrawn(inputs: Any, draw: Draw, structure: Sequence[str] = ()) -> Any:
    """The inputs with their floating-point tensors redrawn as the kind says, and as their structure allows."""
    if draw.kind == "given":
        return inputs
    generator = torch.Generator().manual_seed(draw.seed * 7919 + KINDS.index(draw.kind))

    def one(leaf: Any, word: str) -> Any:
        if (
            not isinstance(leaf, torch.Tensor)
            or not (leaf.is_floating_point() or leaf.is_complex())
            or not leaf.numel()
        ):
            return leaf
        fitting = Draw(draw.kind, draw.seed, leaf.element_size() < 4)
        old = leaf.detach().to(_wide(leaf.dtype))
        return _like(leaf, with_structure(word, old, _REDRAWN[draw.kind](old, fitting, generator)))

    leaves, form = pytree.tree_flatten(inputs)
    words = structure if len(structure) == len(leaves) else [""] * len(leaves)
    return pytree.tree_unflatten([one(leaf, word) for leaf, word in zip(leaves, words, strict=True)], form)


def _wide(dtype: torch.dtype) -> torch.dtype:
    return torch.complex128 if dtype.is_complex else torch.float64


def _normal(old: torch.Tensor, draw: Draw, generator: torch.Generator) -> torch.Tensor:
    """At the magnitude that the program uses, around zero; or every second row around a number at which a wrong mean
    shows, and the others around its negative, so that no ReLU lets all of them through."""
    size = old.abs().mean().clamp(0.25, 4.0)
    noise = torch.randn(old.shape, generator=generator, dtype=old.dtype)
    if old.ndim and draw.seed % 5 in OFFSET_SEEDS:
        sides = 1.0 - 2.0 * (torch.arange(old.shape[0]) % 2)
        noise = noise + 3.0 * sides.reshape(-1, *[1] * (old.ndim - 1))
    return noise * size


def _scaled(old: torch.Tensor, draw: Draw, generator: torch.Generator) -> torch.Tensor:
    return old * draw.factor


def _edges(old: torch.Tensor, draw: Draw, generator: torch.Generator) -> torch.Tensor:
    """Zeros, ones and their negatives among ordinary numbers, and one row of each along the first axis."""
    signed = old * (torch.randint(0, 2, old.shape, generator=generator) * 2 - 1)
    which = torch.randint(0, 8, old.shape, generator=generator)
    for index, value in enumerate((0.0, 1.0, -1.0)):
        signed = torch.where(which == index, torch.full_like(signed, value), signed)
    if signed.ndim > 1 and signed.shape[0] > 3:
        signed[0], signed[1] = 0.0, 1.0
    return signed


_REDRAWN = {"normal": _normal, "scaled": _scaled, "edges": _edges}


def _like(old: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """In the old tensor's type and strides, in memory of its own."""
    new = torch.empty_strided(old.shape, old.stride(), dtype=old.dtype) if _dense(old) else torch.empty_like(old)
    return new.copy_(values)


def _dense(tensor: torch.Tensor) -> bool:
    return 0 not in tensor.stride()
