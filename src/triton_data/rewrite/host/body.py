"""The statements of a function that allocates, launches and calls libraries, from what was read of the host code.

In: a Host, and the kernels as they stand in the file. Out: lines. What the kernels take for granted about the arguments
is said before they run.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from triton_data.rewrite import printer, tree
from triton_data.rewrite.host.layout import Layout, is_contiguous
from triton_data.rewrite.host.read_call import Host, Launch
from triton_data.rewrite.host.symbolic_sizes import OpenSizes
from triton_data.rewrite.kernel.written import Written
from triton_data.rewrite.reasons import Declined, Reason


def lines(
    host: Host, written: Mapping[str, Written], indent: str, some_tensor: str = "", sizes: OpenSizes | None = None
) -> list[str]:
    """Everything but the return; `some_tensor` tells the device where no argument can."""
    sizes = sizes or OpenSizes()
    made = [indent + line for line in (*sizes.lines(), *_checks(host, sizes))]
    statements = [part for each in host.statements for part in _stated(each, written)]
    if any("device" in tree.used(each) for each in statements):
        tensor = next(iter(host.layouts.arguments), some_tensor)
        if not tensor:
            raise Declined(Reason.INPUTS, "no tensor says on which device to allocate")
        made.append(f"{indent}device = {tensor}.device")
    for each in statements:
        made += printer.statement(each, indent)
    return made


def _stated(each: ast.stmt | Launch, written: Mapping[str, Written]) -> list[ast.stmt]:
    if isinstance(each, Launch):
        return [
            ast.fix_missing_locations(part) for part in written[each.kernel.name].launch(each.arguments, each.layouts)
        ]
    return [ast.fix_missing_locations(each)]


def of_shape(name: str, size: str) -> str:
    return f"assert {name}.shape == {size}, {name}.shape"


def laid_out(name: str, stride: str, uses: set[str]) -> str:
    """The line that gives an argument the strides that the kernels expect; '' are those of a contiguous tensor."""
    if not stride:
        return f"{name} = {name}.contiguous()"
    uses.add("with_strides")
    return f"{name} = with_strides({name}, {stride})"


def _checks(host: Host, sizes: OpenSizes) -> list[str]:
    """What the kernels take for granted about the arguments, said before they run."""
    lines = []
    for name, layout in host.layouts.arguments.items():
        plain = all(part.isdigit() or part in sizes.read for part in layout.sizes)
        if plain and not sizes.is_said(name, layout.sizes):
            lines.append(of_shape(name, ast.unparse(layout.size)))
        if name.isidentifier():
            stride = "" if is_contiguous(layout.size, layout.stride) else ast.unparse(layout.stride)
            lines.append(laid_out(name, stride, host.uses))
    for name, layout in host.layouts.weights.items():
        if _is_told_by_another(name, host.layouts.weights) or not layout.sizes:
            continue
        if not all(part.isdigit() for part in layout.sizes):
            continue
        lines.append(of_shape(name, ast.unparse(layout.size)))
    return lines


def _is_told_by_another(name: str, weights: Mapping[str, Layout]) -> bool:
    """A bias and running statistics are as long as the weight beside them says."""
    owner, _, last = name.rpartition(".")
    return last in ("bias", "running_mean", "running_var", "num_batches_tracked") and f"{owner}.weight" in weights
