"""What each value of a kernel is: its element type, and the block axes that it varies along.

In: a Kernel. Out: a `Value` for every name that can be told. What cannot be told is unknown, and a transform that
needs to know leaves it alone. Axes are named by their index variable: x, y, z, r0_, r1_.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.emitted import Kernel

AXES = {f"{a.upper()}BLOCK": a for a in ("x", "y", "z")} | {f"{a.upper()}BLOCK": a for a in ("r0_", "r1_")}
_REDUCERS = {"sum", "max2", "min2", "prod", "any", "max", "min"}
_POINTERS = {"*fp16": "float16", "*bf16": "bfloat16", "*fp32": "float32", "*fp64": "float64", "*i1": "int1"} | {
    f"*{s}{n}": f"{'u' if s == 'u' else ''}int{n}" for s in ("i", "u") for n in (8, 16, 32, 64)
}
_WIDTH = {"int1": 1, "int8": 8, "uint8": 8, "int16": 16, "int32": 32, "uint32": 32, "int64": 64, "uint64": 64}


@dataclass(frozen=True)
class Value:
    dtype: str  # float32, int64, int1, ..., 'int' and 'float' for bare literals, '' where unknown
    axes: frozenset[str] | None  # None where unknown


UNKNOWN = Value("", None)
NO_AXES: frozenset[str] = frozenset()


def infer(kernel: Kernel) -> dict[str, Value]:
    known: dict[str, Value] = {name: Value("int32", NO_AXES) for name in kernel.parameters}
    for name, kind in kernel.signature.items():
        if kind in _POINTERS:
            known[name] = Value("*" + _POINTERS[kind], NO_AXES)
        elif kind == "i64":
            known[name] = Value("int64", NO_AXES)
        elif kind.startswith("fp"):
            known[name] = Value(f"float{kind[2:]}", NO_AXES)
    for _ in range(2):  # a loop carries values from its end to its start
        for each in tree.statements(kernel.function.body):
            _learn(each, known)
    return known


def _learn(statement: ast.stmt, known: dict[str, Value]) -> None:
    pair = tree.single(statement)
    if pair is not None:
        name, value = pair
        known[name] = _join(known.get(name), value_of(value, known), name)
    else:
        for name in tree.assigned(statement):
            known.setdefault(name, Value("int32", NO_AXES) if isinstance(statement, ast.For) else UNKNOWN)


def _join(old: Value | None, new: Value, name: str) -> Value:
    for axis in AXES.values():
        if name in (f"{axis}index", f"{axis}base"):
            return Value("int32", frozenset([axis]))
    if old is None or old == new:
        return new
    axes = None if old.axes is None or new.axes is None else old.axes | new.axes
    return Value(old.dtype if old.dtype == new.dtype else "", axes)


def value_of(node: ast.expr, known: dict[str, Value]) -> Value:
    match node:
        case ast.Constant(value=bool()):
            return Value("int1", NO_AXES)
        case ast.Constant(value=int()):
            return Value("int", NO_AXES)
        case ast.Constant(value=float()):
            return Value("float", NO_AXES)
        case ast.Name(id=name):
            return known.get(name, UNKNOWN)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return Value("int1", value_of(inner, known).axes)
        case ast.UnaryOp(operand=inner):
            return value_of(inner, known)
        case ast.BinOp(left=left, op=op, right=right):
            return _arithmetic(value_of(left, known), op, value_of(right, known))
        case ast.Compare(left=left, comparators=others):
            return Value("int1", axes_of(left, *others, known=known))
        case ast.Subscript(value=inner):
            return value_of(inner, known)
        case ast.Call():
            return _of_call(node, known)
    return UNKNOWN


def _arithmetic(left: Value, op: ast.operator, right: Value) -> Value:
    axes = None if left.axes is None or right.axes is None else left.axes | right.axes
    dtype = promote(left.dtype, right.dtype)
    if isinstance(op, ast.Div) and (dtype in _WIDTH or dtype == "int"):
        dtype = "float32"
    return Value(dtype, axes)


def promote(left: str, right: str) -> str:
    """Triton's rule for the types that Inductor mixes; '' where it would have to be looked up."""
    if left == right:
        return left
    for one, other in ((left, right), (right, left)):
        if one == "int" and other:
            return other
        if one == "float" and other.startswith(("float", "bfloat")):
            return other
        if one == "float" and (other in _WIDTH or other == "int"):
            return "float32"
        if one in _WIDTH and other.startswith("float"):
            return other
    if left.startswith("int") and right.startswith("int"):
        return left if _WIDTH[left] > _WIDTH[right] else right
    if {left, right} == {"float32", "float64"}:
        return "float64"
    return ""


