"""Arithmetic of the interpreter against torch's own rounding, one kernel a case, run in the jail."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from triton_data.jail import Task
from triton_data.verify.bench.bench import Bench

PREAMBLE = """
import torch, triton, triton.language as tl
from triton.language.extra import libdevice

"""


def said(bench: Bench, body: str) -> Any:
    outcome = bench.run(Task(source=PREAMBLE + textwrap.dedent(body)))
    assert outcome.ok, (outcome.reason, outcome.output[-2000:])
    return outcome.value


def test_bfloat16_is_rounded_to_nearest_even_after_each_operation(bench: Bench) -> None:
    assert said(
        bench,
        """
        @triton.jit
        def kernel(x_ptr, y_ptr, out_ptr, N: tl.constexpr):
            at = tl.arange(0, N)
            x, y = tl.load(x_ptr + at), tl.load(y_ptr + at)
            tl.store(out_ptr + at, x + y)
            tl.store(out_ptr + N + at, x * y)
            tl.store(out_ptr + 2 * N + at, (x.to(tl.float32) * 1.001).to(tl.bfloat16))
            tl.store(out_ptr + 3 * N + at, tl.where(x > y, x, -y))

        def main():
            x, y = torch.randn(1024).bfloat16(), torch.randn(1024).bfloat16()
            out = torch.empty(4096, dtype=torch.bfloat16)
            kernel[(1,)](x, y, out, N=1024)
            want = torch.cat([x + y, x * y, (x.float() * 1.001).bfloat16(), torch.where(x > y, x, -y)])
            return int((out != want).sum())
        """,
    ) == 0  # fmt: skip


def test_eight_bit_floats_round_as_torch_and_saturate(bench: Bench) -> None:
    assert said(
        bench,
        """
        @triton.jit
        def kernel(x_ptr, out_ptr, back_ptr, N: tl.constexpr):
            at = tl.arange(0, N)
            small = tl.load(x_ptr + at).to(tl.float8e4nv)
            tl.store(out_ptr + at, small)
            tl.store(back_ptr + at, small.to(tl.float32))

        def main():
            x = torch.randn(256) * 100
            out, back = torch.empty(256, dtype=torch.float8_e4m3fn), torch.empty(256)
            kernel[(1,)](x, out, back, N=256)
            want = x.clamp(-448, 448).to(torch.float8_e4m3fn).float()
            large = torch.full((256,), 1e6)
            kernel[(1,)](large, out, back if torch.equal(back, want) else x, N=256)
            return back.unique().tolist()
        """,
    ) == [448.0]


@pytest.mark.parametrize(("precision", "least", "most"), [("ieee", 0.0, 2e-6), ("tf32", 1e-4, 5e-3), (None, 0.0, 2e-6)])
def test_a_dot_has_the_precision_that_it_asks_for(
    precision: str | None, least: float, most: float, bench: Bench
) -> None:
    asked = f", input_precision={precision!r}" if precision else ""
    off = said(
        bench,
        f"""
        @triton.jit
        def kernel(x_ptr, y_ptr, out_ptr, N: tl.constexpr):
            at = tl.arange(0, N)[:, None] * N + tl.arange(0, N)[None, :]
            tl.store(out_ptr + at, tl.dot(tl.load(x_ptr + at), tl.load(y_ptr + at){asked}))

        def main():
            x, y, out = torch.randn(64, 64), torch.randn(64, 64), torch.empty(64, 64)
            kernel[(1,)](x, y, out, N=64)
            want = x.double() @ y.double()
            return ((out - want).abs().max() / want.abs().max()).item()
        """,
    )
    assert least <= off <= most


def test_half_types_are_multiplied_exactly_and_added_in_float32(bench: Bench) -> None:
    off = said(
        bench,
        """
        @triton.jit
        def kernel(x_ptr, y_ptr, out_ptr, N: tl.constexpr):
            at = tl.arange(0, N)[:, None] * N + tl.arange(0, N)[None, :]
            tl.store(out_ptr + at, tl.dot(tl.load(x_ptr + at), tl.load(y_ptr + at)))

        def main():
            found = []
            for kind in (torch.float16, torch.bfloat16, torch.float8_e5m2):
                x, y, out = torch.randn(64, 64).to(kind), torch.randn(64, 64).to(kind), torch.empty(64, 64)
                kernel[(1,)](x, y, out, N=64)
                want = x.double() @ y.double()
                found.append(((out - want).abs().max() / want.abs().max()).item())
            return found
        """,
    )
    assert max(off) < 1e-6


def test_extremes_drop_nan_unless_they_are_told_to_keep_it(bench: Bench) -> None:
    found = said(
        bench,
        """
        @triton.jit
        def kernel(x_ptr, out_ptr, N: tl.constexpr):
            x = tl.load(x_ptr + tl.arange(0, N))
            keep = tl.PropagateNan.ALL
            tl.store(out_ptr, tl.max(x, 0))
            tl.store(out_ptr + 1, tl.sum(tl.maximum(x, 0.0), 0))
            tl.store(out_ptr + 2, tl.sum(tl.maximum(x, 0.0, propagate_nan=keep), 0))
            tl.store(out_ptr + 3, tl.sum(tl.clamp(x, 0.0, 1.0), 0))

        def main():
            x = torch.tensor([1.0, float("nan"), -3.0, 0.5])
            out = torch.zeros(4)
            kernel[(1,)](x, out, N=4)
            return [repr(v) for v in out.tolist()]
        """,
    )
    assert found == ["1.0", "1.5", "nan", "1.5"]


def test_conversions_to_integers_saturate(bench: Bench) -> None:
    assert said(
        bench,
        """
        @triton.jit
        def kernel(x_ptr, out_ptr, N: tl.constexpr):
            at = tl.arange(0, N)
            tl.store(out_ptr + at, tl.load(x_ptr + at).to(tl.int32))

        def main():
            x = torch.tensor([1e20, -1e20, float("nan"), -2.9])
            out = torch.zeros(4, dtype=torch.int32)
            kernel[(1,)](x, out, N=4)
            return out.tolist()
        """,
    ) == [2**31 - 1, -(2**31), 0, -2]


def test_sorts_scans_places_and_random_numbers(bench: Bench) -> None:
    found = said(
        bench,
        """
        @triton.jit
        def kernel(x_ptr, out_ptr, place_ptr, N: tl.constexpr):
            at = tl.arange(0, N)
            x = tl.load(x_ptr + tl.program_id(0) * N + at)
            row = out_ptr + tl.program_id(0) * 4 * N
            tl.store(row + at, tl.sort(x))
            tl.store(row + N + at, tl.cumsum(x, 0))
            tl.store(row + 2 * N + at, tl.cumsum(x, 0, reverse=True))
            tl.store(row + 3 * N + at, tl.rand(7, at))
            tl.store(place_ptr + tl.program_id(0), tl.argmax(x, 0))

        def main():
            x, out = torch.randn(3, 64), torch.empty(3, 4, 64)
            x[1, 5] = x[1, 9] = 50.0
            place = torch.empty(3, dtype=torch.int32)
            kernel[(3,)](x, out, place, N=64)
            uniform = out[0, 3]
            return {
                "sort": torch.equal(out[:, 0], x.sort(-1)[0]),
                "scan": torch.allclose(out[:, 1], x.cumsum(-1), atol=1e-5),
                "back": torch.allclose(out[:, 2], x.flip(-1).cumsum(-1).flip(-1), atol=1e-5),
                "place": torch.equal(place.long(), x.argmax(-1)),
                "random": bool(((uniform >= 0) & (uniform < 1)).all()) and uniform.unique().numel() > 60,
                "same": torch.equal(out[0, 3], out[2, 3]),
            }
        """,
    )
    assert found == dict.fromkeys(found, True)


def test_inline_assembly_of_one_instruction(bench: Bench) -> None:
    assert said(
        bench,
        """
        @triton.jit
        def kernel(x_ptr, out_ptr, N: tl.constexpr):
            at = tl.arange(0, N)
            x = tl.load(x_ptr + at)
            y = tl.inline_asm_elementwise("fma.rn.f32 $0, $1, $2, $3;", "=f, f, f, f", [x, x, x], dtype=tl.float32,
                                          is_pure=True, pack=1)
            tl.store(out_ptr + at, y)

        def main():
            x, out = torch.rand(8), torch.empty(8)
            kernel[(1,)](x, out, N=8)
            return bool(torch.allclose(out, x * x + x))
        """,
    )
