"""Many programs at once give what one after the other gives, also where they part ways."""

from __future__ import annotations

from tests.verify.jailed.test_interpreter_numbers import said
from triton_data.verify.bench.bench import Bench


def test_programs_that_leave_early_and_loop_for_different_times(bench: Bench) -> None:
    assert said(
        bench,
        """
        @triton.jit
        def kernel(x_ptr, count_ptr, out_ptr, n_rows, N: tl.constexpr):
            row = tl.program_id(0)
            if row >= n_rows:
                return
            total = tl.zeros((N,), tl.float32)
            for step in range(tl.load(count_ptr + row)):
                total += tl.load(x_ptr + step * N + tl.arange(0, N)) * (row + 1)
            tl.store(out_ptr + row * N + tl.arange(0, N), total)

        def main():
            x, out = torch.randn(9, 16), torch.full((7, 16), 5.0)
            counts = torch.tensor([3, 0, 9, 3, 1], dtype=torch.int32)
            kernel[(7,)](x, counts, out, 5, N=16)
            want = torch.stack([x[:n].sum(0) * (row + 1) for row, n in enumerate(counts.tolist())])
            return [torch.allclose(out[:5], want, atol=1e-5), bool((out[5:] == 5).all())]
        """,
    ) == [True, True]


def test_what_was_stored_before_the_ways_part_is_stored_once(bench: Bench) -> None:
    """In place, so that doing it twice would show."""
    assert said(
        bench,
        """
        @triton.jit
        def kernel(x_ptr, N: tl.constexpr):
            at = x_ptr + tl.program_id(0) * N + tl.arange(0, N)
            tl.store(at, tl.load(at) * 2)
            if tl.program_id(0) % 3 == 0:
                tl.store(at, tl.load(at) + 1)

        def main():
            x = torch.ones(8, 4)
            kernel[(8,)](x, N=4)
            return x[:, 0].tolist()
        """,
    ) == [3.0, 2.0, 2.0, 3.0, 2.0, 2.0, 3.0, 2.0]


def test_the_last_program_of_an_atomic_count_finishes(bench: Bench) -> None:
    assert said(
        bench,
        """
        @triton.jit
        def kernel(x_ptr, part_ptr, count_ptr, out_ptr, N: tl.constexpr, PARTS: tl.constexpr):
            part = tl.program_id(0)
            tl.store(part_ptr + part, tl.sum(tl.load(x_ptr + part * N + tl.arange(0, N)), 0))
            if tl.atomic_add(count_ptr, 1) == PARTS - 1:
                tl.store(out_ptr, tl.sum(tl.load(part_ptr + tl.arange(0, PARTS)), 0))

        def main():
            x, parts, count, out = torch.randn(8, 32), torch.zeros(8), torch.zeros(1, dtype=torch.int32), torch.zeros(1)
            kernel[(8,)](x, parts, count, out, N=32, PARTS=8)
            return [bool(torch.allclose(out, x.sum(), atol=1e-4)), count.item()]
        """,
    ) == [True, 8]


def test_a_lock_is_held_by_one_program_at_a_time(bench: Bench) -> None:
    assert (
        said(
            bench,
            """
        @triton.jit
        def kernel(lock_ptr, out_ptr):
            while tl.atomic_cas(lock_ptr, 0, 1) == 1:
                pass
            tl.store(out_ptr, tl.load(out_ptr) + tl.program_id(0))
            tl.atomic_xchg(lock_ptr, 0)

        def main():
            lock, out = torch.zeros(1, dtype=torch.int32), torch.zeros(1, dtype=torch.int32)
            kernel[(10,)](lock, out)
            return out.item()
        """,
        )
        == 45
    )


