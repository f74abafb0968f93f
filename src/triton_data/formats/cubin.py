"""What a cubin says of its kernels: registers and local memory of a thread.

In: the bytes of a cubin (an ELF file whose `.nv.info` lists attributes). Out: the largest of each over its kernels, or
None where it says nothing. Local memory is where registers spill to, and where arrays lie that are indexed: what the
driver reports as a kernel's local size. Importable without torch. Not covered: other vendors' binaries.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

REGISTERS, STACK = 0x2F, 0x12  # EIATTR_REGCOUNT, EIATTR_MIN_STACK_SIZE: (symbol, number)
WITH_SIZE = 0x04  # an attribute whose size stands where small ones have their value


@dataclass(frozen=True, slots=True)
class Usage:
    registers: int
    local: int  # bytes


def usage(cubin: bytes) -> Usage | None:
    try:
        found = [pair for name, data in _sections(cubin) if name == ".nv.info" for pair in _attributes(data)]
    except (struct.error, ValueError, IndexError, OverflowError):  # a jailed answer need not be one
        return None
    registers = [number for attribute, number in found if attribute == REGISTERS]
    if not registers:
        return None
    return Usage(max(registers), max((number for attribute, number in found if attribute == STACK), default=0))


def _sections(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data[:5] != b"\x7fELF\x02":
        raise ValueError("no 64-bit ELF file")
    (start,) = struct.unpack_from("<Q", data, 40)
    size, number, names = struct.unpack_from("<HHH", data, 58)
    heads = [struct.unpack_from("<IIQQQQ", data, start + index * size) for index in range(number)]
    for head in heads:
        name = heads[names][4] + head[0]
        yield data[name : data.index(b"\0", name)].decode("ascii", "replace"), data[head[4] : head[4] + head[5]]


def _attributes(data: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while at + 4 <= len(data):
        form, attribute, size = struct.unpack_from("<BBH", data, at)
        at += 4
        if form == WITH_SIZE:
            if size == 8:
                yield attribute, struct.unpack_from("<II", data, at)[1]
            at += size
