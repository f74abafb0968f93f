"""What the interpreter gets wrong or slow, put right: libdevice, and reductions with a function of one's own.

Each case runs in a process of its own, because TRITON_INTERPRET must be set before triton is imported.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

PREAMBLE = """
import torch, triton, triton.language as tl
from triton.language.extra import libdevice
from triton_data.verify.jailed.interpreter.install import install
install()
"""


def interpreted(body: str, tmp_path: Path) -> str:
    path = tmp_path / "case.py"  # a file, because triton reads the source of what it interprets
    path.write_text(PREAMBLE + textwrap.dedent(body))
    env = {**os.environ, "TRITON_INTERPRET": "1"}
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, env=env, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_libdevice_functions_are_torchs(tmp_path: Path) -> None:
    said = interpreted(
        """
        @triton.jit
        def kernel(x_ptr, out_ptr, N: tl.constexpr):
            at = tl.arange(0, N)
            x = tl.load(x_ptr + at)
            tl.store(out_ptr + at, libdevice.erf(x))
            tl.store(out_ptr + N + at, libdevice.rsqrt(x))
            tl.store(out_ptr + 2 * N + at, libdevice.pow(x, x))
            tl.store(out_ptr + 3 * N + at, libdevice.isnan(x).to(tl.float32))

        x = torch.rand(16) + 0.1
        x[3] = float("nan")
        out = torch.empty(64)
        kernel[(1,)](x, out, N=16)
        want = torch.cat([torch.erf(x), torch.rsqrt(x), torch.pow(x, x), x.isnan().float()])
        print(torch.allclose(out, want, rtol=1e-6, equal_nan=True))
        """,
        tmp_path,
    )
    assert said == "True"


def test_reductions_keep_the_order_of_what_they_combine(tmp_path: Path) -> None:
    said = interpreted(
        """
        @triton.jit
        def first(a, b):  # associative, not commutative
            return a

        @triton.jit
        def last(a, b):
            return b

        @triton.jit
        def kernel(x_ptr, out_ptr, M: tl.constexpr, N: tl.constexpr):
            x = tl.load(x_ptr + tl.arange(0, M)[:, None] * N + tl.arange(0, N)[None, :])
            tl.store(out_ptr + tl.arange(0, M), tl.reduce(x, 1, first))
            tl.store(out_ptr + M + tl.arange(0, M), tl.reduce(x, 1, last))

        x = torch.randn(4, 8)
        out = torch.empty(8)
        kernel[(1,)](x, out, M=4, N=8)
        print(torch.equal(out, torch.cat([x[:, 0], x[:, -1]])))
        """,
        tmp_path,
    )
    assert said == "True"


def test_a_maximum_that_keeps_nan_over_a_long_row_is_quick(tmp_path: Path) -> None:
    said = interpreted(
        """
        import time

        @triton.jit
        def keep_nan(a, b):
            return tl.where((a > b) | (a != a), a, b)

        @triton.jit
        def kernel(x_ptr, out_ptr, N: tl.constexpr):
            tl.store(out_ptr, tl.reduce(tl.load(x_ptr + tl.arange(0, N)), 0, keep_nan))

        x, out = torch.randn(65536), torch.empty(1)
        started = time.perf_counter()
        kernel[(1,)](x, out, N=65536)
        print(out.item() == x.max().item(), time.perf_counter() - started < 5)
        x[7] = float("nan")
        kernel[(1,)](x, out, N=65536)
        print(out.isnan().item())
        """,
        tmp_path,
    )
    assert said.split() == ["True", "True", "True"]


def test_scans_of_two_values(tmp_path: Path) -> None:
    said = interpreted(
        """
        @triton.jit
        def linear(a1, b1, a2, b2):  # x -> a x + b, composed
            return a1 * a2, b1 * a2 + b2

        @triton.jit
        def kernel(a_ptr, b_ptr, out_ptr, N: tl.constexpr):
            at = tl.arange(0, N)
            _, b = tl.associative_scan((tl.load(a_ptr + at), tl.load(b_ptr + at)), 0, linear)
            tl.store(out_ptr + at, b)

        a, b, out = torch.rand(16), torch.randn(16), torch.empty(16)
        kernel[(1,)](a, b, out, N=16)
        h, want = torch.tensor(0.0), []
        for i in range(16):
            h = h * a[i] + b[i]
            want.append(h)
        print(torch.allclose(out, torch.stack(want), atol=1e-5))
        """,
        tmp_path,
    )
    assert said == "True"
