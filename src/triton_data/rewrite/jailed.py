"""What the jail runs: the rewrite of one Capture.

A Capture's text was written in a jail by a process that had foreign code in it, so it may say anything; evaluating its
decorators is executing it. In: a payload of plain JSON. Out: the Pair's entry and text and those of its kernels
alone, or a Drop's fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from triton_data.records import Capture, Drop, Pair, Program, codec
from triton_data.rewrite import alone as kernels_alone
from triton_data.rewrite.options import Options
from triton_data.rewrite.rewrite import rewrite_with_kernels


def run(payload: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    program: Program = codec.from_json(Program, payload["program"])
    capture: Capture = codec.from_json(Capture, payload["capture"])
    result, alone = rewrite_with_kernels(program, capture, Options(**payload["options"]))
    if isinstance(result, Drop):
        return {"drop": asdict(result)}, []
    kernels = [[small.entry, small.text, pair.entry, pair.text, small.origin.generator] for small, pair in alone]
    return {"entry": result.entry, "text": result.text, "kernels": kernels}, []


def answered(value: Any, program: Program, capture: Capture) -> Iterator[Program | Pair | Drop]:
    """The records from a worker's answer, which is only a claim: the Pair, and a Program and a Pair for each kernel."""
    if "drop" in value:
        fields = value["drop"]
        yield Drop(str(fields["reason"]), str(fields["detail"]))
        return
    yield Pair(program.key, capture.key, str(value["entry"]), str(value["text"]), program.origin)
    for entry, reference, new_entry, text, generator in value["kernels"]:
        small = kernels_alone.small_program(program, str(entry), str(reference), kernels_alone.kernel_in(generator))
        yield small
        yield Pair(small.key, capture.key, str(new_entry), str(text), small.origin)
