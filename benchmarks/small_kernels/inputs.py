"""Inputs that are the same on every machine: by kind and pattern, with no generator behind them.

`f32` is `f32:plain`. Patterns: `plain` (both signs, halves, ties), `positive`, `unit` (inside of -1 and 1), `special`
(NaN, infinities, zeros of both signs), `wide` (many sizes), `small` (counts from -16), `count` (0, 1, 2, …), `shuffled`
(a permutation), `bits` (every bit changes), `nonzero` (small, and never 0).
"""

from __future__ import annotations

import torch

KINDS = {
    "f64": torch.float64, "f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16, "i64": torch.int64,
    "i32": torch.int32, "i16": torch.int16, "i8": torch.int8, "u8": torch.uint8, "u16": torch.uint16,
    "u32": torch.uint32, "u64": torch.uint64, "b": torch.bool, "f8": torch.float8_e4m3fn, "f8e5": torch.float8_e5m2,
}  # fmt: skip
TRITON = {
    "f64": "tl.float64", "f32": "tl.float32", "f16": "tl.float16", "bf16": "tl.bfloat16", "i64": "tl.int64",
    "i32": "tl.int32", "i16": "tl.int16", "i8": "tl.int8", "u8": "tl.uint8", "u16": "tl.uint16", "u32": "tl.uint32",
    "u64": "tl.uint64", "b": "tl.int1", "f8": "tl.float8e4nv", "f8e5": "tl.float8e5",
}  # fmt: skip
LARGEST = {"i8": 127, "i16": 32767, "i32": 2**31 - 1, "i64": 2**63 - 1, "u8": 255, "u16": 65535, "u32": 2**32 - 1}


def made(kind: str, count: int, turn: int) -> torch.Tensor:
    """`turn` tells the first input from the second one."""
    name, _, pattern = kind.partition(":")
    dtype = KINDS[name]
    numbers = (
        _integers(name, pattern, count, turn)
        if KINDS[name].is_floating_point is False
        else _floats(pattern, count, turn)
    )
    if name in ("u16", "u32", "u64"):
        signed = {"u16": torch.int16, "u32": torch.int32, "u64": torch.int64}[name]
        return torch.tensor([_wrapped(int(n), signed) for n in numbers], dtype=signed).view(dtype)
    wide = torch.tensor(numbers, dtype=torch.float64 if dtype.is_floating_point else torch.int64)
    return wide.to(dtype)


def _wrapped(number: int, signed: torch.dtype) -> int:
    bits = torch.iinfo(signed).bits
    number %= 1 << bits
    return number - (1 << bits) if number >> (bits - 1) else number


def _integers(kind: str, pattern: str, count: int, turn: int) -> list[int]:
    ids = range(count)
    if pattern == "count":
        return list(ids)
    if pattern == "shuffled":
        return [(i * (5 + 2 * turn) + 3) % count for i in ids]
    if kind == "b":
        return [(i * (3 + turn) // 2) % 2 for i in ids]
    if pattern == "nonzero":
        return [
            (i * 7 + 3 * turn) % 11 + 1 if kind[0] == "u" else ((i * 7 + 3 * turn) % 11 + 1) * (-1) ** i for i in ids
        ]
    if pattern == "bits":
        most = LARGEST.get(kind, 2**63 - 1)
        low = 0 if kind[0] == "u" else -most - 1
        return [low + (i * 2654435761 * (turn + 1) * 977 + 12345 * i * i) % (most - low + 1) for i in ids]
    return [(i * (5 + turn) + turn) % 37 if kind[0] == "u" else (i * (5 + turn) + turn) % 37 - 16 for i in ids]


def _floats(pattern: str, count: int, turn: int) -> list[float]:
    ids = range(count)
    match pattern:
        case "positive":
            return [0.125 + ((i * (7 + turn)) % 29) * 0.25 for i in ids]
        case "unit":
            return [(((i * (7 + turn)) % 31) - 15) / 16.0 for i in ids]
        case "special":
            known = [float("nan"), float("inf"), float("-inf"), 0.0, -0.0, 1.5, -2.5, 3.0]
            return [known[(i // (1 if turn == 0 else 8) + i * turn) % 8] for i in ids]
        case "wide":
            return [(-1.0) ** i * (1.37 + 0.11 * i) * 10.0 ** ((i * (3 + turn)) % 13 - 6) for i in ids]
        case "count":
            return [float(i) for i in ids]
    return [((i * (11 + 2 * turn) + turn) % 33 - 16) * 0.25 for i in ids]
