"""A Capture and its Program become a Pair: the transforms in their order, and a switch to stop after any of them.

In: a Capture of one graph, or of its two directions, and the Program. Out: the text of the standalone file, or a Drop
that names the transform that declined. Not covered: several graphs, which graph breaks leave.
"""

from __future__ import annotations

import ast

from triton_data.records import Capture, Drop, Graph, Pair, Program
from triton_data.rewrite import assemble, body, buffers, generic, helpers, module, results, sources, training
from triton_data.rewrite.emitted import Emitted, read
from triton_data.rewrite.host import Reader
from triton_data.rewrite.module import Shell
from triton_data.rewrite.options import Options
from triton_data.rewrite.printer import STEP
from triton_data.rewrite.reasons import Declined, Reason
from triton_data.rewrite.written import Written, write_kernels


def rewrite(program: Program, capture: Capture, options: Options | None = None) -> Pair | Drop:
    options = options or Options()
    try:
        entry, text = rewrite_text(program, capture, options)
    except Declined as declined:
        return Drop(str(declined.reason), declined.detail)
    return Pair(program.key, capture.key, entry, text, program.origin)


def rewrite_text(program: Program, capture: Capture, options: Options) -> tuple[str, str]:
    entry = program.entry + options.suffix
    shell = module.shell(program.text, program.entry, entry)
    used = helpers.Unprefixed()
    match [graph.direction for graph in capture.graphs]:
        case ["inference"]:
            written, uses, lines = _inference(shell, entry, capture.graphs[0], options, used)
        case ["forward", "backward"]:
            written, uses, lines = training.both_ways(shell, entry, capture.graphs, options, used)
        case directions:
            raise Declined(Reason.GRAPH_BREAKS, f"{len(directions)} graphs")
    if not written:
        raise Declined(Reason.NO_KERNEL)
    title = _title(program.entry, [each.title for each in written])
    text = assemble.file_text(shell, title, helpers.closure(used.used), written, uses, lines)
    ast.parse(text)
    return entry, text


def _inference(
    shell: Shell, entry: str, graph: Graph, options: Options, used: helpers.Unprefixed
) -> tuple[list[Written], set[str], list[str]]:
    emitted = read(graph.code)
    inputs = _inputs(emitted, graph, shell.is_class)
    sizes = generic.open_sizes(inputs, shell.parameters)
    reader = Reader(emitted, inputs | sizes.names)
    host = reader.read()
    sizes.guards = generic.understood(graph.guards, reader.resolve, sizes)
    buffers.rename(host, [*shell.parameters, *inputs.values(), *sizes.read])
    result = results.expression(graph.returns, host.returned, shell.is_class)
    written = write_kernels(host, options, used, set())
    indent = STEP * 2 if shell.is_class else STEP
    some_tensor = "next(self.parameters())" if shell.is_class else ""
    lines = [*shell.head(entry), *body.lines(host, written, indent, some_tensor, sizes), f"{indent}return {result}"]
    return list(written.values()), host.uses, lines


def _title(entry: str, kernels: list[str]) -> str:
    """As many kernels as fit on the line."""
    named = [kernels[0]]
    while len(named) < len(kernels) and len(", ".join([entry, *named, kernels[len(named)]])) < 80:
        named.append(kernels[len(named)])
    rest = f" and {len(kernels) - len(named)} more" if len(named) < len(kernels) else ""
    return f"{entry} in Triton: {', '.join(named)}{rest}"


def _inputs(emitted: Emitted, graph: Graph, is_class: bool) -> dict[str, str]:
    if len(emitted.arguments) != len(graph.inputs):
        raise Declined(Reason.INPUTS, f"{len(emitted.arguments)} arguments, {len(graph.inputs)} sources")
    return dict(zip(emitted.arguments, sources.expressions(graph.inputs, is_class), strict=True))
