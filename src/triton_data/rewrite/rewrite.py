"""A Capture and its Program become a Pair: the transforms in their order, and a switch to stop after any of them.

In: a Capture of one graph, or of its two directions, and the Program. Out: the text of the standalone file, or a Drop
that names the transform that declined. Not covered: several graphs, which graph breaks leave.
"""

from __future__ import annotations

import ast
import dataclasses

from triton_data.records import Capture, Drop, Graph, Pair, Program
from triton_data.rewrite import alone as kernels_alone
from triton_data.rewrite import assemble, granted, module, training, tree
from triton_data.rewrite.host import body, buffers, graph_inputs, results, symbolic_sizes
from triton_data.rewrite.host.read_call import Reader
from triton_data.rewrite.kernel.emitted import Emitted, read
from triton_data.rewrite.kernel.standalone import Made, write_kernels
from triton_data.rewrite.module import Shell
from triton_data.rewrite.naming import fresh
from triton_data.rewrite.options import Options
from triton_data.rewrite.printer import STEP
from triton_data.rewrite.reasons import Declined, Reason

_LOCALS = frozenset({"device", "grid"})
_MODULES = frozenset({"triton", "tl", "torch", "libdevice"})


def rewrite(program: Program, capture: Capture, options: Options | None = None) -> Pair | Drop:
    result, _ = rewrite_with_kernels(program, capture, options or Options(), alone=False)
    return result


def rewrite_with_kernels(
    program: Program, capture: Capture, options: Options, alone: bool = True
) -> tuple[Pair | Drop, list[tuple[Program, Pair]]]:
    """The whole program, and beside it each kernel that can stand alone with its fused expression."""
    entry = program.entry + options.suffix
    if any("choice" in each for each in capture.products):
        options = dataclasses.replace(options, autotune=False)  # one of several kernels: it is the choice that differs
    try:
        shell = module.shell(
            program.text, program.entry, entry, capture.graphs[0].constructor if capture.graphs else ()
        )
        made = _made(shell, entry, capture, options)
        if not made.written:
            raise Declined(Reason.NO_KERNEL)
        title = _title(program.entry, [each.title for each in made.written])
        text = assemble.file_text(shell, title, made.written, made.uses, made.lines)
        ast.parse(text)
    except Declined as declined:
        return Drop(str(declined.reason), declined.detail), []
    small = list(kernels_alone.pairs(program, capture, made, options)) if alone else []
    return Pair(program.key, capture.key, entry, text, program.origin), small


def _made(shell: Shell, entry: str, capture: Capture, options: Options) -> Made:
    match [graph.direction for graph in capture.graphs]:
        case ["inference"]:
            return _inference(shell, entry, capture.graphs[0], options)
        case ["forward", "backward"]:
            return training.both_ways(shell, entry, capture.graphs, options)
        case directions:
            raise Declined(Reason.GRAPH_BREAKS, f"{len(directions)} graphs")


def _inference(shell: Shell, entry: str, graph: Graph, options: Options) -> Made:
    emitted = read(graph.code)
    aliases = _aliases(shell)
    inputs = {name: _renamed(text, aliases) for name, text in _inputs(emitted, graph, shell).items()}
    sizes = symbolic_sizes.open_sizes(inputs, shell.parameters)
    reader = Reader(emitted, inputs | sizes.names)
    host = reader.read()
    sizes.guards = symbolic_sizes.understood(graph.guards, reader.resolve, sizes)
    buffers.rename(host, [*shell.parameters, *inputs.values(), *sizes.read])
    result = _renamed(results.expression(graph.returns, host.returned, shell.is_class), aliases)
    written = write_kernels(host, options, set())
    indent = STEP * 2 if shell.is_class else STEP
    some_tensor = "next(self.parameters())" if shell.is_class else ""
    said = [indent + line for line in granted.in_forward(graph.call, shell.is_class, shell.names)]
    computed = body.lines(host, written, indent, some_tensor, sizes)
    said += [f"{indent}{alias} = {name}" for name, alias in aliases.items()]
    lines = [*shell.head(entry), *said, *computed, f"{indent}return {result}"]
    return Made(list(written.values()), host.uses, lines, host.launched(written), host.allocations())


def _title(entry: str, kernels: list[str]) -> str:
    """As many kernels as fit on the line."""
    named = [kernels[0]]
    while len(named) < len(kernels) and len(", ".join([entry, *named, kernels[len(named)]])) < 80:
        named.append(kernels[len(named)])
    rest = f" and {len(kernels) - len(named)} more" if len(named) < len(kernels) else ""
    return f"{entry} in Triton: {', '.join(named)}{rest}"


def _aliases(shell: Shell) -> dict[str, str]:
    """A parameter that is named as a local of every file gets another name there: `grid_in = grid`."""
    if modules := sorted(_MODULES & {*shell.names}):
        raise Declined(Reason.INPUTS, f"a parameter is named {modules[0]}, as the module that the file needs")
    return {name: fresh(f"{name}_in", {*shell.names}) for name in shell.names if name in _LOCALS}


def _renamed(text: str, aliases: dict[str, str]) -> str:
    by = {name: tree.expression(alias) for name, alias in aliases.items()}
    return ast.unparse(tree.Substitute(by).visit(tree.expression(text))) if by else text


def _inputs(emitted: Emitted, graph: Graph, shell: Shell) -> dict[str, str]:
    if len(emitted.arguments) != len(graph.inputs):
        raise Declined(Reason.INPUTS, f"{len(emitted.arguments)} arguments, {len(graph.inputs)} sources")
    return dict(
        zip(emitted.arguments, graph_inputs.expressions(graph.inputs, shell.is_class, shell.names), strict=True)
    )
