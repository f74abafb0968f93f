"""What the jail runs: `capture`, in a worker forked from a process that has run `warm_up` once.

Enters: a payload of plain JSON, `{"entry", "text", "target", "mode", "libraries", "choice"}`. Leaves: the fields of a
Capture or of a Drop as plain JSON, and no tensors. Not covered: confinement itself (jail/), and the Program's key and
origin, which the caller has and foreign code must not write.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from triton_data.capture.libraries import KEEP
from triton_data.records import PRODUCTS, Capture, Drop, Graph, InductorKernel, Origin, Program


def warm_up() -> None:
    from triton_data.capture.headless.capture import warm_up

    warm_up()


def capture(payload: dict[str, Any]) -> tuple[Any, list[Any]]:
    from triton_data.capture.headless.capture import capture_program  # torch: seconds, unless warmed up before the fork

    program = Program(payload["entry"], payload["text"], "given", Origin("given"))
    wanted = payload.get("target", "sm_90"), payload.get("mode", "inference")
    result = capture_program(program, *wanted, payload.get("libraries", KEEP), payload.get("choice", 0))
    return to_json(result), []


def to_json(result: Capture | Drop) -> dict[str, Any]:
    if isinstance(result, Drop):
        return {"drop": asdict(result)}
    graphs = [asdict(graph) for graph in result.graphs]
    return {"graphs": graphs, "toolchain": [list(pair) for pair in result.toolchain]}


def from_json(
    answer: dict[str, Any], program: Program, target: str, mode: str, layers: tuple[str, ...] = ()
) -> Capture | Drop:
    """The record from a worker's answer, which is only a claim: exact keys and plain strings, or KeyError."""
    if "drop" in answer:
        fields = answer["drop"]
        return Drop(str(fields["reason"]), str(fields["detail"]), str(fields["part"]))
    graphs = tuple(_graph(fields) for fields in answer["graphs"])
    toolchain = tuple((str(name), str(version)) for name, version in answer["toolchain"] if name != PRODUCTS)
    return Capture(program.key, program.entry, target, mode, graphs, toolchain, program.origin, layers)


def _graph(fields: dict[str, Any]) -> Graph:
    kernels = tuple(
        InductorKernel(str(kernel["name"]), str(kernel["text"]), str(kernel["sources"])) for kernel in fields["kernels"]
    )
    externs = tuple(str(name) for name in fields["externs"])
    lists = ("inputs", "guards", "constructor", "call")
    said = {name: tuple(str(each) for each in fields[name]) for name in lists}
    words = {name: str(fields[name]) for name in ("direction", "code", "readable", "returns")}
    return Graph(words["direction"], words["code"], kernels, externs, words["readable"], words["returns"], **said)
