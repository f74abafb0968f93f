"""Families that compute each element on its own."""

from __future__ import annotations

from triton_data.generate.templates.family import FLOATS, Choice, Family, sizes


def _op(name: str, torch: str, triton: str, *tags: str, **more: str) -> Choice:
    return Choice(name, {"torch": torch, "triton": triton, **more}, tags)


ARITHMETIC = (
    _op("add", "x + y", "x + y", "vector-addition", math="x_i + y_i"),
    _op("sub", "x - y", "x - y", math="x_i - y_i"),
    _op("mul", "x * y", "x * y", math="x_i * y_i"),
    _op("div", "x / y", "x / y", math="x_i / y_i"),
    _op("maximum", "torch.maximum(x, y)", "tl.maximum(x, y, propagate_nan=tl.PropagateNan.ALL)", math="max(x_i, y_i)"),
    _op("minimum", "torch.minimum(x, y)", "tl.minimum(x, y, propagate_nan=tl.PropagateNan.ALL)", math="min(x_i, y_i)"),
    _op("squared_difference", "(x - y) * (x - y)", "(x - y) * (x - y)", math="(x_i - y_i)^2"),
    _op("average", "(x + y) / 2", "(x + y) / 2", math="(x_i + y_i) / 2"),
)

UNARY = (
    _op("relu", "torch.relu(x)", "tl.maximum(x, 0.0, propagate_nan=tl.PropagateNan.ALL)", "activation",
        math="max(x, 0)", grad="tl.where(x > 0, 1.0, 0.0)"),
    _op("leaky_relu", "F.leaky_relu(x, 0.01)", "tl.where(x >= 0, x, 0.01 * x)", "activation",
        math="x if x >= 0 else 0.01 x", grad="tl.where(x > 0, 1.0, 0.01)"),
    _op("silu", "F.silu(x)", "x * tl.sigmoid(x)", "activation", math="x sigmoid(x)",
        grad="tl.sigmoid(x) * (1.0 + x * (1.0 - tl.sigmoid(x)))"),
    _op("sigmoid", "torch.sigmoid(x)", "tl.sigmoid(x)", "activation", math="1 / (1 + exp(-x))",
        grad="tl.sigmoid(x) * (1.0 - tl.sigmoid(x))"),
    _op("tanh", "torch.tanh(x)", "2.0 * tl.sigmoid(2.0 * x) - 1.0", "activation", math="2 sigmoid(2x) - 1",
        grad="4.0 * tl.sigmoid(2.0 * x) * (1.0 - tl.sigmoid(2.0 * x))"),
    _op("gelu", "F.gelu(x)", "0.5 * x * (1.0 + tl.erf(x * 0.7071067811865476))", "activation",
        math="x (1 + erf(x / sqrt 2)) / 2",
        grad="0.5 * (1.0 + tl.erf(x * 0.7071067811865476)) + x * tl.exp(-0.5 * x * x) * 0.3989422804014327"),
    _op("gelu_tanh", "F.gelu(x, approximate=\"tanh\")",
        "x * tl.sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x))", "activation",
        math="x sigmoid(2 sqrt(2/pi) (x + 0.044715 x^3))"),
    _op("hardswish", "F.hardswish(x)", "x * tl.minimum(tl.maximum(x + 3.0, 0.0), 6.0) / 6.0", "activation",
        math="x min(max(x + 3, 0), 6) / 6"),
    _op("hardsigmoid", "F.hardsigmoid(x)", "tl.minimum(tl.maximum(x + 3.0, 0.0), 6.0) / 6.0", "activation",
        math="min(max(x + 3, 0), 6) / 6"),
    _op("relu6", "F.relu6(x)", "tl.minimum(tl.maximum(x, 0.0), 6.0)", "activation", math="min(max(x, 0), 6)"),
    _op("elu", "F.elu(x)", "tl.where(x > 0, x, tl.exp(tl.minimum(x, 0.0)) - 1.0)", "activation",
        math="x if x > 0 else exp(x) - 1", grad="tl.where(x > 0, 1.0, tl.exp(tl.minimum(x, 0.0)))"),
    _op("softplus", "F.softplus(x)", "tl.maximum(x, 0.0) + tl.log(1.0 + tl.exp(-tl.abs(x)))", "activation",
        math="log(1 + exp x), as max(x, 0) + log(1 + exp -|x|)", grad="tl.sigmoid(x)"),
    _op("softsign", "F.softsign(x)", "x / (1.0 + tl.abs(x))", "activation", math="x / (1 + |x|)",
        grad="1.0 / ((1.0 + tl.abs(x)) * (1.0 + tl.abs(x)))"),
    _op("logsigmoid", "F.logsigmoid(x)", "tl.minimum(x, 0.0) - tl.log(1.0 + tl.exp(-tl.abs(x)))", "activation",
        math="-log(1 + exp -x)", grad="tl.sigmoid(-x)"),
    _op("square", "x * x", "x * x", math="x^2", grad="2.0 * x"),
    _op("cube", "x * x * x", "x * x * x", math="x^3"),
    _op("exp", "torch.exp(x)", "tl.exp(x)", math="exp(x)"),
    _op("sin", "torch.sin(x)", "tl.sin(x)", math="sin(x)", grad="tl.cos(x)"),
    _op("cos", "torch.cos(x)", "tl.cos(x)", math="cos(x)", grad="-tl.sin(x)"),
    _op("abs", "torch.abs(x)", "tl.abs(x)", math="|x|"),
    _op("neg", "-x", "-x", math="-x"),
    _op("reciprocal", "torch.reciprocal(x)", "1.0 / x", math="1 / x"),
    _op("sqrt_abs", "torch.sqrt(torch.abs(x))", "tl.sqrt(tl.abs(x))", math="sqrt(|x|)"),
    _op("log1p_abs", "torch.log(1 + torch.abs(x))", "tl.log(1.0 + tl.abs(x))", math="log(1 + |x|)"),
    _op("floor", "torch.floor(x)", "tl.floor(x)", math="floor(x)"),
    _op("ceil", "torch.ceil(x)", "tl.ceil(x)", math="ceil(x)"),
    _op("sign", "torch.sign(x)", "tl.where(x > 0, 1.0, tl.where(x < 0, -1.0, 0.0))", math="sign(x)"),
)  # fmt: skip
DIFFERENTIABLE = tuple(op for op in UNARY if "grad" in op.texts)

