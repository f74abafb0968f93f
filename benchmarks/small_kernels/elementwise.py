"""Arithmetic, element by element: every operator and function, in every type that it is usual in."""

from __future__ import annotations

from collections.abc import Iterator

from small_kernels.table import APPROXIMATE, EXACT, ROUNDED, Small, one

_UNARY = {  # function: pattern, nearness in float32
    "tl.exp": ("plain", APPROXIMATE), "tl.exp2": ("plain", APPROXIMATE), "tl.log": ("positive", APPROXIMATE),
    "tl.log2": ("positive", APPROXIMATE), "tl.sin": ("plain", APPROXIMATE), "tl.cos": ("plain", APPROXIMATE),
    "tl.sqrt": ("positive", APPROXIMATE), "tl.sqrt_rn": ("positive", EXACT), "tl.rsqrt": ("positive", APPROXIMATE),
    "tl.abs": ("plain", EXACT), "tl.floor": ("plain", EXACT), "tl.ceil": ("plain", EXACT),
    "tl.erf": ("plain", APPROXIMATE), "tl.sigmoid": ("plain", APPROXIMATE), "tl.math.exp": ("unit", APPROXIMATE),
    "tl.math.rsqrt": ("positive", APPROXIMATE),
}  # fmt: skip
_SPECIAL = ("tl.exp", "tl.exp2", "tl.log", "tl.log2", "tl.sqrt", "tl.rsqrt", "tl.abs", "tl.floor", "tl.ceil", "tl.erf",
            "tl.sigmoid", "tl.sin")  # fmt: skip
_LIBDEVICE = {
    "tanh": "plain", "rint": "plain", "nearbyint": "plain", "round": "plain", "trunc": "plain", "expm1": "unit",
    "log1p": "positive", "atan": "plain", "asin": "unit", "acos": "unit", "sinh": "unit", "cosh": "unit",
    "tan": "unit", "cbrt": "plain", "log10": "positive", "exp10": "unit", "erfc": "plain", "lgamma": "positive",
    "asinh": "plain", "rcbrt": "positive", "ceil": "plain", "floor": "plain", "erfinv": "unit", "acosh": "positive",
    "logb": "positive", "tgamma": "positive",
}  # fmt: skip
_LIBDEVICE_TWO = {"pow": ("positive", "unit"), "fmod": ("plain", "positive"), "atan2": ("plain", "plain"),
                  "hypot": ("plain", "plain"), "copysign": ("plain", "unit"), "fdim": ("plain", "plain"),
                  "remainder": ("plain", "positive"), "nextafter": ("plain", "unit")}  # fmt: skip
_OPERATORS = {"add": "+", "sub": "-", "mul": "*"}
_DIVIDING = {"floordiv": "//", "mod": "%"}
_BITS = {"and": "&", "or": "|", "xor": "^"}
_COMPARING = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_INTEGERS = ("i8", "i16", "i32", "i64", "u8", "u32")
_FLOATS = ("f16", "bf16", "f32", "f64")


def kernels() -> Iterator[Small]:
    yield from _functions()
    yield from _of_floats()
    yield from _of_integers()
    yield from _of_two_kinds()
    yield from _with_literals()


def _functions() -> Iterator[Small]:
    for function, (pattern, near) in _UNARY.items():
        yield one(_named(function, "f32"), f"{function}(a)", f"f32:{pattern}", near=near)
    for function in _SPECIAL:
        near = _UNARY[function][1]
        yield one(_named(function, "special"), f"{function}(a)", "f32:special", near=near)
    for function in ("tl.abs", "tl.floor", "tl.ceil"):
        yield one(_named(function, "f16"), f"{function}(a)", "f16", output="f16")
    for kind in ("i8", "i32", "i64"):
        yield one(f"abs_{kind}", "tl.abs(a)", f"{kind}:bits", output=kind)
    for name, pattern in _LIBDEVICE.items():
        near = EXACT if name in ("rint", "nearbyint", "round", "trunc", "ceil", "floor") else APPROXIMATE
        yield one(f"libdevice_{name}", f"libdevice.{name}(a)", f"f32:{pattern}", near=near)
    for name, (first, second) in _LIBDEVICE_TWO.items():
        near = EXACT if name in ("copysign", "fmod", "nextafter", "fdim") else APPROXIMATE
        yield one(f"libdevice_{name}", f"libdevice.{name}(a, b)", f"f32:{first}", f"f32:{second}", near=near)
    for name in ("isnan", "isinf", "signbit"):
        test = f"(libdevice.{name}(a) != 0).to(tl.int32)"
        yield one(f"libdevice_{name}", test, "f32:special", output="i32")
    for name in ("rint", "round", "trunc", "tanh"):
        near = APPROXIMATE if name == "tanh" else EXACT
        yield one(f"libdevice_{name}_special", f"libdevice.{name}(a)", "f32:special", near=near)


