"""A seccomp filter under construction: tests on one system call's number and arguments, as classic BPF.

In: numbers and values. Out: the program as bytes. A filter sees registers only: what lies behind a pointer it cannot
read, so a call is let through by its plain numbers or not at all. Not covered: which calls those are (filters.py).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

LOAD, AND, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_BITS, RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
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


def answer(number: int | None, verdict: int) -> Code:
    return [] if number is None else [one(JUMP_EQUAL, number, 0, 1), one(RETURN, verdict)]


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


def ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Neighbours as one range: the kernel runs the filter for every number once, when it is installed."""
    first = last = None
    for number in sorted(set(numbers)):
        if last is not None and number == last + 1:
            last = number
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = number
    if first is not None and last is not None:
        yield first, last


def allow(numbers: Iterable[int]) -> Code:
    code: Code = []
    for first, last in ranges(numbers):
        code += [one(JUMP_AT_LEAST, first, 0, 2), one(JUMP_AT_LEAST, last + 1, 1, 0), one(RETURN, ALLOW)]
    return code
