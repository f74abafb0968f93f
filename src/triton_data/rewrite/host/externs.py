"""Operations that Inductor leaves to libraries, as public torch calls.

In: one call of the host code (`extern_kernels.addmm(...)`, `torch.ops.aten.convolution.default(...)`). Out: the same
call in a form that runs on CUDA and on the CPU. What is not known as safe is declined.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from triton_data.rewrite import tree
from triton_data.rewrite.reasons import Declined, Reason

Resolve = Callable[[ast.expr], ast.expr]
Sizes = Callable[[ast.expr], list[str]]  # of a tensor that the host code names, [] where they are not known
_SAME = {"mm", "bmm", "addmm", "baddbmm", "addmv", "mv", "dot"}  # torch.<name>(..., out=...)
_ATTENTION = re.compile(r"^torch\.ops\.aten\._scaled_dot_product_(flash|efficient|cudnn)_attention\.default$")
_ATTENTION_BACKWARD = re.compile(
    r"^torch\.ops\.aten\._scaled_dot_product_(flash|efficient|cudnn)_attention_backward\.default$"
)
# What stands where among the arguments after grad_out, query, key and value.
_BACKWARD_ARGUMENTS = {
    "flash": {"dropout_p": 10, "is_causal": 11},
    "efficient": {"attn_mask": 4, "dropout_p": 9, "wanted": 10, "is_causal": 11},
    "cudnn": {"attn_mask": 8, "dropout_p": 13, "is_causal": 14},
}
_DEFAULTS = {"alpha": "1", "beta": "1"}


@dataclass
class Extern:
    expression: ast.expr
    first_only: bool = False  # stands for the first result of an operation that returned several
    uses: str = ""  # support function that the file must bring


def extern_call(call: ast.Call, resolve: Resolve, sizes: Sizes) -> Extern:
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
    if found := _ATTENTION.match(function):
        heads = [sizes(argument)[1:2] for argument in call.args[:2]]
        return Extern(_attention(found[1], arguments, keywords, heads[0] != heads[1]), first_only=True)
    if found := _ATTENTION_BACKWARD.match(function):
        heads = [sizes(argument)[1:2] for argument in call.args[1:3]]
        made = _attention_backward(found[1], arguments, keywords, heads[0] != heads[1])
        return Extern(made, uses="attention_backward")
    if function.startswith("torch.ops.aten."):
        return Extern(ast.Call(tree.expression(function), arguments, _on_device(keywords)))
    raise Declined(Reason.HOST_CALL, function)


def _attention(kind: str, arguments: list[ast.expr], keywords: list[ast.keyword], grouped: bool) -> ast.expr:
    """The fused operations exist on CUDA only, and pick themselves there: the public function stands for each."""
    names = ["attn_mask", "", "dropout_p", "is_causal"] if kind != "flash" else ["dropout_p", "is_causal"]
    given = dict(zip(names, arguments[3:], strict=False)) | {k.arg or "": k.value for k in keywords}
    parts = [ast.unparse(a) for a in arguments[:3]]
    for name, default in {"attn_mask": "None", "dropout_p": "0.0", "is_causal": "False", "scale": "None"}.items():
        value = ast.unparse(given[name]) if name in given else default
        if value not in (default, "0" if default == "0.0" else default):
            parts.append(f"{name}={value}")
    parts += ["enable_gqa=True"] if grouped else []
    return tree.expression(f"F.scaled_dot_product_attention({', '.join(parts)})")


def _attention_backward(kind: str, arguments: list[ast.expr], keywords: list[ast.keyword], grouped: bool) -> ast.expr:
    """Likewise: run again and differentiated, which needs none of what the fused forward keeps for its backward."""
    places = _BACKWARD_ARGUMENTS[kind]
    given = {name: ast.unparse(arguments[place]) for name, place in places.items() if place < len(arguments)}
    given |= {k.arg or "": ast.unparse(k.value) for k in keywords}
    if given.get("dropout_p", "0.0") not in ("0.0", "0"):
        raise Declined(Reason.HOST_CALL, "attention with dropout in training")
    if given.get("wanted", "").endswith("True]"):
        raise Declined(Reason.HOST_CALL, "the gradient of an attention bias")
    parts = [ast.unparse(a) for a in arguments[:4]]
    for name, default in {"attn_mask": "None", "is_causal": "False", "scale": "None"}.items():
        if given.get(name, default) != default:
            parts.append(f"{name}={given[name]}")
    parts += ["enable_gqa=True"] if grouped else []
    return tree.expression(f"attention_backward({', '.join(parts)})")


def _on_device(keywords: list[ast.keyword]) -> list[ast.keyword]:
    return [ast.keyword("device", ast.Name("device", ast.Load())) if k.arg == "device" else k for k in keywords]


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
