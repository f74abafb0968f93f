"""Weights and inputs that do not depend on how a program stores them, so that equal programs give equal numbers.

In: a module, and the arguments that its `get_inputs` made. Out: the same with other numbers. A matrix is symmetric and
repeats every PERIOD rows and columns: stored either way, two fused into one, or one cut at a multiple of PERIOD, it
multiplies alike. More axes count as one (a 1x1 convolution is a matrix, a kernel what `unfold` meets). A vector that is
constant stays, but for zeros; biases are nothing in one of two draws, so that two of them are as good as one.
Not covered: buffers, integers and masks, which stay; convolutions that are cut into one a channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import torch

from triton_data.curate.benchmarks.compared import DRAWS
from triton_data.records import digest

PERIOD = 4
POSITIVE, SIGNED = range(DRAWS)  # without what is called a bias; and with, whatever it is called
_TABLE = torch.tensor(
    [[0.31, -0.47, 0.22, 0.53], [-0.47, 0.15, 0.61, -0.28], [0.22, 0.61, -0.36, 0.19], [0.53, -0.28, 0.19, 0.44]],
    dtype=torch.float64,
)
_BIAS = re.compile(r"(?:^|[._])(?:\w*bias\w*|b\d*|beta|shift)$", re.IGNORECASE)
_BITS = (1 << 32) - 1
_FACTORS = (2654435761, 2246822519, 3266489917)  # a hash of integers


def fill(module: torch.nn.Module, draw: int) -> tuple[str, int]:
    """What its weights look like, and how many of them are biases."""
    batched = {id(p) for each in module.modules() if not _convolves(each) for p in each.parameters(recurse=False)}
    biases = 0
    for name, parameter in module.named_parameters():
        if not parameter.is_floating_point():
            continue
        old = parameter.detach()
        bias = _is_bias(name, old)
        biases += bias
        made = _weight(old, old.dim() == 3 and id(parameter) in batched)
        parameter.data.copy_((made * 0 if bias and draw == POSITIVE else made).to(parameter.dtype))
    return keyed(module.parameters()), biases


def _convolves(module: torch.nn.Module) -> bool:
    return "Conv" in type(module).__name__


def _is_bias(name: str, old: torch.Tensor) -> bool:
    return len(_long(old)) <= 1 and (bool(_BIAS.search(name)) or not bool(old.any()))


def _long(tensor: torch.Tensor) -> list[int]:
    return [each for each in tensor.shape if each != 1]


def _weight(old: torch.Tensor, batched: bool) -> torch.Tensor:
    shape = _long(old)
    if len(shape) < 2:
        kept = old.numel() and bool((old == old.flatten()[0]).all()) and bool(old.any())
        return old if kept else _vector(old.numel()).reshape(old.shape)
    if not old.numel():
        return old
    matrix = (shape[-2], shape[-1]) if batched and len(shape) == 3 else (shape[0], old.numel() // shape[0])
    rows, columns = (torch.arange(each) % PERIOD for each in matrix)
    return _TABLE[rows][:, columns].expand(old.numel() // (matrix[0] * matrix[1]), *matrix).reshape(old.shape)


def _vector(length: int) -> torch.Tensor:
    return _TABLE[0][torch.arange(length) % PERIOD]


def drawn(given: Iterable[torch.Tensor], draw: int) -> list[torch.Tensor]:
    """Of each shape the first is the same wherever it stands; what is no draw of numbers (labels, masks, a single
    number) stays as it is."""
    seen: dict[tuple[int, ...], int] = {}
    made = []
    for old in given:
        if not old.is_floating_point() or _means_something(old):
            made.append(old)
            continue
        shape = tuple(old.shape)
        seen[shape] = seen.get(shape, 0) + 1
        made.append(_numbers(old, seen[shape], draw))
    return made


def _means_something(old: torch.Tensor) -> bool:
    return old.numel() < 2 or not bool(torch.isfinite(old).all()) or bool(((old == 0) | (old == 1)).all())


def _numbers(old: torch.Tensor, which: int, draw: int) -> torch.Tensor:
    mixed = torch.arange(1, old.numel() + 1) + 1_000_003 * which
    for factor in _FACTORS:
        mixed = (mixed * factor) & _BITS
        mixed = mixed ^ (mixed >> 15)
    between = mixed.to(torch.float64) / _BITS
    made = 0.05 + 0.9 * between if draw == POSITIVE else 3.0 * between - 1.5
    return made.reshape(old.shape).to(old.dtype)


def keyed(tensors: Iterable[torch.Tensor]) -> str:
    """What tells one set of shapes from another, in no order."""
    return digest("shapes", *sorted(str(_long(tensor)) for tensor in tensors))
