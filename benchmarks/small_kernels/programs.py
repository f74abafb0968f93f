"""Control flow, and several programs of one launch."""

from __future__ import annotations

from collections.abc import Iterator

from small_kernels.table import Small, lines


def kernels() -> Iterator[Small]:
    yield from _flow()
    yield from _several()


def _flow() -> Iterator[Small]:
    store = "tl.store(o + i, x)"
    yield lines("for_range", "x = a", "for k in range(0, 5):", "    x += k * a", store, near=1e-6)
    yield lines("for_step", "x = a", "for k in range(1, 10, 3):", "    x += k", store)
    yield lines("for_down", "x = a", "for k in range(5, 0, -1):", "    x = x * 0.5 + k", store, near=1e-6)
    yield lines("for_empty", "x = a", "for k in range(3, 3):", "    x += 1", store)
    yield lines("for_runtime", "x = a", "for k in range(0, n):", "    x += k", store, arguments=(("n", "4"),))
    yield lines(
        "for_tl_range",
        "x = a",
        "for k in tl.range(0, n, 2, num_stages=2):",
        "    x += k",
        store,
        arguments=(("n", "7"),),
    )
    yield lines("static_range", "x = a", "for k in tl.static_range(3):", "    x = x * (k + 1)", store)
    yield lines(
        "while_loop", "x = a", "k = 0", "while k < n:", "    x += 1", "    k += 1", store, arguments=(("n", "4"),)
    )
    yield lines(
        "while_halving",
        "x = a",
        "k = n",
        "while k > 0:",
        "    x += k",
        "    k = k // 2",
        store,
        arguments=(("n", "37"),),
    )
    yield lines(
        "if_runtime", "x = a", "if n > 3:", "    x = -x", "else:", "    x = x * 2", store, arguments=(("n", "5"),)
    )
    yield lines("elif_runtime", "x = a", "if n == 3:", "    x += 1", "elif n == 5:", "    x += 2", "else:", "    x += 3", store,
                arguments=(("n", "5"),))  # fmt: skip
    yield lines("if_loaded", "x = a", "if tl.load(pa + 1) > 0:", "    x = x + 10", store)
    yield lines("if_and", "x = a", "if n > 3 and n < 10:", "    x = x + 10", store, arguments=(("n", "5"),))
    yield lines("if_or_not", "x = a", "if not (n > 3 or n < 0):", "    x = x + 10", store, arguments=(("n", "2"),))
    yield lines("ternary", "x = a + (1 if n > 3 else 2)", store, arguments=(("n", "5"),))
    yield lines("ternary_loaded", "k = tl.load(pa + 2)", "x = a + (k if k > 0 else -k)", store)
    yield lines("constexpr_if", "if N == 32:", "    x = a", "else:", "    x = a + undefined", store)
    yield lines("constexpr_arithmetic", "M: tl.constexpr = N // 2 + N % 5", "x = a + M", store)
    yield lines(
        "constexpr_chained", "FLAG: tl.constexpr = (N > 16) and (N < 64)", "x = a", "if FLAG:", "    x = a + 1", store
    )
    yield lines("chained_compare", "x = tl.where((0 < a) & (a < 2), a, -1.0)", store)
    yield lines("augmented", "x = a", "x *= 2", "x -= 1", "x /= 4", store)
    yield lines("augmented_bits", "x = a", "x &= 15", "x |= 32", "x ^= 5", "x <<= 1", "x >>= 2", store, inputs=("i32",),
                output="i32")  # fmt: skip
    yield lines("tuple_swap", "x, y = a, b", "x, y = y, x", "tl.store(o + i, x - 2 * y)", inputs=("f32", "f32"))
    yield lines("static_assert", 'tl.static_assert(N == 32, "size")', "x = a", store)
    yield lines("assume", "tl.assume(n > 0)", "x = a + n", store, arguments=(("n", "4"),))
    yield lines("hints", "j = tl.max_contiguous(tl.multiple_of(i, 8), 8)", "x = tl.load(pa + j)", store)
    yield lines(
        "nested_loops", "x = a", "for k in range(3):", "    for m in range(k):", "        x += k * 10 + m", store
    )
    yield lines("loop_if", "x = a", "for k in range(6):", "    if k % 2 == 0:", "        x += k", store)
    yield lines(
        "carried_min", 'm = float("inf")', "for k in range(4):", "    m = min(m, tl.load(pa + k))", "x = a + m", store
    )
    yield lines("builtin_max", "x = a + max(n, 3)", store, arguments=(("n", "5"),))
    yield lines("builtin_abs", "x = abs(a)", store)
    yield lines("integer_division_of_scalars", "x = a + n // 4 + n % 4", store, arguments=(("n", "-7"),))
    yield lines("true_division_of_scalars", "x = a + n / 4", store, arguments=(("n", "7"),))


def _several() -> Iterator[Small]:
    block = "at = tl.program_id(0) * N + i"
    more = {
        "programs": ("tl.store(o + at, at * 2)", (4,)),
        "programs_count": ("tl.store(o + at, tl.num_programs(0) * 100 + tl.program_id(0))", (4,)),
        "programs_two_axes": ("tl.store(o + tl.program_id(1) * 2 * N + at, tl.program_id(1) * 1000 + at)", (2, 2)),
        "programs_part_ways": ("x = i\n    if tl.program_id(0) % 2 == 0:\n        x = -i\n    tl.store(o + at, x)", (4,)),
        "programs_loop": ("x = i\n    for k in range(tl.program_id(0)):\n        x += k\n    tl.store(o + at, x)", (4,)),
        "programs_early_return": (
            "tl.store(o + at, i)\n    if tl.program_id(0) == 2:\n        return\n    tl.store(o + at, -i)", (4,),
        ),
        "programs_grid_stride": (
            "for k in range(tl.program_id(0), 8, tl.num_programs(0)):\n        tl.store(o + k * 16 + i % 16, i % 16 + k)", (3,),
        ),
        "programs_atomic": ("tl.store(o + at, i)\n    tl.debug_barrier()\n    tl.atomic_add(o + at, tl.program_id(0))", (4,)),
        "programs_third_axis": ("tl.store(o + tl.program_id(2) * 2 * N + at, tl.program_id(2) + at)", (2, 1, 2)),
    }  # fmt: skip
    for name, (text, grid) in more.items():
        yield Small(name, (block, text), ("i32",), "i32", size=128, grid=grid)
