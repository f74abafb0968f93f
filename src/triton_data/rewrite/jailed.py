"""What the jail runs: the rewrite of one Capture.

A Capture's text was written in a jail by a process that had foreign code in it, so it may say anything; evaluating its
decorators is executing it. In: a payload of plain JSON. Out: the Pair's entry and text, or a Drop's fields.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from triton_data import codec
from triton_data.records import Capture, Drop, Pair, Program
from triton_data.rewrite.options import Options
from triton_data.rewrite.rewrite import rewrite


def run(payload: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    program: Program = codec.from_json(Program, payload["program"])
    capture: Capture = codec.from_json(Capture, payload["capture"])
    result = rewrite(program, capture, Options(**payload["options"]))
    if isinstance(result, Drop):
        return {"drop": asdict(result)}, []
    return {"entry": result.entry, "text": result.text}, []


def answered(value: Any, program: Program, capture: Capture) -> Pair | Drop:
    """The record from a worker's answer, which is only a claim."""
    if "drop" in value:
        fields = value["drop"]
        return Drop(str(fields["reason"]), str(fields["detail"]))
    return Pair(program.key, capture.key, str(value["entry"]), str(value["text"]), program.origin)
