"""Operations that Inductor leaves to libraries, as public torch calls.

In: one call of the host code (`extern_kernels.addmm(...)`, `torch.ops.aten.convolution.default(...)`). Out: the same
call in a form that runs on CUDA and on the CPU. What is not known as safe is declined.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from triton_data.rewrite import tree
from triton_data.rewrite.reasons import Declined, Reason

Resolve = Callable[[ast.expr], ast.expr]
_SAME = {"mm", "bmm", "addmm", "baddbmm", "addmv", "mv", "dot"}  # torch.<name>(..., out=...)
_DEFAULTS = {"alpha": "1", "beta": "1"}


@dataclass
class Extern:
    expression: ast.expr
    uses: set[str] = field(default_factory=set)


def extern_call(call: ast.Call, resolve: Resolve) -> Extern:
    function = tree.called(call)
    arguments = [resolve(argument) for argument in call.args]
    keywords = [ast.keyword(k.arg, resolve(k.value)) for k in call.keywords]
    if function.startswith("extern_kernels."):
        name = function.removeprefix("extern_kernels.")
        if name == "convolution":
            return Extern(_convolution(arguments, keywords))
        if name == "bias_addmm":
            name = "addmm"
        if name not in _SAME:
            raise Declined(Reason.HOST_CALL, function)
        kept = [k for k in keywords if _DEFAULTS.get(k.arg or "") != ast.unparse(k.value)]
        return Extern(ast.Call(tree.expression(f"torch.{name}"), arguments, kept))
    if function.startswith("aten."):
        function = f"torch.ops.{function}"
    if function.startswith("torch.ops.aten."):
        return Extern(ast.Call(tree.expression(function), arguments, _on_device(keywords)))
    raise Declined(Reason.HOST_CALL, function)


def _on_device(keywords: list[ast.keyword]) -> list[ast.keyword]:
    return [ast.keyword("device", ast.Name("device")) if k.arg == "device" else k for k in keywords]


def _convolution(arguments: list[ast.expr], keywords: list[ast.keyword]) -> ast.expr:
    """`extern_kernels.convolution(x, w, stride=…, bias=None)` as F.convNd or F.conv_transposeNd."""
    given = {k.arg or "": ast.literal_eval(k.value) for k in keywords if k.arg != "bias"}
    bias = next((k.value for k in keywords if k.arg == "bias"), ast.Constant(None))
    dims = len(given["stride"])
    name = f"conv_transpose{dims}d" if given["transposed"] else f"conv{dims}d"
    options = {"stride": 1, "padding": 0, "dilation": 1}
    parts = [ast.unparse(a) for a in arguments]
    if ast.unparse(bias) != "None":
        parts.append(f"bias={ast.unparse(bias)}")
    for option, default in options.items():
        if tuple(given[option]) != (default,) * dims:
            parts.append(f"{option}={_short(given[option])}")
    if given["transposed"] and any(given["output_padding"]):
        parts.append(f"output_padding={_short(given['output_padding'])}")
    if given["groups"] != 1:
        parts.append(f"groups={given['groups']}")
    return tree.expression(f"F.{name}({', '.join(parts)})")


def _short(values: tuple[int, ...]) -> str:
    return str(values[0]) if len(set(values)) == 1 else repr(tuple(values))