def _of_call(node: ast.Call, known: dict[str, Value]) -> Value:
    name = tree.called(node)
    last = name.rsplit(".", 1)[-1]
    if isinstance(node.func, ast.Attribute) and last == "to":
        return Value(ast.unparse(node.args[0]).removeprefix("tl."), value_of(node.func.value, known).axes)
    if name == "tl.load":
        return _of_load(node, known)
    if name in ("tl.full", "tl.zeros"):
        return Value(ast.unparse(node.args[-1]).removeprefix("tl."), shape_axes(node.args[0]))
    if name == "tl.dot" and len(node.args) == 3:
        return value_of(node.args[2], known)
    if name == "tl.broadcast_to":
        return Value(value_of(node.args[0], known).dtype, shape_axes(node.args[1]))
    if name == "tl.where":
        condition, one, other = (value_of(argument, known) for argument in node.args)
        both = _arithmetic(one, ast.Add(), other)
        axes = None if both.axes is None or condition.axes is None else both.axes | condition.axes
        return Value(both.dtype, axes)
    if name.startswith(("tl.", "triton_helpers.")) and last in _REDUCERS and len(node.args) == 2:
        inner = value_of(node.args[0], known)
        kept = None if inner.axes is None else frozenset(a for a in inner.axes if not a.startswith("r"))
        return Value(inner.dtype, kept)
    if name.startswith(("libdevice.", "tl_math.", "tl.", "triton_helpers.")) and last in _ELEMENTWISE:
        values = [value_of(argument, known) for argument in node.args]
        dtype = values[0].dtype
        for value in values[1:]:
            dtype = promote(dtype, value.dtype)
        axes = None if any(v.axes is None for v in values) else frozenset().union(*(v.axes or () for v in values))
        return Value(dtype, axes)
    return UNKNOWN


_ELEMENTWISE = frozenset(
    [
        "exp",
        "exp2",
        "expm1",
        "log",
        "log2",
        "log10",
        "log1p",
        "sqrt",
        "sqrt_rn",
        "rsqrt",
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "asinh",
        "acosh",
        "atanh",
        "erf",
        "erfc",
        "erfinv",
        "lgamma",
        "floor",
        "ceil",
        "trunc",
        "nearbyint",
        "rint",
        "round",
        "abs",
        "fabs",
        "pow",
        "atan2",
        "fmod",
        "hypot",
        "copysign",
        "maximum",
        "minimum",
        "sigmoid",
        "fma",
        "div_rn",
    ]
)


def _of_load(node: ast.Call, known: dict[str, Value]) -> Value:
    pointers = [known[n].dtype for n in tree.used(node.args[0]) if known.get(n, UNKNOWN).dtype.startswith("*")]
    axes = axes_of(node.args[0], known=known)
    return Value(pointers[0].removeprefix("*") if len(pointers) == 1 else "", axes)


def axes_of(*nodes: ast.expr, known: dict[str, Value]) -> frozenset[str] | None:
    total: frozenset[str] = NO_AXES
    for node in nodes:
        for name in tree.used(node):
            if name in ("tl", "libdevice", "tl_math", "triton_helpers"):
                continue
            axes = known.get(name, UNKNOWN).axes
            if axes is None:
                return None
            total |= axes
    return total


def shape_axes(shape: ast.expr) -> frozenset[str] | None:
    if not isinstance(shape, ast.List | ast.Tuple):
        return None
    axes = set()
    for size in shape.elts:
        match size:
            case ast.Name(id=name) if name in AXES:
                axes.add(AXES[name])
            case ast.Constant(value=1):
                pass
            case _:
                return None
    return frozenset(axes)