SCALARS = (
    _op("scale_shift", "x * 2 + 1", "x * 2.0 + 1.0", title="Scale and shift", math="2 x_i + 1"),
    _op("clamp", "torch.clamp(x, -1, 1)", "tl.minimum(tl.maximum(x, -1.0), 1.0)", title="Clamp to [-1, 1]",
        math="min(max(x_i, -1), 1)"),
    _op("clamp_min", "torch.clamp(x, min=0.5)", "tl.maximum(x, 0.5)", title="At least one half", math="max(x_i, 1/2)"),
    _op("rsub", "1 - x", "1.0 - x", title="One minus a number", math="1 - x_i"),
    _op("div_scalar", "x / 3", "x / 3.0", title="A third", math="x_i / 3"),
    _op("threshold", "torch.where(x > 0.25, x, 0)", "tl.where(x > 0.25, x, 0.0)", title="Threshold",
        math="x_i where x_i > 1/4, else 0"),
    _op("pow4", "x * x * x * x", "(x * x) * (x * x)", title="Fourth power", math="x_i^4"),
)  # fmt: skip
_THIRD = "torch.randn(COUNT, dtype=DTYPE)"
TERNARY = (
    _op("where", "torch.where(z, x, y)", "tl.where(z, x, y)", title="One of two by a mask", math="x_i where z_i, else y_i",
        third="torch.rand(COUNT) > 0.5", cast=" != 0"),
    _op("masked_fill", "torch.where(z, x * y, -1)", "tl.where(z, x * y, -1.0)", title="A product where a mask is set",
        math="x_i y_i where z_i, else -1", third="torch.rand(COUNT) > 0.5", cast=" != 0"),
    _op("fma", "(x.float() * y.float() + z.float()).to(x.dtype)", "x * y + z", title="Multiply and add", math="x_i y_i + z_i",
        third=_THIRD, cast=".to(tl.float32)"),
    _op("lerp", "(x.float() + z.float() * (y.float() - x.float())).to(x.dtype)", "x + z * (y - x)",
        title="Linear interpolation", math="x_i + z_i (y_i - x_i)", third=_THIRD, cast=".to(tl.float32)"),
    _op("addcdiv", "(x.float() + y.float() / (z.float() * z.float() + 1)).to(x.dtype)", "x + y / (z * z + 1.0)",
        title="Add a quotient", math="x_i + y_i / (z_i^2 + 1)", third=_THIRD, cast=".to(tl.float32)"),
)  # fmt: skip
BROADCASTS = (
    _op("affine", "x * row + column", "x * row + column", title="A factor for each column, a shift for each row", math="x_ij r_j + c_i"),
    _op("centre_scale", "(x - column) * row", "(x - column) * row", title="A shift for each row, then a factor for each column",
        math="(x_ij - c_i) r_j"),
    _op("outer_add", "x + row * column", "x + row * column", title="An outer product added", math="x_ij + c_i r_j"),
    _op("double_bias", "x + row + column", "x + row + column", title="A bias for rows and one for columns", math="x_ij + r_j + c_i"),
)  # fmt: skip
INTEGERS = (
    _op("bit_and", "x & y", "x & y", title="Bitwise and", math="x_i & y_i", out="x.dtype"),
    _op("bit_or", "x | y", "x | y", title="Bitwise or", math="x_i | y_i", out="x.dtype"),
    _op("bit_xor", "x ^ y", "x ^ y", title="Bitwise exclusive or", math="x_i ^ y_i", out="x.dtype"),
    _op("equal", "x == y", "x == y", title="Are they equal?", math="x_i = y_i", out="torch.bool"),
    _op("less", "x < y", "x < y", title="Is it less?", math="x_i < y_i", out="torch.bool"),
    _op("shift_mix", "(x << 2) + (y >> 1)", "(x << 2) + (y >> 1)", title="Shifts", math="4 x_i + floor(y_i / 2)", out="x.dtype"),
    _op("absolute_difference", "torch.abs(x - y)", "tl.abs(x - y)", title="Absolute difference", math="|x_i - y_i|", out="x.dtype"),
    _op("both_even", "((x & 1) == 0) & ((y & 1) == 0)", "((x & 1) == 0) & ((y & 1) == 0)", title="Are both even?",
        math="2 divides x_i and y_i", out="torch.bool"),
)  # fmt: skip
AFTER_BIAS = tuple(op for op in UNARY if "activation" in op.tags)

