"""Whole blocks: reductions, scans, sorting, shapes, products."""

from __future__ import annotations

from collections.abc import Iterator

from small_kernels.table import APPROXIMATE, EXACT, N, Small

_TAKE = "x = tl.reshape(a, (4, 8))"
_FUNCTIONS = """
@triton.jit
def smaller(x, y):
    return tl.minimum(x, y)


@triton.jit
def added(x, y):
    return x + y


@triton.jit
def paired(x, m, y, n):
    return x * y, m * y + n
"""


def kernels() -> Iterator[Small]:
    yield from _reductions()
    yield from _scans()
    yield from _shapes()
    yield from _products()
    yield from _sorted()


def _all(name: str, expression: str, *inputs: str, output: str = "f32", near: float = EXACT, more: str = "") -> Small:
    """A scalar, which every element of the output is."""
    line = f"tl.store(o + i, tl.zeros((N,), tl.int32) + ({expression}))" if output[0] in "iu" else (
        f"tl.store(o + i, tl.zeros((N,), tl.float64) + ({expression}))"
    )  # fmt: skip
    return Small(name, (line,), inputs or ("f32",), output if output[0] in "iu" else "f64", near, more=more)


def _rows(name: str, expression: str, *inputs: str, output: str = "f32", near: float = EXACT, more: str = "") -> Small:
    """Of a block of 4 rows of 8, a number a row."""
    lines = (_TAKE, "r = tl.arange(0, 4)", f"tl.store(o + r, {expression})")
    return Small(name, lines, inputs or ("f32",), output, near, size=4, more=more)


def _reductions() -> Iterator[Small]:
    for kind in ("f32", "f16", "bf16", "f64"):
        near = {"f32": 1e-6, "f64": 1e-14}.get(kind, 1e-2)
        yield _all(f"sum_{kind}", "tl.sum(a)", kind, near=near)
        yield _all(f"max_{kind}", "tl.max(a)", kind)
        yield _all(f"min_{kind}", "tl.min(a)", kind)
    for kind in ("i8", "u8", "i16", "i32", "i64", "b"):
        yield _all(f"sum_{kind}", "tl.sum(a)", f"{kind}:bits", output="i64")
    for kind in ("i8", "i32", "u32"):
        yield _all(f"max_{kind}", "tl.max(a)", f"{kind}:bits", output="i64")
        yield _all(f"min_{kind}", "tl.min(a)", f"{kind}:bits", output="i64")
    yield _all("xor_sum_i32", "tl.xor_sum(a)", "i32:bits", output="i64")
    yield _all("reduce_or_i32", "tl.reduce_or(a, 0)", "i32:bits", output="i64")
    yield _all("sum_of_bools", "tl.sum(a > 0)", "f32", output="i64")
    yield _all("sum_of_bools_as_int", "tl.sum((a > 0).to(tl.int32))", "f32", output="i64")
    yield _all("sum_dtype", "tl.sum(a, dtype=tl.float32)", "f16", near=1e-6)
    yield _all("max_special", "tl.max(a)", "f32:special")
    yield _all("min_special", "tl.min(a)", "f32:special")
    yield _all("argmax_ties", "tl.argmax(a, 0)", "i32", output="i64")
    yield _all("argmin_ties", "tl.argmin(a, 0)", "i32", output="i64")
    yield _all("argmax_f32", "tl.argmax(a, 0)", "f32", output="i64")
    yield _all("argmin_f32", "tl.argmin(a, 0)", "f32", output="i64")
    yield _all("reduce_own", "tl.reduce(a, 0, smaller)", "f32", more=_FUNCTIONS)
    for axis in (0, 1):
        lines = (_TAKE, f"r = tl.arange(0, {8 - 4 * axis})", f"tl.store(o + r, tl.sum(x, axis={axis}))")
        yield Small(f"sum_axis_{axis}", lines, near=1e-6, size=8 - 4 * axis)
    yield _rows("max_rows", "tl.max(x, axis=1)")
    yield _rows("min_rows_i32", "tl.min(x, axis=1)", "i32", output="i32")
    yield _rows("argmax_rows", "tl.argmax(x, axis=1)", output="i32")
    yield _rows("argmin_rows_negative_axis", "tl.argmin(x, axis=-1)", output="i32")
    yield _rows("reduce_rows_own", "tl.reduce(x, 1, added)", near=1e-6, more=_FUNCTIONS)
    two = "m, w = tl.max(x, 1, return_indices=True)"
    yield Small("max_with_places", (_TAKE, "r = tl.arange(0, 4)", two, "tl.store(o + r, m + 100 * w)"), size=4)
    two = "m, w = tl.min(x, 1, return_indices=True)"
    yield Small("min_with_places", (_TAKE, "r = tl.arange(0, 4)", two, "tl.store(o + r, m + 100 * w)"), size=4)
    kept = "tl.store(o + i, tl.reshape(x - tl.sum(x, 1, keep_dims=True), (N,)))"
    yield Small("keep_dims", (_TAKE, kept), near=1e-6)
    yield Small("softmax", (_TAKE, "y = tl.exp(x - tl.max(x, 1)[:, None])",
                            "tl.store(o + i, tl.reshape(y / tl.sum(y, 1)[:, None], (N,)))"), near=APPROXIMATE)  # fmt: skip


