"""The result channel: one frame from the jailed child, all of it a claim.

    <IQ: length of header, length of tensors> header as strict JSON, raw tensor bytes, end of file

`encode` runs inside the jail, where the task may patch anything; `decode` runs outside and believes nothing:
exact keys, exact lengths, bounded depth, finite numbers, known dtypes. No pickle. Not covered: whether a
claim is true (verify's business).
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from triton_data.jail.policy import Json

LENGTHS = struct.Struct("<IQ")
MAX_HEADER = 16 << 20
MAX_VALUES = 200_000  # in a header; each takes a hundred bytes of memory, however short its text
MAX_DEPTH = 64
MAX_TENSORS = 4096
MAX_DIMENSIONS = 32
MAX_EXTENT = 1 << 40
MAX_ERRNO = 4095
SIZES = {
    "bool": 1, "uint8": 1, "int8": 1, "float8_e4m3fn": 1, "float8_e5m2": 1, "float8_e4m3fnuz": 1, "float8_e5m2fnuz": 1,
    "float8_e8m0fnu": 1, "int16": 2, "uint16": 2, "float16": 2, "bfloat16": 2, "int32": 4, "uint32": 4, "float32": 4,
    "int64": 8, "uint64": 8, "float64": 8, "complex32": 4, "complex64": 8, "complex128": 16,
}  # fmt: skip
VALUE = re.compile(rb'["\[{,:]')
REST_OF_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
OK_KEYS = {"ok", "value", "tensors"}
ERROR_KEYS = {"ok", "type", "message", "kind", "errno", "path"}
KINDS = ("error", "denied", "oom", "processes", "threads", "file_size", "disk", "descriptors")


class BadFrame(ValueError):
    """The child wrote something else than one frame. The message names what, briefly."""


@dataclass(frozen=True, slots=True)
class RawTensor:
    dtype: str
    shape: tuple[int, ...]
    data: bytes

    def torch(self) -> Any:
        """As a torch tensor; imports torch, so only stages that need one pay for it."""
        import torch

        dtype = getattr(torch, self.dtype)
        if not self.data:
            return torch.empty(self.shape, dtype=dtype)
        return torch.frombuffer(bytearray(self.data), dtype=dtype).reshape(self.shape)


@dataclass(frozen=True, slots=True)
class ErrorClaim:
    """How the task ended, as it says itself. `errno` and `path` are those of the denied access, if any."""

    type: str
    message: str
    kind: str
    errno: int | None
    path: str | None


def encode(header: dict[str, Any], tensors: Sequence[Any] = ()) -> bytes:
    heads, blobs = [], []
    for tensor in tensors:
        shape, blob = _bytes_of(tensor)
        heads.append({"dtype": str(tensor.dtype).removeprefix("torch."), "shape": shape})
        blobs.append(blob)
    if header["ok"] is True:
        header = {**header, "tensors": heads}
    text = json.dumps(header, allow_nan=False).encode()
    return b"".join([LENGTHS.pack(len(text), sum(map(len, blobs))), text, *blobs])


def _bytes_of(tensor: Any) -> tuple[list[int], bytes]:
    import torch

    plain = tensor.detach().cpu().contiguous()
    flat = plain.reshape(-1).view(torch.uint8) if plain.numel() else plain.new_empty(0, dtype=torch.uint8)
    return list(plain.shape), flat.numpy().tobytes()


def decode(body: bytes | bytearray) -> tuple[Json, tuple[RawTensor, ...]] | ErrorClaim:
    if len(body) < LENGTHS.size:
        raise BadFrame("no result" if not body else "shorter than its lengths")
    of_header, of_tensors = LENGTHS.unpack_from(body)
    start = LENGTHS.size + of_header
    if of_header > MAX_HEADER:
        raise BadFrame("header too long")
    if len(body) != start + of_tensors:
        raise BadFrame("bytes missing" if len(body) < start + of_tensors else "bytes left over")
    header = _strict_json(bytes(memoryview(body)[LENGTHS.size : start]))
    if not isinstance(header, dict) or not isinstance(header.get("ok"), bool):
        raise BadFrame("header is not a result")
    if header["ok"]:
        _exact_keys(header, OK_KEYS)
        return header["value"], _tensors(header["tensors"], body, start)
    _exact_keys(header, ERROR_KEYS)
    if of_tensors:
        raise BadFrame("tensors in an error")
    return _error(header)


def _strict_json(text: bytes) -> Any:
    def no_constant(name: str) -> None:
        raise BadFrame(f"{name} in header")

    def no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise BadFrame("a key twice")
        return dict(pairs)

    _bound(text)
    try:
        value = json.loads(text.decode(), parse_constant=no_constant, object_pairs_hook=no_duplicates)
    except BadFrame:
        raise
    except (ValueError, RecursionError) as error:
        raise BadFrame("header is not JSON") from error
    _check(value, MAX_DEPTH)
    return value


def _bound(text: bytes) -> None:
    """Before anything is made of it: how many values there are at most. Commas and brackets within strings count at
    first as well; only where that is too many are the strings skipped, one by one."""
    if sum(text.count(mark) for mark in (b",", b"[", b"{", b":")) <= MAX_VALUES:
        return
    values = at = 0
    while (found := VALUE.search(text, at)) is not None:
        values += 1
        if values > MAX_VALUES:
            raise BadFrame("too many values")
        at = found.end()
        if found.group() == b'"':
            end = REST_OF_STRING.match(text, at)
            at = end.end() if end else len(text)


def _check(value: Any, depth: int) -> None:
    if depth == 0:
        raise BadFrame("nested too deep")
    if isinstance(value, float) and not math.isfinite(value):
        raise BadFrame("a number that is not finite")  # 1e999 parses as infinity
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth - 1)


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadFrame("half a surrogate pair") from error


def _exact_keys(value: Any, keys: set[str]) -> None:
    if not isinstance(value, dict) or set(value) != keys:
        raise BadFrame("unknown or missing keys")


def _tensors(heads: Any, body: bytes | bytearray, at: int) -> tuple[RawTensor, ...]:
    if not isinstance(heads, list) or len(heads) > MAX_TENSORS:
        raise BadFrame("not a list of tensors")
    tensors = []
    for head in heads:
        _exact_keys(head, {"dtype", "shape"})
        dtype, shape = head["dtype"], head["shape"]
        if not isinstance(dtype, str) or dtype not in SIZES:
            raise BadFrame("unknown dtype")
        if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS:
            raise BadFrame("not a shape")
        if not all(type(extent) is int and 0 <= extent <= MAX_EXTENT for extent in shape):
            raise BadFrame("not a shape")
        if math.prod(extent or 1 for extent in shape) * SIZES[dtype] > MAX_EXTENT:
            raise BadFrame("extents overflow")  # also where another extent is 0: strides are made of all
        size = math.prod(shape) * SIZES[dtype]
        if at + size > len(body):
            raise BadFrame("tensor larger than its bytes")
        data = bytes(memoryview(body)[at : at + size])
        # Libraries differ in what compares equal to such a one.
        if dtype == "bool" and data.translate(None, b"\0\1"):
            raise BadFrame("a boolean that is neither")
        tensors.append(RawTensor(dtype, tuple(shape), data))
        at += size
    if at != len(body):
        raise BadFrame("bytes left over")
    return tuple(tensors)


def _error(header: dict[str, Any]) -> ErrorClaim:
    kind, code, path = header["kind"], header["errno"], header["path"]
    numbered = code is None or (type(code) is int and abs(code) <= MAX_ERRNO)  # look-ups of names have negative ones
    if kind not in KINDS or not numbered or not (path is None or isinstance(path, str)):
        raise BadFrame("malformed error")
    if not isinstance(header["type"], str) or not isinstance(header["message"], str):
        raise BadFrame("malformed error")
    return ErrorClaim(header["type"][:100], header["message"][:4000], kind, code, path and path[:1000])
