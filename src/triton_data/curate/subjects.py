"""The texts of a run that curation is about: one subject each, and how they hang together.

In: the store. Out: Subjects: programs, kernels, pairs, and Inductor's kernels of captures that no pair was made from.
Not covered: what is thought of them (label.py, decide.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triton_data.records import Capture, Kernel, Origin, Pair, Program
from triton_data.store import Store

PROGRAM, KERNEL, PAIR, INDUCTOR = KINDS = "program", "kernel", "pair", "inductor"


@dataclass(frozen=True, slots=True)
class Subject:
    key: str
    kind: str
    text: str
    origin: Origin
    entry: str = ""
    program: str = ""  # key of the Program that a pair or a capture belongs to
    mode: str = ""
    one_size: bool = False  # a verdict found it right at no other


def of_kernel(kernel: Kernel) -> Subject:
    return Subject(kernel.key, KERNEL, kernel.text, kernel.origin, kernel.name)


def of_program(program: Program) -> Subject:
    return Subject(program.key, PROGRAM, program.text, program.origin, program.entry)


def of_pair(pair: Pair, mode: str = "", one_size: bool = False) -> Subject:
    return Subject(pair.key, PAIR, pair.text, pair.origin, pair.entry, pair.program, mode, one_size)


def of_capture(capture: Capture) -> Iterator[Subject]:
    """Its kernels, the same text once."""
    for key, kernel in {kernel.key: kernel for kernel in capture.kernels}.items():
        yield Subject(key, INDUCTOR, kernel.text, capture.origin, kernel.name, capture.program, capture.mode)


def subjects(store: Store) -> Iterator[Subject]:
    """Each text once, in the same order for the same content."""
    yield from map(of_program, store.sorted(Program))
    yield from map(of_kernel, store.sorted(Kernel))
    rewritten = store.rewritten_captures()
    modes = store.capture_modes()
    yield from (of_pair(pair, modes.get(pair.capture, "")) for pair in store.sorted(Pair))
    seen: set[str] = set()
    for capture in store.sorted(Capture):
        if capture.key in rewritten:
            continue
        for subject in of_capture(capture):
            if subject.key not in seen:
                seen.add(subject.key)
                yield subject