def _scans() -> Iterator[Small]:
    def each(name: str, expression: str, kind: str = "f32", near: float = EXACT, output: str = "") -> Small:
        return Small(name, (f"tl.store(o + i, {expression})",), (kind,), output or kind.partition(":")[0], near,
                     more=_FUNCTIONS)  # fmt: skip

    yield each("cumsum_f32", "tl.cumsum(a, 0)", near=1e-6)
    yield each("cumsum_i32", "tl.cumsum(a, 0)", "i32:bits")
    yield each("cumsum_i64", "tl.cumsum(a, 0)", "i64:bits")
    yield each("cumsum_i8", "tl.cumsum(a, 0).to(tl.int64)", "i8:bits", output="i64")
    yield each("cumsum_reverse", "tl.cumsum(a, 0, reverse=True)", near=1e-6)
    yield each("cumsum_f16", "tl.cumsum(a, 0).to(tl.float32)", "f16", near=1e-2, output="f32")
    yield each("cumsum_bf16", "tl.cumsum(a, 0).to(tl.float32)", "bf16", near=2e-2, output="f32")
    yield each("cumsum_bool", "tl.cumsum((a > 0).to(tl.int32), 0)", output="i32")
    yield each("cumprod_f32", "tl.cumprod(a, 0)", "f32:positive", near=1e-5)
    yield each("scan_min", "tl.associative_scan(a, 0, smaller)")
    yield each("scan_min_reverse", "tl.associative_scan(a, 0, smaller, reverse=True)")
    two = "y, z = tl.associative_scan((a, b), 0, paired)"
    yield Small("scan_pairs", (two, "tl.store(o + i, z)"), ("f32:unit", "f32:unit"), near=1e-5, more=_FUNCTIONS)
    for axis in (0, 1):
        lines = (_TAKE, f"tl.store(o + i, tl.reshape(tl.cumsum(x, {axis}), (N,)))")
        yield Small(f"cumsum_axis_{axis}", lines, near=1e-6)
    lines = (_TAKE, "tl.store(o + i, tl.reshape(tl.associative_scan(x, 1, smaller), (N,)))")
    yield Small("scan_rows", lines, more=_FUNCTIONS)


_SHAPES = {
    "trans": "tl.reshape(tl.trans(x), (N,))", "permute": "tl.reshape(tl.permute(x, (1, 0)), (N,))",
    "method_t": "tl.reshape(x.T, (N,))", "ravel": "tl.ravel(x)", "view": "tl.view(tl.trans(x), (N,))",
    "flip": "tl.flip(a)", "flip_rows": "tl.reshape(tl.flip(x, 0), (N,))",
    "broadcast": "tl.reshape(tl.broadcast_to(tl.sum(x, 0)[None, :], (4, 8)), (N,))",
    "expand_dims": "tl.reshape(x + tl.expand_dims(tl.max(x, 1), 1), (N,))",
    "trans_3d": "tl.reshape(tl.trans(tl.reshape(a, (2, 4, 4)), (2, 0, 1)), (N,))",
    "zeros_like": "tl.zeros_like(a) + a", "full": "tl.full((N,), 2.5, tl.float32) - a",
    "where_broadcast": "tl.reshape(tl.where((tl.arange(0, 4) > 1)[:, None], x, -x), (N,))",
    "unsqueeze": "tl.reshape(x * tl.arange(0, 8)[None, :], (N,))",
    "interleave": "tl.interleave(tl.sum(tl.reshape(a, (16, 2)), 1), tl.max(tl.reshape(a, (16, 2)), 1))",
    "join": "tl.reshape(tl.join(tl.max(tl.reshape(a, (16, 2)), 1), tl.min(tl.reshape(a, (16, 2)), 1)), (N,))",
    "gather": "tl.gather(a, (i * 5 + 3) % N, 0)", "gather_rows": "tl.reshape(tl.gather(x, tl.trans(tl.reshape(i, (8, 4))) % 8, 1), (N,))",
}  # fmt: skip


