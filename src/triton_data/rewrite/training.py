"""A training capture, forward and backward, as an `autograd.Function` and a module that applies it.

In: the two graphs of one program. Out: the lines of both classes and the kernels that they launch. What the forward
graph returns beyond its results is what the backward graph starts with, in the same order. Not covered: programs whose
gradients start elsewhere than at their results, such as at views of them: declined.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from triton_data.records import Graph
from triton_data.rewrite import granted, tree
from triton_data.rewrite.host import body, buffers, graph_inputs, results
from triton_data.rewrite.host.read_call import Host, Launch, Reader
from triton_data.rewrite.kernel.emitted import read
from triton_data.rewrite.kernel.standalone import Made, write_kernels
from triton_data.rewrite.kernel.written import Written
from triton_data.rewrite.module import Shell
from triton_data.rewrite.naming import fresh
from triton_data.rewrite.options import Options
from triton_data.rewrite.printer import STEP, WIDTH
from triton_data.rewrite.reasons import Declined, Reason

_RESERVED = ("ctx", "device", "torch", "triton", "tl", "self", "F", "nn", "math", "libdevice", "grid")
Lines = list[str]


@dataclass
class _Ways:
    """Both directions, in the names of the file."""

    sources: list[str]  # what the forward is applied to: x, self.norm.weight
    arguments: list[str]  # the same as parameters: x, weight
    forward: Host
    backward: Host
    outputs: list[ast.expr]
    saved: list[ast.expr]
    restored: list[str]  # names of the saved ones in backward
    tangents: list[str]  # one a result: grad_out


def both_ways(shell: Shell, entry: str, graphs: Sequence[Graph], options: Options) -> Made:
    ways = _read(shell, graphs)
    result = results.expression(graphs[0].returns, [tree.expression(f"out[{i}]") for i in range(len(ways.outputs))],
                                shell.is_class)  # fmt: skip
    if any(name == "out" for name in (*ways.arguments, *shell.parameters)) or _referred(result) != len(ways.outputs):
        raise Declined(Reason.RESULT, f"{len(ways.outputs)} outputs, {result}")
    taken: set[str] = set()
    kernels = [write_kernels(host, options, taken) for host in (ways.forward, ways.backward)]
    name = f"{entry}Function"
    function = [
        f"class {name}(torch.autograd.Function):",
        *_forward(ways, kernels[0]),
        "",
        *_backward(ways, kernels[1]),
    ]
    indent = STEP * 2 if shell.is_class else STEP
    said = [indent + line for line in granted.in_forward(graphs[0].call, shell.is_class, shell.names)]
    applied = [*shell.head(entry), *said, *_applied(name, ways, result, indent)]
    uses = ways.forward.uses | ways.backward.uses
    launches = [*ways.forward.launched(kernels[0]), *ways.backward.launched(kernels[1])]
    allocations = ways.forward.allocations() | ways.backward.allocations()
    return Made(
        [*kernels[0].values(), *kernels[1].values()], uses, [*function, "", "", *applied], launches, allocations
    )


def _read(shell: Shell, graphs: Sequence[Graph]) -> _Ways:
    forward, backward = (read(graph.code) for graph in graphs)
    given = graph_inputs.expressions(graphs[0].inputs, shell.is_class, shell.names)
    if len(forward.arguments) != len(given):
        raise Declined(Reason.INPUTS, f"{len(forward.arguments)} arguments, {len(given)} sources")
    taken = set(_RESERVED)
    names = {
        argument: fresh(graph_inputs.role(text), taken) for argument, text in zip(forward.arguments, given, strict=True)
    }
    there = Reader(forward, names).read()
    own = [names[a] for a, text in zip(forward.arguments, given, strict=True) if text.startswith("self")]
    for name in own:  # a parameter lies as the constructor made it, but may be of another size
        if layout := there.layouts.arguments.pop(name, None):
            there.layouts.weights[name] = layout
    buffers.rename(there, names.values())
    tangents = [a for a in backward.arguments if a.startswith("tangents")]
    number = len(there.returned) - (len(backward.arguments) - len(tangents))
    if number < 1:
        raise Declined(Reason.RESULT, f"{len(there.returned)} values for {len(backward.arguments)} in backward")
    outputs, saved = there.returned[:number], there.returned[number:]
    taken = set(_RESERVED)
    kept = dict(zip(backward.arguments, saved, strict=False))
    absent = {a: "None" for a, value in kept.items() if isinstance(value, ast.Constant)}
    restored = {a: fresh(_word(value, a), taken) for a, value in kept.items() if a not in absent}
    grads = _tangents(there, outputs, tangents, taken)
    back = Reader(backward, restored | absent | dict(zip(tangents, filter(None, grads), strict=True))).read()
    for name in restored.values():  # saved as forward made it
        back.layouts.arguments.pop(name, None)
    buffers.rename(back, [*restored.values(), *filter(None, grads)])
    if len(back.returned) != len(given):
        raise Declined(Reason.RESULT, f"{len(back.returned)} gradients for {len(given)} inputs")
    unused = "unused"
    saved = [value for value in saved if not isinstance(value, ast.Constant)]
    return _Ways(given, list(names.values()), there, back, outputs, saved, list(restored.values()),
                 [grad or f"{unused}_{i}" for i, grad in enumerate(grads)])  # fmt: skip


def _word(value: ast.expr, argument: str) -> str:
    """What forward called it, or what the graph does."""
    return value.id if isinstance(value, ast.Name) and not value.id.startswith("buf") else argument


def _tangents(host: Host, outputs: list[ast.expr], tangents: list[str], taken: set[str]) -> list[str]:
    """A gradient's name for each output; '' for those that have none, because they hold no real numbers."""
    real = [_is_real(host, output) for output in outputs] if len(tangents) != len(outputs) else [True] * len(outputs)
    if sum(real) != len(tangents):
        raise Declined(Reason.RESULT, f"{len(tangents)} gradients for {len(outputs)} outputs")
    return [fresh("grad_out", taken) if each else "" for each in real]


