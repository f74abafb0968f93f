"""A kernel as it stands in the new file: through all passes, under its new names, with the launch that fits them.

In: the host code's launches. Out: for each kernel its text and its launches. Not covered: the file around them
(assemble.py) and what the passes do (passes/).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from triton_data.rewrite import tree
from triton_data.rewrite.host import graph_inputs
from triton_data.rewrite.host.read_call import Host, Launch
from triton_data.rewrite.kernel import configs, helpers, titles
from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.kernel.written import Written
from triton_data.rewrite.naming import fresh
from triton_data.rewrite.options import STEPS, Options
from triton_data.rewrite.passes import (
    assembly,
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
from triton_data.rewrite.templates import written as templates
from triton_data.rewrite.templates.reading import is_template
from triton_data.rewrite.templates.written_template import WrittenTemplate

_SYMBOL = re.compile(r"^[kp]s\d+$")
PASSES: dict[str, tuple[Callable[[Kernel], None], ...]] = {
    "sizes": (sizes.apply,),
    "copies": (copies.apply,),
    "masks": (masks.apply,),
    "casts": (casts.apply,),
    "broadcasts": (broadcasts.apply, copies.apply),
    "constants": (assembly.apply, constants.apply, casts.apply, copies.apply),
    "dead": (dead.apply,),
    "fold": (fold.apply, dead.apply),
    "spelling": (spelling.apply,),
}


@dataclass
class Made:
    """What one rewrite puts between the support functions and the inputs."""

    written: list[Written]
    uses: set[str]  # support functions
    lines: list[str]  # the module or function
    launches: list[tuple[Launch, Written]]
    allocations: dict[str, tuple[str, str]]  # name -> (sizes, strides or '')


def write_kernels(host: Host, options: Options, taken: set[str]) -> dict[str, Written]:
    """Every kernel that the host code launches, through all passes; `taken` are the names of the file so far."""
    written: dict[str, Written] = {}
    reserved = {name for each in host.statements if isinstance(each, ast.stmt) for name in _names(each)}
    reserved |= {name for argument in host.layouts.arguments for name in _names(tree.expression(argument))}
    for statement in host.statements:
        if isinstance(statement, Launch) and statement.kernel.name not in written:
            kernel = statement.kernel
            if is_template(kernel):
                written[kernel.name] = _of_template(statement, options, taken, reserved)
                continue
            found = configs.candidates(kernel)
            for name in STEPS:
                for apply in PASSES[name]:
                    apply(kernel)
                if name == options.stop_after:
                    break
            own = helpers.Unprefixed()
            for function in (kernel.function, *kernel.callees):
                own.visit(function)
            if not options.stop_after:
                known = dict(names.rename_callee(function, taken) for function in kernel.callees)
                tree.substitute(kernel.function.body, {k: ast.Name(v, ast.Load()) for k, v in known.items()})
            renamed = {} if options.stop_after else names.apply(kernel, _roles(statement), _sizes(statement))
            title = titles.kernel_title(kernel.aten, taken, kernel.function)
            written[kernel.name] = Written(kernel, title, renamed, found, options.autotune, own.used)
    return written


def _of_template(launch: Launch, options: Options, taken: set[str], reserved: set[str]) -> Written:
    kernel = launch.kernel
    filled = templates.fill(kernel)
    title = titles.template_title(kernel.aten, filled.dims, taken, filled.fused)
    for name in STEPS:
        if name not in ("sizes", "masks"):  # a template's sizes are arguments and its masks complete
            for apply in PASSES[name]:
                apply(kernel)
    templates.after_passes(filled)
    own = helpers.Unprefixed()
    own.visit(kernel.function)
    roles = _roles(launch, templates.OPERANDS.get(filled.kind, {}))
    indices = filled.body.names | templates.strides_named(filled, roles)
    renamed = names.apply(kernel, roles, _sizes(launch), indices)
    return WrittenTemplate(filled, title, renamed, options.autotune, own.used, reserved)


def _names(statement: ast.AST) -> list[str]:
    return [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]


def _roles(launch: Launch, known: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """What each pointer parameter holds, from the expression that the launch passes; `known` are told already."""
    taken = {*known.values()}
    pointers = [p for p, kind in launch.kernel.signature.items() if kind.startswith("*")]
    passed = dict(zip(launch.kernel.signature, launch.arguments, strict=False))
    told = {name: role for name, role in known.items() if name in passed}
    rest = [name for name in pointers if name in passed and name not in told]
    return told | {name: fresh(_role(name, passed[name]), taken, first=1) for name in rest}


def _sizes(launch: Launch) -> dict[str, str]:
    """Symbolic sizes among the parameters, by what the launch passes."""
    taken: set[str] = set()
    passed = dict(zip(launch.kernel.signature, launch.arguments, strict=False))
    names = [name for name in launch.kernel.signature if _SYMBOL.match(name) and name in passed]
    given = {name: passed[name] for name in names}
    return {n: fresh(v.id if isinstance(v, ast.Name) else "extent", taken) for n, v in given.items()}


def _role(parameter: str, argument: ast.expr) -> str:
    text = ast.unparse(argument)
    if parameter.startswith("out_ptr"):
        return "out"
    if text.startswith(("self.", "self[")):
        return graph_inputs.role(text)
    bases = [name for name in tree.used(argument) if name not in ("self", "torch", "strided_view", "with_strides")]
    return bases[0] if len(bases) == 1 else "source"
