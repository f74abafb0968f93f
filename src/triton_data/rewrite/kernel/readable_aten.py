"""ATen calls as people write them: `a + b`, `torch.relu(x)`, `x.view(4, 8)`.

In: a call of a graph fragment. Out: an expression. What has no plain form stays `torch.ops.aten...`, also right.
"""

from __future__ import annotations

import ast

from triton_data.rewrite.kernel.fragment import Call

_OPERATORS: dict[str, type[ast.operator]] = {"add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "div": ast.Div}
_COMPARED: dict[str, type[ast.cmpop]] = {
    "eq": ast.Eq, "ne": ast.NotEq, "lt": ast.Lt, "le": ast.LtE, "gt": ast.Gt, "ge": ast.GtE,
}  # fmt: skip
_FUNCTIONS = frozenset(
    [
        "relu", "sigmoid", "tanh", "exp", "exp2", "expm1", "log", "log2", "log1p", "log10", "sqrt", "rsqrt", "sin",
        "cos", "abs", "neg", "reciprocal", "erf", "erfc", "floor", "ceil", "round", "trunc", "sign", "where", "maximum",
        "minimum", "pow", "amax", "amin", "sum", "mean", "prod", "argmax", "argmin", "any", "all", "clamp", "clamp_min",
        "clamp_max", "logical_and", "logical_or", "logical_not", "bitwise_and", "bitwise_or", "bitwise_not", "isnan",
        "isinf", "atan2", "fmod", "remainder", "square", "cumsum", "cumprod", "flip", "gather", "index_select", "cat",
        "sinh", "cosh", "asinh", "acosh", "atanh", "asin", "acos", "atan", "tan", "hypot", "copysign", "var",
    ]
)  # fmt: skip
_METHODS = frozenset(
    ["view", "reshape", "permute", "expand", "unsqueeze", "squeeze", "transpose", "select", "clone", "repeat"]
)


def spoken(call: Call) -> ast.expr:
    overload = call.target.removeprefix("torch.ops.aten.")
    name, _, variant = overload.partition(".")
    args, keywords = list(call.args), [ast.keyword(key, value) for key, value in call.kwargs]
    if call.target == "operator.getitem":
        return ast.Subscript(args[0], args[1], ast.Load())
    if call.target == "torch.ops.prims.iota.default":
        return _arange(args[0], dict(call.kwargs))
    if overload.startswith("full.") or name in ("zeros", "ones"):
        kept = [k for k in keywords if k.arg in ("dtype", "device")]
        return ast.Call(ast.Attribute(ast.Name("torch", ast.Load()), name, ast.Load()), args, kept)
    if call.target == "torch.ops.prims.convert_element_type.default":
        return _method(args[0], "to", args[1:], keywords)
    if not call.target.startswith("torch.ops.aten."):
        return _as_it_is(call, args, keywords)
    if name in _OPERATORS and not keywords and len(args) == 2 and variant in ("Tensor", "Scalar"):
        return ast.BinOp(args[0], _OPERATORS[name](), args[1])
    if name in _COMPARED and not keywords and len(args) == 2:
        return ast.Compare(args[0], [_COMPARED[name]()], [args[1]])
    if name in _METHODS and not keywords:
        return _method(args[0], name, args[1:], [])
    if name in _FUNCTIONS and (variant != "correction" or name == "var"):
        return ast.Call(ast.Attribute(ast.Name("torch", ast.Load()), name, ast.Load()), args, keywords)
    return _as_it_is(call, args, keywords)


def _arange(length: ast.expr, given: dict[str, ast.expr]) -> ast.expr:
    """`prims.iota(8, start=2, step=3)` as torch.arange(2, 26, 3)."""
    count, start, step = (ast.literal_eval(value) for value in (length, given["start"], given["step"]))
    bounds = [count] if (start, step) == (0, 1) else [start, start + count * step, step]
    kept = [ast.keyword(name, given[name]) for name in ("dtype", "device") if name in given]
    return ast.Call(ast.parse("torch.arange", mode="eval").body, [ast.Constant(each) for each in bounds], kept)


def _method(value: ast.expr, name: str, args: list[ast.expr], keywords: list[ast.keyword]) -> ast.expr:
    return ast.Call(ast.Attribute(value, name, ast.Load()), args, keywords)


def _as_it_is(call: Call, args: list[ast.expr], keywords: list[ast.keyword]) -> ast.expr:
    return ast.Call(ast.parse(call.target, mode="eval").body, args, keywords)
