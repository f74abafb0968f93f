"""Helper functions, arguments of kernels, random numbers."""

from __future__ import annotations

from collections.abc import Iterator

from small_kernels.table import APPROXIMATE, Small, lines, one

_HELPERS = """
@triton.jit
def doubled(x):
    return x * 2


@triton.jit
def both(x, y):
    return x + y, x - y


@triton.jit
def as_kind(x, KIND: tl.constexpr):
    return x.to(KIND)


@triton.jit
def as_kind_value(x, KIND: tl.constexpr):
    return x.to(KIND.value)


@triton.jit
def chosen(x, WHICH: tl.constexpr):
    if WHICH == 0:
        return x
    else:
        return -x


@triton.jit
def early(x, n):
    if n > 3:
        return x + 100
    return x


@triton.jit
def with_default(x, by=3, FLAG: tl.constexpr = True):
    if FLAG:
        x = x * by
    return x


@triton.jit
def maybe(x, bias):
    if bias is not None:
        x = x + bias
    return x


@triton.jit
def nested(x, TIMES: tl.constexpr):
    for _ in tl.static_range(TIMES):
        x = doubled(x) - 1
    return x


@triton.constexpr_function
def halved(n):
    return n // 2
"""


def kernels() -> Iterator[Small]:
    yield from _helpers()
    yield from _arguments()
    yield from _random()


def _helpers() -> Iterator[Small]:
    made = {
        "helper": "doubled(a)", "helper_dtype": "as_kind(a, tl.float16).to(tl.float32)",
        "helper_chosen": "chosen(a, 1)", "helper_default": "with_default(a)", "helper_keyword": "with_default(a, by=5)",
        "helper_flag": "with_default(a, 2, FLAG=False)", "helper_none": "maybe(a, None)", "helper_bias": "maybe(a, 2.0)",
        "helper_nested": "nested(a, 3)", "helper_early": "early(a, 5)", "helper_late": "early(a, 1)",
        "helper_dtype_value": "as_kind_value(a, tl.float16).to(tl.float32)", "helper_constexpr": "a + halved(N)",
        "helper_dtype_of_block": "as_kind(a * 1.1, a.dtype)", "helper_dtype_of_pointer": "as_kind(a * 1.1, o.dtype.element_ty)",
        "helper_block_argument": "early(a, tl.sum(i))",
    }  # fmt: skip
    for name, expression in made.items():
        yield one(name, expression, more=_HELPERS)
    yield lines(
        "helper_two", "x, y = both(a, b)", "tl.store(o + i, x * y)", inputs=("f32", "f32"), near=1e-6, more=_HELPERS
    )
    yield lines(
        "helper_tuple_kept", "t = both(a, b)", "tl.store(o + i, t[0] - t[1])", inputs=("f32", "f32"), more=_HELPERS
    )


def _arguments() -> Iterator[Small]:
    for name, value, text in (
        ("int", "7", "a + n"), ("one", "1", "a * n"), ("negative", "-3", "a + n // 2"), ("float", "0.1", "a * n"),
        ("true", "True", "a + n"), ("none", "None", "a if n is None else a + 1"), ("large", "2**33", "a + n // 2**31"),
        ("sixteen", "16", "a + n % 5"), ("zero", "0", "a + n"), ("double", "1e300", "tl.where(a < n, a, 0.0)"),
        ("unsigned", "2**31 + 5", "a + n % 7"),
    ):  # fmt: skip
        yield lines(f"argument_{name}", f"x = {text}", "tl.store(o + i, x)", arguments=(("n", value),), near=1e-6)
    yield lines("argument_float_f64", "tl.store(o + i, a.to(tl.float64) + n)", output="f64", arguments=(("n", "0.1"),))
    yield lines(
        "argument_float_f16", "tl.store(o + i, a * n)", inputs=("f16",), output="f16", arguments=(("n", "0.1"),)
    )
    yield lines(
        "argument_float_bf16", "tl.store(o + i, (a * n).to(tl.float32))", inputs=("bf16",), arguments=(("n", "0.1"),)
    )
    yield lines("argument_int_i8", "tl.store(o + i, (a + n).to(tl.int64))", inputs=("i8:bits",), output="i64",
                arguments=(("n", "100"),))  # fmt: skip
    yield lines("argument_overflow", "tl.store(o + i, (a + n * n).to(tl.int64))", inputs=("i32",), output="i64",
                arguments=(("n", "100000"),))  # fmt: skip
    yield lines("argument_times_id", "tl.store(o + i, (a + (tl.program_id(0) + n) * n).to(tl.int64))", inputs=("i32",), output="i64",
                arguments=(("n", "70000"),))  # fmt: skip
    yield lines(
        "argument_cdiv", "tl.store(o + i, a + tl.cdiv(n, 4))", inputs=("i32",), output="i32", arguments=(("n", "13"),)
    )


def _random() -> Iterator[Small]:
    for name, text, near in (
        ("rand", "tl.rand(n, i)", 0.0), ("randn", "tl.randn(n, i)", APPROXIMATE),
        ("rand_offset", "tl.rand(n, i + 1000)", 0.0),
    ):  # fmt: skip
        yield lines(f"random_{name}", f"tl.store(o + i, {text})", near=near, arguments=(("n", "1234"),))
    yield lines(
        "random_randint", "tl.store(o + i, tl.randint(n, i).to(tl.int64))", output="i64", arguments=(("n", "1234"),)
    )
    four = "w, x, y, z = tl.randint4x(n, i)"
    yield lines(
        "random_randint4x",
        four,
        "tl.store(o + i, (w ^ x ^ y ^ z).to(tl.int64))",
        output="i64",
        arguments=(("n", "77"),),
    )
    yield lines("random_rand4x", "w, x, y, z = tl.rand4x(n, i)", "tl.store(o + i, w + x + y + z)", near=1e-6,
                arguments=(("n", "77"),))  # fmt: skip
    yield lines("random_large_seed", "tl.store(o + i, tl.rand(n, i))", arguments=(("n", "2**40 + 3"),))