def test_block_pointers_descriptors_and_three_axes(bench: Bench) -> None:
    assert said(
        bench,
        """
        @triton.jit
        def by_block(x_ptr, out_ptr, M, N, B: tl.constexpr):
            place = (tl.program_id(1) * B, tl.program_id(0) * B)
            source = tl.make_block_ptr(x_ptr, (M, N), (N, 1), place, (B, B), (1, 0))
            target = tl.make_block_ptr(out_ptr, (M, N), (N, 1), place, (B, B), (1, 0))
            block = tl.load(source, boundary_check=(0, 1), padding_option="zero")
            tl.store(target, block * 2, boundary_check=(0, 1))

        @triton.jit
        def by_descriptor(x_ptr, out_ptr, M, N, B: tl.constexpr):
            source = tl.make_tensor_descriptor(x_ptr, [M, N], [N, 1], [B, B])
            target = tl.make_tensor_descriptor(out_ptr, [M, N], [N, 1], [B, B])
            row, column = tl.program_id(0) * B, tl.program_id(2) * B
            target.store([row, column], source.load([row, column]) + tl.program_id(1))

        def main():
            x, out, other = torch.randn(20, 24), torch.zeros(20, 24), torch.zeros(20, 24)
            by_block[(2, 2)](x, out, 20, 24, B=16)
            by_descriptor[(2, 1, 2)](x, other, 20, 24, B=16)
            return [torch.equal(out, x * 2), torch.equal(other, x)]
        """,
    ) == [True, True]


def test_a_wide_launch_is_cut_into_batches(bench: Bench) -> None:
    assert said(
        bench,
        """
        @triton.jit
        def kernel(x_ptr, out_ptr, N: tl.constexpr):
            at = tl.program_id(0) * N + tl.arange(0, N)
            tl.store(out_ptr + at, tl.load(x_ptr + at) + 1)

        def main():
            from triton.runtime.interpreter import interpreter_builder
            x = torch.randn(300, 8192)
            out = torch.empty_like(x)
            kernel[(300,)](x, out, N=8192)
            return [torch.equal(out, x + 1), interpreter_builder.widths["kernel"] < 300]
        """,
    ) == [True, True]


RACES = {
    "lost updates": "tl.store(out_ptr + at, tl.load(out_ptr + at) + 1.0)",
    "another's result": "tl.store(out_ptr + row * N + at, 1.0 * row)\n    tl.store(o2_ptr + row * N + at, "
                        "tl.load(out_ptr + (1 - row) * N + at))",
    "lanes of one store": "tl.store(out_ptr + row * N + at // 2, at * 1.0)",
}  # fmt: skip


def test_races_are_seen_and_harmless_sharing_is_not_one(bench: Bench) -> None:
    for name, body in {**RACES, "": "tl.store(out_ptr + at, 3.0)"}.items():
        found = said(
            bench,
            f"""
            from triton_data.verify.jailed.interpreter.execute import LAUNCHES
            from triton_data.verify.jailed.interpreter.memory import Memory

            @triton.jit
            def kernel(out_ptr, o2_ptr, N: tl.constexpr):
                row, at = tl.program_id(0), tl.arange(0, N)
                {body.replace(chr(10), chr(10) + " " * 12)}

            def main():
                memory, out, other = Memory(), torch.zeros(2, 16), torch.zeros(2, 16)
                memory.register(out, True), memory.register(other, True)
                LAUNCHES.begin(memory, 0, True, False)
                kernel[(2,)](out, other, N=16)
                return [reason for reason, _ in memory.faults]
            """,
        )
        assert set(found) == ({"race"} if name else set()), name


def test_programs_that_turn_as_often_from_other_starts_go_on_together(bench: Bench) -> None:
    """A grid of as many programs as fit, each of which takes every so-manieth row: in two groups, not in as many as
    there are programs."""
    found = said(
        bench,
        """
        @triton.jit
        def kernel(x_ptr, out_ptr, rows, N: tl.constexpr):
            for row in tl.range(tl.program_id(0), rows, tl.num_programs(0), num_stages=2):
                at = row * N + tl.arange(0, N)
                tl.store(out_ptr + at, tl.load(x_ptr + at) + row)

        def main():
            from triton_data.verify.jailed.interpreter import execute
            batches, run = [], execute._run_batch
            def counted(fn, passed, places, checked, used):
                batches.append(len(places))
                run(fn, passed, places, checked, used)
            execute._run_batch = counted
            x, out = torch.randn(33, 16), torch.empty(33, 16)
            kernel[(10,)](x, out, 33, N=16)
            execute._run_batch = run
            return [torch.equal(out, x + torch.arange(33)[:, None]), batches]
        """,
    )
    assert found == [True, [10, 3, 7]]
