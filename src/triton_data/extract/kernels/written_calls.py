"""Calls of a launcher as the text of `get_inputs()`, at the sizes of its caller or at smaller ones.

In: a kernel's text and calls that were seen. Out: `Inputs`; where several calls were seen, `get_more_inputs()` has the
others. Nothing is executed. Not covered: which sizes run (jailed/launchers/run.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triton_data.extract.programs.program_text import inputs_text, more_inputs_text
from triton_data.extract.wire import Call
from triton_data.formats import resize

DIVIDED = 12  # texts with smaller and smaller sizes that are tried


@dataclass(frozen=True, slots=True)
class Inputs:
    text: str
    source: str  # tests, usage, deduced


def inputs_of(text: str, calls: Sequence[tuple[Call, str]]) -> Inputs | None:
    if not calls:
        return None
    (first, source), *others = calls
    written = inputs_text(text, first.as_written())
    if others:
        written += more_inputs_text([call.as_written() for call, _ in others])
    return Inputs(written, source)


def smaller(text: str, call: Call) -> tuple[str, ...]:
    """As called, then from the largest that may end to the smallest that may still be meant."""
    written = inputs_text(text, call.as_written())
    return tuple(dict.fromkeys([written, *(resized.text for resized in resize.shrunk(written))]))[:DIVIDED]
