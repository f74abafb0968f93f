"""Integer and boolean inputs, redrawn within what they mean: both ends, repeated, negative where that is legal.

In: a tensor as the program draws it, what it means, and a mode: `given` as it is, `ends` the least and the largest
value, often, `few` one or two values all over, `whole` any that is admitted. Out: other numbers of its shape and type.
Not covered: how the meaning was found (jailed/meaning/).
"""

from __future__ import annotations

import torch

from triton_data.verify.draws.meaning import LENGTH, MASK, NUMBER, OFFSETS, OTHER, PERMUTATION, Integers

MODES = ("given", "ends", "few", "whole")


def redrawn(old: torch.Tensor, meaning: Integers | None, mode: str, seed: int) -> torch.Tensor:
    if meaning is None or mode == "given" or meaning.meaning == OTHER or not old.numel():
        return old
    generator = torch.Generator().manual_seed(seed * 6007 + MODES.index(mode))
    if meaning.meaning == MASK:
        return _mask(old, mode, seed, generator)
    if meaning.meaning == PERMUTATION:
        return old.reshape(-1)[torch.randperm(old.numel(), generator=generator)].reshape(old.shape)
    if meaning.meaning == OFFSETS:
        return _offsets(old, mode, generator)
    if meaning.distinct:
        return _distinct(old, meaning, generator)
    return _within(old, meaning, mode, generator)


def _mask(old: torch.Tensor, mode: str, seed: int, generator: torch.Generator) -> torch.Tensor:
    """Set everywhere, set here and there with rows that are set nowhere, at the end alone or everywhere else, or the
    other way round than given."""
    if mode == "few":
        return torch.ones_like(old)
    noise = torch.rand(old.shape, generator=generator) < 0.5
    if mode == "ends" and seed % 2:
        return ~old if old.dtype is torch.bool else 1 - old
    if old.ndim and mode == "whole":
        rows = noise.reshape(-1, noise.shape[-1])
        rows[:: max(2, rows.shape[0] // 3)] = False
        if rows.shape[-1] > 2:  # whole blocks of a row are masked, and not all of them
            rows[(1 + seed) % 4 :: 4] = torch.arange(rows.shape[-1]) == rows.shape[-1] - 1
            rows[(2 + seed) % 4 :: 4] = torch.arange(rows.shape[-1]) != rows.shape[-1] - 1
        noise = rows.reshape(noise.shape)
    return noise.to(old.dtype)


def _offsets(old: torch.Tensor, mode: str, generator: torch.Generator) -> torch.Tensor:
    """Where parts begin and end, in order, the first and the last as they were; some parts are empty."""
    first, last = int(old[0]), int(old[-1])
    inner = torch.randint(first, last + 1, (old.numel() - 2,), generator=generator)
    if mode == "ends":
        inner = torch.where(inner % 2 == 0, torch.full_like(inner, first), torch.full_like(inner, last))
    return torch.cat([old[:1], inner.sort().values.to(old.dtype), old[-1:]])


def _distinct(old: torch.Tensor, meaning: Integers, generator: torch.Generator) -> torch.Tensor:
    """Along the last axis no value twice; as they were where there are too few."""
    width = old.shape[-1] if old.ndim else 1
    values = torch.arange(meaning.low, min(meaning.high, meaning.low + 4096) + 1)
    if old.ndim != 1 or values.numel() < width:
        return old
    return values[torch.randperm(values.numel(), generator=generator)][:width].to(old.dtype)


def _within(old: torch.Tensor, meaning: Integers, mode: str, generator: torch.Generator) -> torch.Tensor:
    low, high = meaning.low, meaning.high
    drawn = _uniform(low, high, old.shape, generator)
    ends = torch.tensor([low, high, *meaning.also])
    at_ends = ends[torch.randint(0, len(ends), old.shape, generator=generator)]
    if mode == "few":
        drawn = ends[torch.randint(0, 2, (1,), generator=generator)].expand(old.shape).clone()
        drawn.reshape(-1)[::3] = (low + high) // 2
        drawn.reshape(-1)[:1] = low
        if meaning.meaning == LENGTH:
            drawn.reshape(-1)[-1] = high
    elif mode == "ends":
        drawn = torch.where(torch.rand(old.shape, generator=generator) < 0.7, at_ends, drawn)
        drawn.reshape(-1)[0], drawn.reshape(-1)[-1] = low, high
    elif meaning.also:
        drawn = torch.where(torch.rand(old.shape, generator=generator) < 0.25, at_ends, drawn)
    if meaning.wide and meaning.meaning == NUMBER:
        far = torch.randint(0, 3, old.shape, generator=generator) * (1 << 32)
        drawn = drawn + far
    if meaning.far and mode != "few":
        drawn = _with_far(drawn, meaning, generator)
    if meaning.nonzero:
        drawn = torch.where(drawn == 0, torch.ones_like(drawn), drawn)
    return drawn.to(old.dtype)


def _with_far(drawn: torch.Tensor, meaning: Integers, generator: torch.Generator) -> torch.Tensor:
    """One in four, with both signs where negative ones are taken."""
    far = meaning.far - torch.randint(0, 1000, drawn.shape, generator=generator)
    if meaning.low < 0:
        far = far * (1 - 2 * torch.randint(0, 2, drawn.shape, generator=generator))
    return torch.where(torch.randint(0, 4, drawn.shape, generator=generator) == 0, far, drawn)


def _uniform(low: int, high: int, shape: torch.Size, generator: torch.Generator) -> torch.Tensor:
    return torch.randint(low, high + 1, shape, generator=generator) if high > low else torch.full(shape, low)