def _of_floats() -> Iterator[Small]:
    for kind in _FLOATS:
        for name, sign in _OPERATORS.items():
            yield one(f"{name}_{kind}", f"a {sign} b", kind, f"{kind}:wide", output=kind)
        near = {"f32": ROUNDED, "f64": 1e-15}.get(kind, 1e-6)
        wide = "f32" if kind in ("f16", "bf16") else kind
        yield one(f"div_{kind}", f"(a / b).to({'tl.float32' if wide == 'f32' else 'tl.float64'})", kind,
                  f"{kind}:positive", output=wide, near=1e-3 if kind == "f16" else 1e-2 if kind == "bf16" else near)  # fmt: skip
        yield one(f"neg_{kind}", "-a", kind, output=kind)
        for name, sign in _COMPARING.items():
            if kind in ("f32", "bf16"):
                yield one(f"{name}_{kind}", f"(a {sign} b).to(tl.int32)", f"{kind}:special", f"{kind}:special",
                          output="i32")  # fmt: skip
    yield one("fmod_f32", "a % b", "f32", "f32:positive")
    for name in ("maximum", "minimum"):
        for rule in ("", ", propagate_nan=tl.PropagateNan.ALL"):
            for kind in ("f32", "f16", "bf16"):
                said = f"{name}_{kind}{'_nan' if rule else ''}"
                yield one(said, f"tl.{name}(a, b{rule})", f"{kind}:special", f"{kind}:special", output=kind)
    for rule in ("", ", propagate_nan=tl.PropagateNan.ALL"):
        said = "clamp_nan" if rule else "clamp"
        yield one(said, f"tl.clamp(a, -1.0, 2.0{rule})", "f32:special")
    yield one("clamp_blocks", "tl.clamp(a, b, b + 1)", "f32", "f32:unit")
    yield one("fdiv", "tl.fdiv(a, b)", "f32", "f32:positive", near=ROUNDED)
    yield one("div_rn", "tl.div_rn(a, b)", "f32", "f32:positive")
    yield one("fma", "tl.fma(a, b, c)", "f32:wide", "f32", "f32:unit")
    yield one("where_nan", "tl.where(a == a, a, b)", "f32:special", "f32")
    yield one("div_zero", "a / b", "f32", "f32:special", near=ROUNDED)
    yield one("mul_special", "a * b", "f32:special", "f32:special")
    yield one("not_equal_itself", "(a != a).to(tl.int32)", "f32:special", output="i32")
    yield one("chain", "a * b + c - a", "f32:positive", "f32", "f32:unit", near=1e-6)