FLAT = sizes("COUNT", 1000, 1, 4099, 128, 2500, 777, 4096, 5000)
BLOCKS = (128, 256, 512, 1024)
MATRIX = sizes("ROWS, COLS", (17, 300), (1, 100), (64, 128), (33, 77), (128, 5), (7, 51))

FAMILIES = (
    Family("binary", 1, "element-wise", "easy", ("element-wise", "1d"), ("{op}", "vector_{op}", "elementwise_{op}"),
           FLAT, {"op": ARITHMETIC, "dtype": FLOATS, "BLOCK": BLOCKS}),
    Family("unary", 2, "element-wise", "easy", ("element-wise", "1d"), ("{op}", "pointwise_{op}", "fused_{op}"),
           FLAT, {"op": UNARY, "dtype": FLOATS, "BLOCK": BLOCKS}),
    Family("activation_grad", 2, "element-wise", "medium", ("element-wise", "activation", "autograd"),
           ("{op}", "{op}_with_grad", "differentiable_{op}"), FLAT,
           {"op": DIFFERENTIABLE, "dtype": ("float32",), "BLOCK": BLOCKS}, test="gradients", backward=True),
    Family("scalar", 2, "element-wise", "easy", ("element-wise", "scalar", "1d"), ("{op}", "elementwise_{op}"), FLAT,
           {"op": SCALARS, "dtype": FLOATS, "BLOCK": (64, 128, 256), "passes": (2, 4)}),
    Family("ternary", 2, "element-wise", "easy", ("element-wise", "fused", "1d"), ("{op}", "fused_{op}", "elementwise_{op}"), FLAT,
           {"op": TERNARY, "dtype": FLOATS, "BLOCK": BLOCKS}),
    Family("broadcast", 2, "element-wise", "medium", ("element-wise", "broadcast", "2d"), ("{op}", "broadcast_{op}"), MATRIX,
           {"op": BROADCASTS, "dtype": FLOATS, "BLOCK_ROWS": (8, 16), "BLOCK_COLS": (32, 64, 128)}, test="strided"),
    Family("bias_activation", 2, "element-wise", "easy", ("element-wise", "bias", "activation", "fused"),
           ("bias_{op}", "fused_bias_{op}", "add_bias_{op}"), MATRIX, {"op": AFTER_BIAS, "dtype": FLOATS, "BLOCK": (64, 128, 256)}),
    Family("glu", 3, "element-wise", "medium", ("element-wise", "glu", "autograd"), ("{op}_glu", "{op}_gate", "gated_{op}"), FLAT,
           {"op": tuple(op for op in DIFFERENTIABLE if "activation" in op.tags), "BLOCK": BLOCKS}, test="gradients", backward=True),
    Family("integers", 2, "element-wise", "easy", ("element-wise", "integer", "1d"), ("{op}", "integer_{op}"), FLAT,
           {"op": INTEGERS, "kind": ("int32", "int64", "int16"), "BLOCK": BLOCKS}, exact=True),
)  # fmt: skip
