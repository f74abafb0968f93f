"""Loads, stores, block pointers and atomics."""

from __future__ import annotations

from collections.abc import Iterator

from small_kernels.table import Small, lines


def kernels() -> Iterator[Small]:
    yield from _memory()
    yield from _atomics()


def _memory() -> Iterator[Small]:
    store = "tl.store(o + i, x)"
    yield lines("load_masked", "x = tl.load(pa + i, mask=i < 20, other=7.0)", store)
    yield lines(
        "load_masked_int_other", "x = tl.load(pa + i, mask=i < 20, other=-1)", store, inputs=("i32",), output="i32"
    )
    yield lines("load_masked_other_block", "x = tl.load(pa + i, mask=i < 20, other=b)", store, inputs=("f32", "f32"))
    yield lines("store_masked", "tl.store(o + i, a * 0)", "tl.store(o + i, a, mask=i % 3 == 0)")
    yield lines("load_scalar", "x = tl.load(pa + 5)", "tl.store(o + i, a + x)")
    yield lines("store_scalar", "tl.store(o + i, a)", "tl.store(o + 3, 42.0)")
    yield lines("store_narrower", "tl.store(o + i, a)", output="f16")
    yield lines("store_int_from_float", "tl.store(o + i, (a * 2).to(tl.int32))", output="i32")
    yield lines("store_bool", "tl.store(o + i, a > 0)", output="b")
    yield lines("load_bool", "tl.store(o + i, tl.where(a, 1.0, 2.0))", inputs=("b",))
    yield lines("load_reversed", "x = tl.load(pa + (N - 1 - i))", store)
    yield lines("load_gathered", "x = tl.load(pa + b)", store, inputs=("f32", "i64:shuffled"))
    yield lines("store_scattered", "tl.store(o + b, a)", inputs=("f32", "i32:shuffled"))
    yield lines("volatile", "x = tl.load(pa + i, volatile=True)", store)
    yield lines("cache_modifier", 'x = tl.load(pa + i, cache_modifier=".cg", eviction_policy="evict_last")', store)
    block = "p = tl.make_block_ptr(pa, (30,), (1,), (4,), (N,), (0,))"
    yield lines("block_pointer", block, 'x = tl.load(p, boundary_check=(0,), padding_option="zero")', store)
    yield lines("block_pointer_nan", block, 'x = tl.load(p, boundary_check=(0,), padding_option="nan")', store)
    moved = "p = tl.advance(tl.make_block_ptr(pa, (4, 8), (8, 1), (0, 0), (2, 8), (1, 0)), (2, 0))"
    at = "tl.store(o + tl.arange(0, 2)[:, None] * 8 + tl.arange(0, 8)[None, :], tl.load(p))"
    yield lines("block_pointer_advanced", moved, at, size=16)
    other = "p = tl.make_block_ptr(pa, (8, 4), (1, 8), (0, 0), (8, 4), (0, 1))"
    yield lines("block_pointer_strided", other, "tl.store(o + i, tl.reshape(tl.load(p), (N,)))")
    out = "q = tl.make_block_ptr(o, (30,), (1,), (0,), (N,), (0,))"
    yield lines("block_pointer_store", "tl.store(o + i, a * 0)", out, "tl.store(q, a, boundary_check=(0,))")
    yield lines("pointer_arithmetic", "p = pa + 4", "p += i % 8", "tl.store(o + i, tl.load(p - 2))")
    yield lines("pointer_block", "p = pa + i", "p = tl.where(i % 2 == 0, p, pb + i)", "tl.store(o + i, tl.load(p))",
                inputs=("f32", "f32"))  # fmt: skip
    yield lines("pointer_bitcast", "p = (pa + i).to(tl.pointer_type(tl.int32), bitcast=True)", "tl.store(o + i, tl.load(p))",
                output="i32")  # fmt: skip
    yield lines("element_type", "x = (a * 3).to(o.dtype.element_ty)", store, output="f16")
    yield lines("asm", 'x = tl.inline_asm_elementwise("abs.f32 $0, $1;", "=r,r", [a], dtype=tl.float32, is_pure=True, pack=1)',
                store)  # fmt: skip
    yield lines(
        "barrier",
        "tl.store(o + i, a)",
        "tl.debug_barrier()",
        "x = tl.load(o + (N - 1 - i))",
        "tl.debug_barrier()",
        store,
    )


def _atomics() -> Iterator[Small]:
    first = "tl.store(o + i, a)"
    for name in ("add", "max", "min", "xchg"):
        yield lines(
            f"atomic_{name}_f32", first, "tl.debug_barrier()", f"tl.atomic_{name}(o + i, b)", inputs=("f32", "f32")
        )
    for name in ("add", "max", "min", "and", "or", "xor", "xchg"):
        yield lines(f"atomic_{name}_i32", first, "tl.debug_barrier()", f"tl.atomic_{name}(o + i, b)",
                    inputs=("i32:bits", "i32:bits"), output="i32")  # fmt: skip
    yield lines(
        "atomic_add_f16", first, "tl.debug_barrier()", "tl.atomic_add(o + i, b)", inputs=("f16", "f16"), output="f16"
    )
    yield lines(
        "atomic_add_i64", first, "tl.debug_barrier()", "tl.atomic_add(o + i, b)", inputs=("i64", "i64"), output="i64"
    )
    yield lines("atomic_max_u32", first, "tl.debug_barrier()", "tl.atomic_max(o + i, b)", inputs=("u32:bits", "u32:bits"),
                output="u32")  # fmt: skip
    yield lines(
        "atomic_add_masked", first, "tl.debug_barrier()", "tl.atomic_add(o + i, b, mask=i < 10)", inputs=("f32", "f32")
    )
    yield lines("atomic_add_one_place", "tl.store(o + i, a * 0)", "tl.debug_barrier()", "tl.atomic_add(o + i % 4, a)",
                inputs=("i32",), output="i32")  # fmt: skip
    yield lines("atomic_result", first, "tl.debug_barrier()", "x = tl.atomic_add(o + i, b)", "tl.debug_barrier()",
                "tl.store(o + i, x * 10)", inputs=("i32", "i32"), output="i32")  # fmt: skip
    yield lines("atomic_cas", first, "tl.debug_barrier()", "tl.atomic_cas(o + i, b, a * 0 + 77)", inputs=("i32", "i32"),
                output="i32")  # fmt: skip
    yield lines("atomic_scalar", "tl.store(o + i, a * 0)", "tl.debug_barrier()", "tl.atomic_add(o + 2, 5)", inputs=("i32",),
                output="i32")  # fmt: skip
