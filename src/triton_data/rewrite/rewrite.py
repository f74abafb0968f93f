"""A Capture and its Program become a Pair: the transforms in their order, and a switch to stop after any of them.

In: a Capture of one graph, and the Program. Out: the text of the standalone file, or a Drop that names the transform
that declined. Not covered yet: several graphs, and training.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from triton_data.records import Capture, Drop, Graph, Pair, Program
from triton_data.rewrite import assemble, buffers, configs, helpers, module, results, sources, titles, tree
from triton_data.rewrite.emitted import Emitted, Kernel, read
from triton_data.rewrite.host import Host, Launch, Reader
from triton_data.rewrite.options import STEPS, Options
from triton_data.rewrite.passes import (
    broadcasts,
    casts,
    constants,
    copies,
    dead,
    fold,
    masks,
    names,
    sizes,
    spelling,
)
from triton_data.rewrite.reasons import Declined, Reason

PASSES: dict[str, tuple[Callable[[Kernel], None], ...]] = {
    "sizes": (sizes.apply,),
    "copies": (copies.apply,),
    "masks": (masks.apply,),
    "casts": (casts.apply,),
    "broadcasts": (broadcasts.apply, copies.apply),
    "constants": (constants.apply, casts.apply, copies.apply),
    "dead": (dead.apply,),
    "fold": (fold.apply, dead.apply),
    "spelling": (spelling.apply,),
}


def rewrite(program: Program, capture: Capture, options: Options | None = None) -> Pair | Drop:
    options = options or Options()
    try:
        entry, text = rewrite_text(program, capture, options)
    except Declined as declined:
        return Drop(str(declined.reason), declined.detail)
    return Pair(program.key, capture.key, entry, text, program.origin)


def rewrite_text(program: Program, capture: Capture, options: Options) -> tuple[str, str]:
    if len(capture.graphs) != 1 or capture.graphs[0].direction != "inference":
        raise Declined(Reason.GRAPH_BREAKS, f"{len(capture.graphs)} graphs")
    entry = program.entry + options.suffix
    shell = module.shell(program.text, program.entry, entry)
    graph = capture.graphs[0]
    emitted = read(graph.code)
    inputs = _inputs(emitted, graph, shell.is_class)
    host = Reader(emitted, inputs).read()
    buffers.rename(host, [*shell.parameters, *inputs.values()])
    host.result = results.expression(graph.returns, host.returned, shell.is_class)
    used = helpers.Unprefixed()
    written = _kernels(emitted, host, options, used)
    if not written:
        raise Declined(Reason.NO_KERNEL)
    title = f"{program.entry} in Triton: {', '.join(w.title for w in written.values())}"
    text = assemble.file_text(
        shell, host, written, helpers.closure(used.used), title[:98], entry, options.autotune
    )  # fmt: skip
    ast.parse(text)
    return entry, text


def _inputs(emitted: Emitted, graph: Graph, is_class: bool) -> dict[str, str]:
    if len(emitted.arguments) != len(graph.inputs):
        raise Declined(Reason.INPUTS, f"{len(emitted.arguments)} arguments, {len(graph.inputs)} sources")
    return dict(zip(emitted.arguments, sources.expressions(graph.inputs, is_class), strict=True))


def _kernels(emitted: Emitted, host: Host, options: Options, used: helpers.Unprefixed) -> dict[str, assemble.Written]:
    taken: set[str] = set()
    written: dict[str, assemble.Written] = {}
    for statement in host.statements:
        if isinstance(statement, Launch) and statement.kernel.name not in written:
            kernel = statement.kernel
            found = configs.candidates(kernel)
            for name in STEPS:
                for apply in PASSES[name]:
                    apply(kernel)
                if name == options.stop_after:
                    break
            for function in (kernel.function, *kernel.callees):
                used.visit(function)
            if not options.stop_after:
                known = dict(names.rename_callee(function, taken) for function in kernel.callees)
                tree.substitute(kernel.function.body, {k: ast.Name(v, ast.Load()) for k, v in known.items()})
            renamed = {} if options.stop_after else names.apply(kernel, _roles(statement))
            title = titles.kernel_title(kernel.aten, taken)
            written[kernel.name] = assemble.Written(kernel, title, renamed, found)
    return written


def _roles(launch: Launch) -> dict[str, str]:
    """What each pointer parameter holds, from the expression that the launch passes."""
    roles: dict[str, str] = {}
    taken: set[str] = set()
    pointers = [p for p, kind in launch.kernel.signature.items() if kind.startswith("*")]
    for parameter, argument in zip(launch.kernel.signature, launch.arguments, strict=False):
        if parameter not in pointers:
            continue
        base = _role(parameter, argument)
        word, n = base, 1
        while word in taken:
            word, n = f"{base}_{n}", n + 1
        taken.add(word)
        roles[parameter] = word
    return roles


def _role(parameter: str, argument: ast.expr) -> str:
    text = ast.unparse(argument)
    if parameter.startswith("out_ptr"):
        return "out"
    if text.startswith(("self.", "self[")):
        return sources.role(text)
    bases = [name for name in tree.used(argument) if name not in ("self", "torch", "strided_view", "with_strides")]
    return bases[0] if len(bases) == 1 else "source"
