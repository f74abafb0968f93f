"""Names that say what a value is: pointers by role, indices by axis, results by what computed them.

In: a Kernel whose expressions are final, and roles for its pointers. Out: the kernel with no `tmpN` left. Renaming is
by whole identifier and never merges two names.
"""

from __future__ import annotations

import ast
import keyword
import re

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.naming import fresh

_POINTWISE_1D = {
    "xindex": "offsets",
    "xmask": "mask",
    "xnumel": "n_elements",
    "XBLOCK": "BLOCK",
    "xoffset": "start",
}
_AXES = {"x": "col", "y": "row", "z": "plane"}
_REDUCED = {"x": "row", "y": "row_outer", "z": "plane", "r0_": "col", "r1_": "inner"}
_CALLS = {
    "rsqrt": "rstd",
    "sqrt_rn": "std",
    "sqrt": "std",
    "exp": "exp",
    "exp2": "exp2",
    "log": "log",
    "erf": "erf",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "max2": "max_value",
    "min2": "min_value",
    "sum": "total",
    "prod": "product",
    "any": "any_true",
    "where": "selected",
    "maximum": "larger",
    "minimum": "smaller",
    "full": "constant",
    "zeros": "acc",
    "associative_scan": "scanned",
    "sort_with_index": "ordered",
    "rand4x": "uniform",
    "to": "as_type",
    "floor": "floor",
}
_RESULTS = {  # of calls that return several
    "online_softmax_reduce": ("row_max", "row_sum"),
    "welford": ("mean", "m2", "weight"),
    "max_with_index": ("best", "best_index"),
    "min_with_index": ("best", "best_index"),
    "sort_with_index": ("ordered", "order"),
    "var_mean": ("var", "mean"),
}
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "shifted",
    ast.Sub: "difference",
    ast.Mult: "scaled",
    ast.Div: "ratio",
    ast.FloorDiv: "quotient",
    ast.Mod: "remainder",
}


def apply(
    kernel: Kernel, roles: dict[str, str], sizes: dict[str, str], indices: dict[str, str] | None = None
) -> dict[str, str]:
    """Returns old -> new for the parameters, which the launch needs; `indices` instead of our words for axes."""
    body = kernel.function.body
    by = {
        **{p: f"{role}_ptr" for p, role in roles.items()},
        **sizes,
        **(_index_names(kernel) if indices is None else indices),
    }
    taken = set(by.values()) | {"tl", "libdevice", "triton"} | {n for n in _all(kernel) if n not in by}
    stored = _stored(body)
    for statement in tree.statements(body):
        pair = tree.single(statement)
        for position, name in enumerate(tree.assigned(statement)):
            if name in by or not tree.TEMPORARY.match(name):
                continue
            base = _base(name, pair[1] if pair else None, statement, position, by, stored)
            by[name] = _fresh(base, taken)
    _Rename(by).visit(kernel.function)
    for argument in kernel.function.args.args:
        argument.arg = by.get(argument.arg, argument.arg)
    return by


def rename_callee(function: ast.FunctionDef, taken: set[str]) -> tuple[str, str]:
    """A combine function that Inductor wrote beside the kernel. Returns its old and new name."""
    operators = [_OPERATORS.get(type(n.op), "combine") for n in ast.walk(function) if isinstance(n, ast.BinOp)]
    old, new = function.name, _fresh("add" if operators == ["shifted"] else "combine", taken)
    by: dict[str, str] = {}
    for argument in function.args.args:
        side, _, index = argument.arg.removeprefix("arg").partition("_")
        by[argument.arg] = ("left" if side == "0" else "right") + ("" if index == "0" else f"_{index}")
        argument.arg = by[argument.arg]
    for statement in tree.statements(function.body):
        for name in tree.assigned(statement):
            if tree.TEMPORARY.match(name):
                by.setdefault(name, f"value_{name.removeprefix('tmp')}")
    _Rename(by).visit(function)
    function.name = new
    return old, new


