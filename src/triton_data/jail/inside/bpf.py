"""A seccomp filter under construction: tests on one system call's number and arguments, as classic BPF.

In: numbers and values. Out: the program as bytes. A filter sees registers only: what lies behind a pointer it cannot
read, so a call is let through by its plain numbers or not at all. Not covered: which calls those are (filters.py).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

LOAD, AND, JUMP, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_BITS, RETURN = 0x20, 0x54, 0x05, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL_PROCESS, ASK_NANNY, ANSWER_ERRNO = 0x7FFF0000, 0x80000000, 0x7FC00000, 0x00050000
NUMBER, ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
FIRST_ARGUMENT, HIGH = 16, 4  # each argument has a low word and a high one
LONGEST_JUMP = 255

Code = list[bytes]


def one(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value & 0xFFFFFFFF)


def low(argument: int) -> bytes:
    return one(LOAD, FIRST_ARGUMENT + 8 * argument)


def high(argument: int) -> bytes:
    return one(LOAD, FIRST_ARGUMENT + 8 * argument + HIGH)


def when(number: int | None, body: Code) -> Code:
    """`body`, which ends by returning, for this number only."""
    if number is None:
        return []
    assert len(body) <= LONGEST_JUMP
    return [one(JUMP_EQUAL, number, 0, len(body)), *body]


def one_of(argument: int, values: Sequence[int], denial: int) -> Code:
    """Allowed with these values of one argument's low word: for what the kernel takes as an int."""
    jumps = [one(JUMP_EQUAL, value, len(values) - at) for at, value in enumerate(values)]
    return [low(argument), *jumps, one(RETURN, denial), one(RETURN, ALLOW)]


def without(argument: int, bits: int, denial: int) -> Code:
    return [low(argument), one(JUMP_BITS, bits, 0, 1), one(RETURN, denial), one(RETURN, ALLOW)]


def null(argument: int, denial: int, after: Code | None = None) -> Code:
    """Allowed where a pointer is none; where it is one, `after` decides."""
    return [
        low(argument),
        one(JUMP_EQUAL, 0, 0, 3),
        high(argument),
        one(JUMP_EQUAL, 0, 0, 1),
        one(RETURN, ALLOW),
        *(after or [one(RETURN, denial)]),
    ]


def decide(bodies: Mapping[int, Code], above: int, beyond: Code, otherwise: Code) -> Code:
    """By number: its body, `beyond` for all from `above` on, and `otherwise` for the rest. As a search tree: the kernel
    runs the filter for every number once when it is installed, and a short task pays for that."""
    starts: list[tuple[int, Code]] = []
    for number in range(above):
        body = bodies.get(number, otherwise)
        if not starts or starts[-1][1] != body:
            starts.append((number, body))
    return _tree([*starts, (above, beyond)])


def _tree(starts: Sequence[tuple[int, Code]]) -> Code:
    if len(starts) == 1:
        return starts[0][1]
    middle = len(starts) // 2
    low_half, high_half = _tree(starts[:middle]), _tree(starts[middle:])
    first = starts[middle][0]
    if len(low_half) <= LONGEST_JUMP:
        return [one(JUMP_AT_LEAST, first, len(low_half), 0), *low_half, *high_half]
    return [one(JUMP_AT_LEAST, first, 0, 1), one(JUMP, len(low_half)), *low_half, *high_half]