def _of_integers() -> Iterator[Small]:
    for kind in _INTEGERS:
        for name, sign in _OPERATORS.items():
            yield one(f"{name}_{kind}", f"a {sign} b", f"{kind}:bits", f"{kind}:bits", output=kind)
        for name, sign in _DIVIDING.items():
            yield one(f"{name}_{kind}", f"a {sign} b", f"{kind}:bits", f"{kind}:nonzero", output=kind)
    for kind in ("i8", "i32", "i64", "u32"):
        for name, sign in _BITS.items():
            yield one(f"{name}_{kind}", f"a {sign} b", f"{kind}:bits", f"{kind}:bits", output=kind)
        yield one(f"invert_{kind}", "~a", f"{kind}:bits", output=kind)
        yield one(f"shift_right_{kind}", "a >> 3", f"{kind}:bits", output=kind)
        yield one(f"shift_left_{kind}", "a << 3", f"{kind}:bits", output=kind)
        yield one(f"minimum_{kind}", "tl.minimum(a, b)", f"{kind}:bits", f"{kind}:bits", output=kind)
        yield one(f"maximum_{kind}", "tl.maximum(a, b)", f"{kind}:bits", f"{kind}:bits", output=kind)
    for kind in ("i32", "u32"):
        for name, sign in _COMPARING.items():
            yield one(f"{name}_{kind}", f"(a {sign} b).to(tl.int32)", f"{kind}:bits", f"{kind}:bits", output="i32")
    yield one("shift_block_i32", "a >> b", "i32:bits", "i32:count", output="i32")
    yield one("shift_left_block_i64", "a << b", "i64:bits", "i64:count", output="i64")
    yield one("umulhi_u32", "tl.umulhi(a, b)", "u32:bits", "u32:bits", output="u32")
    yield one("neg_i32", "-a", "i32:bits", output="i32")
    yield one("div_true_i32", "a / b", "i32", "i32:nonzero", near=ROUNDED)
    yield one("cdiv_i32", "tl.cdiv(a, b)", "i32:count", "u8:nonzero", output="i32")
    yield one("clamp_i32", "tl.minimum(tl.maximum(a, -5), 5)", "i32", output="i32")
    yield one("where_i32", "tl.where(a > 3, a, b)", "i32", "i32", output="i32")
    yield one("not_bool", "(~(a > 3)).to(tl.int32)", "i32", output="i32")
    yield one("add_bool", "((a > 3) + (b > 3)).to(tl.int32)", "i32", "i32", output="i32")
    yield one("logical_and", "((a > 3) and (b > 3)).to(tl.int32)", "i32", "i32", output="i32")
    yield one("logical_or", "((a > 3) or (b > 3)).to(tl.int32)", "i32", "i32", output="i32")
    yield one("logical_not", "(not (a > 3)).to(tl.int32)", "i32", output="i32")
    yield one("logical_and_numbers", "(a and b).to(tl.int32)", "i32", "i32", output="i32")
    yield one("logical_or_numbers", "(a or b).to(tl.int32)", "i32", "i32", output="i32")
    yield one("logical_not_numbers", "(not a).to(tl.int32)", "i32", output="i32")
    yield one("and_not", "((a > 3) and not (b > 3)).to(tl.int32)", "i32", "i32", output="i32")


_PAIRS = (("i8", "i32"), ("i8", "u8"), ("i32", "u32"), ("i32", "i64"), ("u8", "i32"), ("i16", "u8"), ("i32", "f16"),
          ("i64", "f32"), ("f16", "bf16"), ("f16", "f32"), ("bf16", "f32"), ("f32", "f64"), ("b", "i32"), ("b", "f32"),
          ("u32", "i64"), ("i8", "f16"), ("i32", "f32"))  # fmt: skip


def _of_two_kinds() -> Iterator[Small]:
    """Which type two types make, seen by what is lost in it."""
    for first, second in _PAIRS:
        for name, sign in (("add", "+"), ("mul", "*")):
            text = f"(a {sign} b).to(tl.float64)"
            yield one(f"{name}_{first}_{second}", text, first, second, output="f64")
    yield one("div_i32_f16", "(a / b).to(tl.float64)", "i32", "f16:positive", output="f64", near=1e-3)
    yield one("lt_i8_u8", "(a < b).to(tl.int32)", "i8:bits", "u8:bits", output="i32")
    yield one("lt_i32_u32", "(a < b).to(tl.int32)", "i32:bits", "u32:bits", output="i32")
    yield one("lt_i32_f32", "(a < b).to(tl.int32)", "i32", "f32", output="i32")


def _with_literals() -> Iterator[Small]:
    """A number of Python's beside a block takes the block's type, or does not."""
    for kind in ("i8", "i32", "u8", "f16", "bf16", "f32", "b"):
        yield one(f"literal_int_{kind}", "(a + 3).to(tl.float64)", kind, output="f64")
        yield one(f"literal_float_{kind}", "(a * 0.1).to(tl.float64)", kind, output="f64", near=ROUNDED)
        yield one(f"literal_left_{kind}", "(7 - a).to(tl.float64)", kind, output="f64")
    yield one("literal_large_i32", "(a + 5000000000).to(tl.int64)", "i32", output="i64")
    yield one("literal_300_u8", "(a.to(tl.int32) + 300).to(tl.int32)", "u8", output="i32")
    yield one("literal_negative_u32", "(a.to(tl.int64) - 1).to(tl.int64)", "u32", output="i64")
    yield one("literal_f16_small", "(a + 1e-4).to(tl.float64)", "f16", output="f64")
    yield one("literal_floordiv_negative", "a // 4", "i32:bits", output="i32")
    yield one("literal_mod_negative", "a % 7", "i32:bits", output="i32")
    yield one("literal_mod_left", "100 % b", "i32", "i32:nonzero", output="i32")
    yield one("literal_pow_of_two", "a * 2147483647", "i32:bits", output="i32")
    yield one("literal_inf", "tl.where(a > 0, a, float('-inf'))", "f32")


def _named(function: str, kind: str) -> str:
    return f"{function.removeprefix('tl.').replace('.', '_')}_{kind}"