def _shapes() -> Iterator[Small]:
    for name, expression in _SHAPES.items():
        near = 1e-6 if "sum" in expression else EXACT
        yield Small(name, (_TAKE, f"tl.store(o + i, {expression})"), near=near)
    halves = "y, z = tl.split(tl.reshape(a, (16, 2)))"
    yield Small("split", (halves, "tl.store(o + tl.arange(0, 16), y)", "tl.store(o + 16 + tl.arange(0, 16), z)"))
    cat = "y = tl.cat(tl.max(tl.reshape(a, (16, 2)), 1), tl.min(tl.reshape(a, (16, 2)), 1), can_reorder=True)"
    yield Small("cat_sorted", (cat, "tl.store(o + i, tl.sort(y))"))
    swizzle = "y, z = tl.swizzle2d(i // 8, i % 8, 4, 8, 2)"
    yield Small("swizzle2d", (swizzle, "tl.store(o + i, y * 100 + z)"), ("i32",), "i32")
    yield Small("index_none", ("y = i[:, None] * 2 + tl.arange(0, 2)[None, :]", "z = tl.sum(y, 1)", "tl.store(o + i, z)"),
                ("i32",), "i32")  # fmt: skip
    yield Small("histogram", ("tl.store(o + i, tl.histogram(a, N))",), ("i32:shuffled",), "i32")
    yield Small("histogram_folded", ("tl.store(o + i, tl.histogram(a % 5, N))",), ("i32:count",), "i32")


def _products() -> Iterator[Small]:
    take = ("r = tl.arange(0, 16)", "at = r[:, None] * 16 + r[None, :]", "x = tl.load(pa + at)", "y = tl.load(pb + at)")
    made = {
        "f32_ieee": ("f32", 'tl.dot(x, y, input_precision="ieee")', "f32", 1e-5),
        "f32_tf32": ("f32", 'tl.dot(x, y, input_precision="tf32")', "f32", 1e-5),
        "f32_tf32x3": ("f32", 'tl.dot(x, y, input_precision="tf32x3")', "f32", 1e-5),
        "f16": ("f16", "tl.dot(x, y)", "f32", 1e-5),
        "bf16": ("bf16", "tl.dot(x, y)", "f32", 1e-5),
        "f16_out": ("f16", "tl.dot(x, y, out_dtype=tl.float16)", "f16", 2e-3),
        "f16_accumulator": ("f16", "tl.dot(x, y, tl.full((16, 16), 1.5, tl.float32))", "f32", 1e-5),
        "trans": ("f16", "tl.dot(x, tl.trans(y))", "f32", 1e-5),
        "bf16_cast": ("bf16", "tl.dot(x, y).to(tl.bfloat16)", "bf16", 1e-2),
        "tf32_allowed": ("f32", "tl.dot(x, y, allow_tf32=True)", "f32", 1e-5),
        "tf32_not_allowed": ("f32", "tl.dot(x, y, allow_tf32=False)", "f32", 1e-5),
    }
    body: tuple[str, ...]
    for name, (kind, expression, output, near) in made.items():
        body = (*take, f"tl.store(o + at, {expression})")
        yield Small(f"dot_{name}", body, (f"{kind}:dense", f"{kind}:dense"), output, near, size=256, loads=False)
    body = ("r = tl.arange(0, 32)", "s = tl.arange(0, 16)", "x = tl.load(pa + s[:, None] * 32 + r[None, :])",
             "y = tl.load(pb + r[:, None] * 16 + s[None, :])", "tl.store(o + s[:, None] * 16 + s[None, :], tl.dot(x, y))")  # fmt: skip
    yield Small("dot_i8", body, ("i8:dense", "i8:dense"), "i32", size=256, loads=False)
    body = ("r = tl.arange(0, 16)", "q = tl.arange(0, 2)",
             "at = q[:, None, None] * 256 + r[None, :, None] * 16 + r[None, None, :]",
             "tl.store(o + at, tl.dot(tl.load(pa + at), tl.load(pb + at)))")  # fmt: skip
    yield Small("dot_3d", body, ("f16:dense", "f16:dense"), "f32", 1e-5, size=512, loads=False)
    body = (_TAKE, "y = tl.reshape(b, (8, 4))", "z = tl.sum(x[:, :, None] * y[None, :, :], 1)",
             "r = tl.arange(0, 4)", "tl.store(o + r[:, None] * 4 + r[None, :], z)")  # fmt: skip
    yield Small("product_by_sum", body, ("f32", "f32"), near=1e-6, size=16)


def _sorted() -> Iterator[Small]:
    yield Small("sort", ("tl.store(o + i, tl.sort(a))",))
    yield Small("sort_descending", ("tl.store(o + i, tl.sort(a, descending=True))",), ("i32:bits",), "i32")
    yield Small("sort_rows", (_TAKE, "tl.store(o + i, tl.reshape(tl.sort(x, 1), (N,)))"))
    yield Small("sort_i64", ("tl.store(o + i, tl.sort(a))",), ("i64:bits",), "i64")
    yield Small("sort_f16", ("tl.store(o + i, tl.sort(a))",), ("f16",), "f16")
    yield Small("topk", ("tl.store(o + tl.arange(0, 8), tl.topk(a, 8))",), size=8)
    yield Small("softmax_function", (_TAKE, "tl.store(o + i, tl.reshape(tl.softmax(x, 1), (N,)))"), near=APPROXIMATE)
    yield Small("bool_mask_count", ("k = a > 0", "tl.store(o + i, tl.cumsum(k.to(tl.int32), 0) * k)"), ("f32",), "i32")
    assert N == 32, "the reshapes above"