def _is_real(host: Host, output: ast.expr) -> bool:
    for each in host.statements:
        match each:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(keywords=keywords)) if name in tree.used(
                output
            ):
                dtypes = [ast.unparse(k.value) for k in keywords if k.arg == "dtype"]
                return not dtypes or "float" in dtypes[0]
    return True


def _referred(result: str) -> int:
    found = {ast.unparse(n) for n in ast.walk(tree.expression(result)) if isinstance(n, ast.Subscript)}
    return sum(text.startswith("out[") for text in found)


def _forward(ways: _Ways, written: dict[str, Written]) -> Lines:
    parameters = ", ".join(["ctx", *ways.arguments])
    saved = ", ".join(map(ast.unparse, ways.saved))
    outputs = ", ".join(map(ast.unparse, ways.outputs))
    some = next(iter(ways.arguments), "")
    changed = _changed(ways.forward, ways.arguments)
    return [
        f"{STEP}@staticmethod",
        *_wrapped(f"{STEP}def forward(", parameters, "):"),
        *body.lines(ways.forward, written, STEP * 2, some),
        *([f"{STEP * 2}# {', '.join(changed)}: updated in place, as the module does"] if changed else []),
        *(_wrapped(f"{STEP * 2}ctx.save_for_backward(", saved, ")") if saved else []),
        f"{STEP * 2}return {outputs}",
    ]


def _changed(host: Host, arguments: Sequence[str]) -> list[str]:
    """Arguments that a kernel writes to, such as running statistics."""
    launches = [each for each in host.statements if isinstance(each, Launch)]
    pairs = [pair for each in launches for pair in zip(each.kernel.signature, each.arguments, strict=False)]
    outs = {ast.unparse(value) for name, value in pairs if name.startswith(("out_ptr", "in_out_ptr"))}
    return [name for name in arguments if name in outs]


def _backward(ways: _Ways, written: dict[str, Written]) -> Lines:
    grads = ", ".join(map(ast.unparse, ways.backward.returned))
    comma = "," if len(ways.restored) == 1 else ""
    restored = ", ".join(ways.restored) + comma
    some = next(iter([*ways.restored, *ways.tangents]), "")
    return [
        f"{STEP}@staticmethod",
        f"{STEP}def backward(ctx, {', '.join(ways.tangents)}):",
        *(_wrapped(f"{STEP * 2}(", restored, ") = ctx.saved_tensors") if ways.restored else []),
        *body.lines(ways.backward, written, STEP * 2, some),
        *_wrapped(f"{STEP * 2}return (", grads, ")"),
    ]


def _applied(name: str, ways: _Ways, result: str, indent: str) -> Lines:
    call = f"{name}.apply("
    given = ", ".join(ways.sources)
    if len(ways.outputs) == 1 and result == "out[0]":
        return _wrapped(f"{indent}return {call}", given, ")")
    lines = _wrapped(f"{indent}out = {call}", given, ")")
    return [*lines, f"{indent}return {result if len(ways.outputs) > 1 else result.replace('out[0]', 'out')}"]


def _wrapped(start: str, inside: str, end: str) -> Lines:
    if len(start) + len(inside) + len(end) <= WIDTH:
        plain = start.endswith(" (") and end.startswith(")")  # a tuple needs no brackets where it fits
        return [f"{start[:-1]}{inside}{end[1:]}" if plain else f"{start}{inside}{end}"]
    indent = start[: len(start) - len(start.lstrip())]
    lines: Lines = [indent + STEP]
    for part in inside.rstrip(",").split(", "):
        if len(lines[-1]) + len(part) + 2 > WIDTH:
            lines.append(indent + STEP)
        lines[-1] += f"{part}, "
    return [start, *(line.rstrip() for line in lines), f"{indent}{end}"]