def _index_names(kernel: Kernel) -> dict[str, str]:
    names = _all(kernel)
    axes = [a for a in ("x", "y", "z", "r0_", "r1_") if f"{a}numel" in names or f"{a}index" in names]
    by: dict[str, str] = {}
    if axes == ["x"]:
        by = dict(_POINTWISE_1D)
    else:
        words = _REDUCED if any(a.startswith("r") for a in axes) else _AXES
        for axis in axes:
            word = words[axis]
            by |= {
                f"{axis}index": f"{word}s",
                f"{axis}mask": f"{word}_mask",
                f"{axis}numel": f"n_{word}s",
                f"{axis.upper()}BLOCK": f"BLOCK_{word.upper()}S",
                f"{axis}offset": f"{word}_start",
                f"{axis}base": f"{word}_range",
            }
    for name in sorted(names):
        if found := re.fullmatch(r"(x|y|z|r0_|r1_)(\d+)", name):
            axis = _REDUCED.get(found[1], found[1]) if len(axes) > 1 else "i"
            by[name] = f"{axis}{'_' if len(axes) > 1 else ''}{found[2]}"
    return {old: new for old, new in by.items() if old in names}


def _all(kernel: Kernel) -> set[str]:
    inside = {n.id for n in ast.walk(kernel.function) if isinstance(n, ast.Name)}
    return inside | set(kernel.parameters)


def _stored(body: list[ast.stmt]) -> dict[str, str]:
    """value name -> the pointer parameter that it is stored to, where it is stored as it stands."""
    found: dict[str, str] = {}
    for statement in tree.statements(body):
        for call in ast.walk(statement):
            if isinstance(call, ast.Call) and tree.called(call) == "tl.store" and isinstance(call.args[1], ast.Name):
                pointers = [n for n in tree.used(call.args[0]) if n.endswith(tuple("0123456789")) and "ptr" in n]
                if pointers:
                    found[call.args[1].id] = pointers[0]
    return found


def _base(
    name: str, value: ast.expr | None, statement: ast.stmt, position: int, by: dict[str, str], stored: dict[str, str]
) -> str:
    if found := re.fullmatch(r"_?tmp\d+_(\w+)", name):  # Inductor's own words: mean, m2, weight, max, sum
        return f"{'running_' if name.startswith('_') else ''}{found[1]}"
    if name.startswith("_tmp"):
        return "acc"
    if value is None:
        call = getattr(statement, "value", None)
        if not isinstance(call, ast.Call):
            return "value"
        results = _RESULTS.get(tree.called(call).rsplit(".", 1)[-1], ())
        return results[position] if position < len(results) else _of_call(call, by)
    if loaded := _loaded(value, by):
        return loaded
    if name in stored and stored[name] in by:
        return by[stored[name]].removesuffix("_ptr")
    return _of_value(value, by)


def _loaded(value: ast.expr, by: dict[str, str]) -> str:
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "to":
        value = value.func.value
    if isinstance(value, ast.Call) and tree.called(value) == "tl.load":
        for pointer in tree.used(value.args[0]):
            if by.get(pointer, "").endswith("_ptr"):
                return by[pointer].removesuffix("_ptr")
    return ""


def _of_value(value: ast.expr, by: dict[str, str]) -> str:
    match value:
        case ast.Subscript(value=inner):
            return _of_value(inner, by)
        case ast.Name(id=name):
            return by.get(name, "value")
        case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant() | ast.Call()) if _is_total(left, by):
            return "var" if by.get(getattr(left, "id", ""), "").startswith("squares") else "mean"
        case ast.BinOp(left=ast.Name(), op=ast.Sub(), right=ast.Name(id=right)) if by.get(right, "").startswith("mean"):
            return "centered"
        case ast.BinOp(op=op):
            return _OPERATORS.get(type(op), "value")
        case ast.Compare():
            return "condition"
        case ast.UnaryOp():
            return "negated"
        case ast.Call():
            return _of_call(value, by)
    return "value"


def _is_total(node: ast.expr, by: dict[str, str]) -> bool:
    return isinstance(node, ast.Name) and by.get(node.id, "").startswith(("total", "squares", "acc"))


def _of_call(call: ast.Call, by: dict[str, str]) -> str:
    last = call.func.attr if isinstance(call.func, ast.Attribute) else tree.called(call)
    if last == "sum" and _is_square(call.args[0]):
        return "squares"
    if last == "to" and isinstance(call.func, ast.Attribute):
        return _of_value(call.func.value, by)
    return _CALLS.get(last, "value")


def _is_square(node: ast.expr) -> bool:
    for inner in ast.walk(node):
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Mult):
            return ast.dump(inner.left) == ast.dump(inner.right)
    return False


def _fresh(base: str, taken: set[str]) -> str:
    return fresh(f"{base}_value" if keyword.iskeyword(base) else base, taken, first=1)


class _Rename(ast.NodeTransformer):
    def __init__(self, by: dict[str, str]) -> None:
        self.by = by

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.by.get(node.id, node.id)
        return node
