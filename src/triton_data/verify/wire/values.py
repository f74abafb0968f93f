"""Nested values with tensors in them, as JSON and raw tensors, so that they cross the jail's border as data.

In: a value. Out: JSON in which a tensor is its place in a list, and the tensors; and the value again. `pack` is used
inside the jail, `unpack` on both sides, and `unpack_claim` on what foreign code wrote. Lists and tuples, dictionaries,
numbers, strings, None, dtypes and dense tensors with their strides. Not covered: objects with behaviour, sparse and
quantised tensors; those raise `Unpackable`, which names the type.
"""

from __future__ import annotations

import base64
import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import torch

from triton_data.jail import RawTensor
from triton_data.verify.wire.record import Malformed

Packed: TypeAlias = Any  # JSON, as `pack` makes it; only `unpack` looks into it
LARGEST_CLAIM = 1 << 33  # elements that a claim's strides may span
WORDS = {math.inf: "inf", -math.inf: "-inf"}


class Unpackable(Exception):
    """The message is the type's name."""


@dataclasses.dataclass(frozen=True, slots=True)
class PackedTensor:
    """A tensor inside of a question; those of an answer come beside it."""

    dtype: str
    shape: tuple[int, ...]
    data: str  # base64


def pack(value: Any, tensors: list[torch.Tensor], strides: bool = True, plain: bool = False) -> Packed:
    """The value with each tensor replaced by its place in `tensors`, which grows. A dataclass counts as the dictionary
    of its fields, unless `plain`."""
    if isinstance(value, torch.Tensor):
        return _packed_tensor(value, tensors, strides)
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"number": WORDS.get(value, "nan")}
    if isinstance(value, complex):
        return {"complex": [pack(value.real, tensors), pack(value.imag, tensors)]}
    if isinstance(value, torch.dtype):
        return {"dtype": str(value).removeprefix("torch.")}
    if isinstance(value, torch.device):
        return {"device": str(value)}
    if isinstance(value, list):
        return [pack(item, tensors, strides, plain) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [pack(item, tensors, strides, plain) for item in value]}
    if not plain and dataclasses.is_dataclass(value) and not isinstance(value, type | Mapping):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {
            "items": [[pack(k, tensors, strides, plain), pack(v, tensors, strides, plain)] for k, v in value.items()]
        }
    raise Unpackable(type(value).__name__)


def _packed_tensor(value: torch.Tensor, tensors: list[torch.Tensor], strides: bool) -> Packed:
    if value.layout is not torch.strided or value.is_quantized:
        raise Unpackable(f"{value.layout} tensor" if not value.is_quantized else "quantised tensor")
    plain = value.detach().resolve_conj().resolve_neg()
    tensors.append(plain)
    spec: dict[str, Any] = {"tensor": len(tensors) - 1}
    if strides and not plain.is_contiguous():
        spec["strides"] = list(plain.stride())
    return spec


def unpack(spec: Packed, tensors: Sequence[torch.Tensor]) -> Any:
    if isinstance(spec, list):
        return [unpack(item, tensors) for item in spec]
    if not isinstance(spec, dict):
        return spec
    match spec:
        case {"tensor": int(index), "strides": list(strides)}:
            return strided(tensors[index], [int(s) for s in strides])
        case {"tensor": int(index)}:
            return tensors[index]
        case {"tuple": list(items)}:
            return tuple(unpack(item, tensors) for item in items)
        case {"items": list(items)}:
            return {unpack(item[0], tensors): unpack(item[1], tensors) for item in items}
        case {"number": str(word)}:
            return float(word)
        case {"complex": [real, imaginary]}:
            return complex(unpack(real, tensors), unpack(imaginary, tensors))
        case {"dtype": str(name)} if isinstance(dtype := getattr(torch, name, None), torch.dtype):
            return dtype
        case {"device": str(name)}:
            return torch.device(name)
    raise ValueError(f"not a packed value: {sorted(spec)}")


def unpack_claim(packed: Packed, tensors: Sequence[torch.Tensor], where: str) -> Any:
    """Of what foreign code wrote: whatever keeps it from being a value is one kind of error."""
    try:
        return unpack(packed, tensors)
    except (TypeError, ValueError, LookupError, RuntimeError, OverflowError) as error:
        raise Malformed(f"{where}: {type(error).__name__}: {error!s:.200}") from error


def unpack_tensors(
    packed: Mapping[str, Packed], tensors: Sequence[torch.Tensor], where: str
) -> dict[str, torch.Tensor]:
    found = {name: unpack_claim(one, tensors, where) for name, one in packed.items()}
    if wrong := [name for name, one in found.items() if not isinstance(one, torch.Tensor)]:
        raise Malformed(f"{where} {wrong[0]} is no tensor")
    return found


def strided(source: torch.Tensor, strides: Sequence[int]) -> torch.Tensor:
    """A tensor of its own storage with these strides and the source's values. A stride of 0 stays one."""
    shape = list(source.shape)
    if not source.numel():
        return torch.empty_strided(shape, tuple(strides), dtype=source.dtype)
    length = 1 + sum((n - 1) * s for n, s in zip(shape, strides, strict=True))
    if not 0 < length <= LARGEST_CLAIM:
        raise ValueError(f"strides that span {length} elements")
    flat = torch.empty(length, dtype=source.dtype)
    for index, stride in enumerate(strides):
        source = source.narrow(index, 0, 1) if stride == 0 else source
    flat.as_strided(source.shape, tuple(strides)).copy_(source)
    return flat.as_strided(shape, tuple(strides))


def equal(a: torch.Tensor, b: torch.Tensor) -> bool:
    """NaN where the other has NaN counts as the same."""
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    return torch.equal(a, b) or bool(((a == b) | ((a != a) & (b != b))).all())


def alike(a: Any, b: Any) -> bool:
    """The same bits, or the same plain value."""
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        return equal(a, b)
    return type(a) is type(b) and (bool(a == b) or a != a)


def packed_tensor(raw: RawTensor) -> PackedTensor:
    return PackedTensor(raw.dtype, raw.shape, base64.b64encode(raw.data).decode())


def unpacked_tensor(packed: PackedTensor) -> torch.Tensor:
    tensor: torch.Tensor = RawTensor(packed.dtype, packed.shape, base64.b64decode(packed.data)).torch()
    return tensor


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """(where, leaf) of everything in a nested value; lists and tuples count as the same thing."""
    if isinstance(value, Mapping):
        return [leaf for key, item in value.items() for leaf in leaves(item, f"{path}[{key!r}]")]
    if isinstance(value, list | tuple):
        return [leaf for index, item in enumerate(value) for leaf in leaves(item, f"{path}[{index}]")]
    return [(path, value)]


def renumbered(spec: Packed, wanted: dict[int, int]) -> Packed:
    """The spec with its tensors numbered anew, in the order in which `wanted` meets them."""
    if isinstance(spec, list):
        return [renumbered(item, wanted) for item in spec]
    if not isinstance(spec, dict):
        return spec
    if isinstance(index := spec.get("tensor"), int):
        return {**spec, "tensor": wanted.setdefault(index, len(wanted))}
    return {key: renumbered(item, wanted) for key, item in spec.items()}
