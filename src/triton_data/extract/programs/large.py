"""Programs that are too large to run here come in all the same: capture and verification find a way for them.

In: a Program, and a probe. Out: the Program with a flag that says how it was tried, or a Drop. It is weighed on fake
tensors, where it must give tensors; then the same text with smaller sizes runs for real, twice, as any other does.
Where no smaller sizes run, the fake run alone speaks for it. Not covered: what depends on values and is too large.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from triton_data.extract.programs.check import checked
from triton_data.extract.reasons import Reason
from triton_data.extract.wire import Failure, Prober, ProgramWeighed, WeighProgram
from triton_data.formats import resize
from triton_data.records import Drop, Program

LARGEST = 1 << 30  # bytes that a program may take to be run as it is
LONGEST = 2e11  # floating-point operations
SHARE = 16  # of both, smaller sizes take one part
TRIED = 3  # smaller sizes
SMALL, FAKE = "tried_smaller", "tried_on_fake_tensors"  # flags


def checked_at_some_size(program: Program, probe: Prober) -> Program | Drop:
    """Weighed first, because one that is far too large would take its time and the machine's memory to say so."""
    weighing = probe(WeighProgram(program.text, program.entry))
    as_given: Program | Drop | None = None
    if isinstance(weighing.answer, Failure) or _fits(weighing.answer, 1):
        as_given = checked(program, "", probe)
        if isinstance(as_given, Program) or not _may_be_size(as_given):
            return as_given
    for text in islice(_smaller(program, probe), TRIED):
        found = checked(replace(program, text=text), "", probe)
        if isinstance(found, Program):
            return replace(program, layers=found.layers, flags=(*found.flags, SMALL))
    if as_given is not None or isinstance(weighing.answer, Failure):
        assert as_given is not None, "what cannot be weighed was run"
        return as_given
    if not weighing.answer.outputs:
        return Drop(Reason.NO_TENSOR, "none comes out on fake tensors; it is too large to be run here")
    return replace(program, layers=weighing.layers, flags=(*program.flags, FAKE))


def _smaller(program: Program, probe: Prober) -> Iterator[str]:
    """Texts with sizes that are quickly run; where they cannot be weighed, all."""
    for resized in resize.shrunk(program.text):
        weighed = probe(WeighProgram(resized.text, program.entry)).answer
        if isinstance(weighed, Failure) or _fits(weighed, SHARE):
            yield resized.text


def _fits(weighed: ProgramWeighed, share: int) -> bool:
    return share * weighed.bytes <= LARGEST and share * weighed.flops <= LONGEST


def _may_be_size(drop: Drop) -> bool:
    words = drop.detail.lower()
    return drop.reason in (Reason.TIMEOUT, Reason.WORKER_DIED) or "alloc" in words or "memory" in words
