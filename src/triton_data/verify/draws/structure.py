"""What inputs have in common whatever they are drawn from, so that other numbers keep to it.

In: what `get_inputs()` returned under two seeds. Out: what is fixed of each tensor: a table that does not depend on the
seed (cosines, a mask), zeros and ones, one half like the other, rows that sum to one; and the same of new numbers. A
program promises nothing about inputs that its own never are. Not covered: relations between two inputs; order.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.utils import _pytree as pytree

SUM = 1e-2  # that rows of a half type may be away from one


def of_inputs(first: Any, second: Any) -> tuple[str, ...]:
    """One word a leaf; '' where any number will do. Where no input depends on the seed, none is called a table."""
    ones, others = pytree.tree_leaves(first), pytree.tree_leaves(second)
    if len(ones) != len(others):
        return ("",) * len(ones)
    same = [_is_float(a) and _equal(a, b) for a, b in zip(ones, others, strict=True)]
    free = any(_is_float(a) and not fixed for a, fixed in zip(ones, same, strict=True))
    return tuple(
        ("table" if fixed and free else _of(a)) if _is_float(a) else "" for a, fixed in zip(ones, same, strict=True)
    )


def with_masks(words: tuple[str, ...], inputs: Any) -> tuple[str, ...]:
    """A table of nothing but zeros and ones, or zeros and a number that hides all others, is a mask: protocol 2 draws
    other ones."""
    leaves = pytree.tree_leaves(inputs)
    return tuple(_mask(leaf) or word for word, leaf in zip(words, leaves, strict=True)) if words else words


HIDES = -1e3  # what is added to hide a score


def _mask(leaf: Any) -> str:
    if not _is_float(leaf) or leaf.is_complex() or leaf.numel() < 2 or leaf.element_size() < 2:
        return ""
    if bool(((leaf == 0) | (leaf == 1)).all()):
        return "binary"
    low = leaf.min()
    return "additive" if float(low) <= HIDES and bool(((leaf == 0) | (leaf == low)).all()) else ""


def with_structure(word: str, old: torch.Tensor, new: torch.Tensor) -> torch.Tensor:
    """New numbers, both in a wide type, as the word says that they are."""
    match word:
        case "table" | "binary":
            return old
        case "halves":
            half = new.shape[-1] // 2
            return torch.cat([new[..., :half], new[..., :half]], dim=-1)
        case "twins":
            return new[..., ::2].repeat_interleave(2, dim=-1)
        case "distribution":
            return torch.softmax(new, dim=-1)
    return new


def _of(tensor: torch.Tensor) -> str:
    if not tensor.numel() or tensor.is_complex():
        return ""
    tensor = tensor.float() if tensor.element_size() == 1 else tensor  # which are hardly compared otherwise
    if bool(((tensor == 0) | (tensor == 1)).all()):
        return "binary"
    if not tensor.ndim or tensor.shape[-1] < 2:
        return ""
    if tensor.shape[-1] % 2 == 0:
        half = tensor.shape[-1] // 2
        if torch.equal(tensor[..., :half], tensor[..., half:]):
            return "halves"
        if torch.equal(tensor[..., ::2], tensor[..., 1::2]):
            return "twins"
    sums = tensor.double().sum(-1)
    return "distribution" if bool((tensor >= 0).all() and ((sums - 1).abs() < SUM).all()) else ""


def _is_float(leaf: Any) -> bool:
    return isinstance(leaf, torch.Tensor) and bool(leaf.is_floating_point() or leaf.is_complex())


def _equal(a: torch.Tensor, b: Any) -> bool:
    return isinstance(b, torch.Tensor) and a.shape == b.shape and a.dtype == b.dtype and bool(torch.equal(a, b))
