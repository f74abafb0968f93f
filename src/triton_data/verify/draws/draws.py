"""Which inputs a candidate is tried on: several seeds, each as the program draws them, and as it does not.

In: what `get_inputs()` returned and a kind. Out: the same structure with other numbers. Integers and booleans stay what
they are in protocol 1; in protocol 2 they are redrawn within what they mean. A kind that leaves the domain of the
program (its reference fails or makes NaN that the plain draw does not) is dropped by the caller. Not covered: other
shapes (formats/resize.py), and which draws there are in protocol 2 (plan.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.verify.draws import integers
from triton_data.verify.draws.meaning import MASK, Integers, Meaning
from triton_data.verify.draws.points import REDRAWN, Place
from triton_data.verify.draws.structure import with_structure

FEWEST = 5  # draws that every candidate is asked about, however slow; the first of a plan have every kind
KINDS = ("given", "normal", "scaled", "edges")  # of protocol 1
ROBUST = ("nan", "inf", "empty", "broadcast")  # what inputs of the kind do not normally hold
ALL_KINDS = (*KINDS, *REDRAWN, *ROBUST)
SCALES = (8.0, 0.125, 64.0, 1e-3, 100.0)
OFFSET_SEEDS = (2, 4)  # of normal draws
HALF_SCALES = (4.0, 0.125, 8.0, 1e-2, 6.0)  # squares of larger ones overflow


@dataclass(frozen=True, slots=True)
class Draw:
    kind: str
    seed: int
    half: bool = False  # the program works in a half type
    ints: str = "given"  # a mode of integers.py
    weights: int = 0  # which of the sets of weights the module has then

    @property
    def factor(self) -> float:
        return (HALF_SCALES if self.half else SCALES)[self.seed % len(SCALES)]


def plan(seed: int, seeds: int = 5) -> list[Draw]:
    """The first five have five seeds and all kinds, for programs that take too long for more."""
    first = [Draw(kind, seed + index) for index, kind in enumerate(("given", "normal", "scaled", "edges", "given"))]
    every = [Draw(kind, seed + index) for index in range(seeds) for kind in KINDS]
    return first + [draw for draw in every if draw not in first]


def redrawn(inputs: Any, draw: Draw, structure: Sequence[str] = (), meaning: Meaning | None = None) -> Any:
    """The inputs with their floating-point tensors redrawn as the kind says, and as their structure allows; integers
    too, where it is known what they mean."""
    if draw.kind == "given" and draw.ints == "given":
        return inputs
    if draw.kind in ROBUST:
        return _unusual(inputs, draw.kind)
    generator = torch.Generator().manual_seed(draw.seed * 7919 + ALL_KINDS.index(draw.kind))
    before: list[torch.Tensor] = []  # redrawn already, in a wide type

    def one(place: int, leaf: Any, word: str) -> Any:
        if not isinstance(leaf, torch.Tensor) or not leaf.numel():
            return leaf
        if not (leaf.is_floating_point() or leaf.is_complex()):
            known = meaning.integers if meaning is not None else ()
            return integers.redrawn(leaf, known[place] if place < len(known) else None, draw.ints, draw.seed + place)
        if meaning is not None and word in ("binary", "additive"):
            return _as_mask(leaf, word, draw, place)
        if draw.kind == "given":
            return leaf
        old = leaf.detach().to(_wide(leaf.dtype))
        new = with_structure(word, old, _new(leaf, old, draw, generator, meaning or Meaning(), before))
        if meaning is not None and place in meaning.divisors:
            new = torch.where(new == 0, torch.ones_like(new), new)  # no integer is promised for what comes of it
        before.append(new)
        return _like(leaf, new)

    leaves, form = pytree.tree_flatten(inputs)
    words = structure if len(structure) == len(leaves) else [""] * len(leaves)
    new = [one(place, leaf, word) for place, (leaf, word) in enumerate(zip(leaves, words, strict=True))]
    return pytree.tree_unflatten(new, form)


def _new(
    leaf: torch.Tensor, old: torch.Tensor, draw: Draw, generator: torch.Generator, meaning: Meaning,
    before: list[torch.Tensor],
) -> torch.Tensor:  # fmt: skip
    if draw.kind in _REDRAWN:
        return _REDRAWN[draw.kind](old, Draw(draw.kind, draw.seed, leaf.element_size() < 4), generator)
    same = next((b for b in before if b.shape == old.shape and b.dtype == old.dtype), None)
    return REDRAWN[draw.kind](old, Place(leaf.dtype, draw.seed, generator, meaning, same))


def _unusual(inputs: Any, kind: str) -> Any:
    """NaN or infinities here and there, none of the first input's rows, or one column of another input as large."""
    leaves = [leaf for leaf in pytree.tree_leaves(inputs) if isinstance(leaf, torch.Tensor)]
    if kind == "broadcast":
        return _with_one_column(inputs, leaves)
    rows = leaves[0].shape[0] if leaves and leaves[0].ndim else -1

    def one(leaf: Any) -> Any:
        if not isinstance(leaf, torch.Tensor):
            return leaf
        if kind == "empty":
            return leaf[:0].clone() if leaf.ndim and leaf.shape[0] == rows else leaf
        if not leaf.is_floating_point() or leaf.element_size() < 2:
            return leaf
        new = leaf.clone()
        flat = new.view(-1) if new.is_contiguous() else new.reshape(-1)
        flat[:: max(2, 1 + leaf.numel() // 3)] = float("nan") if kind == "nan" else float("inf")
        return flat.reshape(new.shape)

    return pytree.tree_map(one, inputs)


def _with_one_column(inputs: Any, leaves: list[torch.Tensor]) -> Any:
    """The same inputs where there is no other one that is as large as the first."""
    alike = [leaf for leaf in leaves[1:] if leaf.shape == leaves[0].shape and leaf.ndim and leaf.shape[-1] > 1]
    if not alike:
        return inputs
    return pytree.tree_map(lambda leaf: leaf[..., :1].clone() if leaf is alike[-1] else leaf, inputs)


def _as_mask(leaf: torch.Tensor, word: str, draw: Draw, place: int) -> torch.Tensor:
    """Zeros and ones, or zeros and what stands for minus infinity: other places of them."""
    low, mask = leaf.min(), leaf != leaf.max() if word == "additive" else leaf != 0
    chosen = integers.redrawn(mask, Integers(MASK), draw.ints, draw.seed + place)
    return torch.where(chosen, low, torch.zeros_like(leaf)) if word == "additive" else chosen.to(leaf.dtype)


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
    """In the old tensor's type and strides, in memory of its own. What eight bits do not hold would be no number."""
    if old.is_floating_point() and old.element_size() == 1:
        values = values.clamp(-torch.finfo(old.dtype).max, torch.finfo(old.dtype).max)
    new = torch.empty_strided(old.shape, old.stride(), dtype=old.dtype) if _dense(old) else torch.empty_like(old)
    return new.copy_(values)


def _dense(tensor: torch.Tensor) -> bool:
    return 0 not in tensor.stride()
