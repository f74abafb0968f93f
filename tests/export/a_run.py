"""A small run put together by hand: a program, its capture and pair, hand-written kernels; curated for real."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.curate.runs import decided, label_all, put
from triton_data.config import CurateConfig
from triton_data.records import Capture, Graph, InductorKernel, Kernel, Origin, Outcome, Pair, Program, Record, Verdict
from triton_data.store import Store

SCALE = """import torch
import torch.nn as nn


class Scale(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(factor))

    def forward(self, x):
        return torch.relu(x) * self.factor


def get_inputs():
    return [torch.randn(6, 33)]


def get_init_inputs():
    return [3.0]
"""
SCALE_NEW = """import torch
import torch.nn as nn
import triton
import triton.language as tl


@triton.jit
def scale_kernel(x_ptr, factor_ptr, out_ptr, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + at, mask=at < n)
    tl.store(out_ptr + at, tl.maximum(x, 0.0) * tl.load(factor_ptr), mask=at < n)


class ScaleNew(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(factor))

    def forward(self, x):
        out = torch.empty_like(x)
        n = x.numel()
        scale_kernel[(triton.cdiv(n, 64),)](x, self.factor, out, n, BLOCK=64)
        return out
"""
DOUBLE = """def double(x):
    return x + x


def get_inputs():
    import torch

    return [torch.ones(3)]
"""
ORIGIN = Origin(
    "github", repo="some/repo", repo_id=7, revision="a" * 40, path="m/scale.py", line_start=5, line_end=12,
    licence="MIT", stars=321, url="https://github.com/some/repo", file_hash="b" * 64, time="2026-01-02T03:04:05Z",
)  # fmt: skip
PROGRAM = Program("Scale", SCALE, "usage", ORIGIN, ("landlock:7",))
INDUCTOR = InductorKernel("triton_poi_0", "@triton.jit\ndef triton_poi_0(in_ptr0, out_ptr0, xnumel): pass\n")
CAPTURE = Capture(
    PROGRAM.key, "Scale", "sm_90", "inference", (Graph("inference", "# output code\n", (INDUCTOR,)),),
    (("torch", "2.13.0"),), ORIGIN,
)  # fmt: skip
PAIR = Pair(PROGRAM.key, CAPTURE.key, "ScaleNew", SCALE_NEW, ORIGIN)
TIMED = (
    ("time candidate", "0.0100 ms [0.0099, 0.0101], 50 repetitions"),
    ("speedup", "2.50× eager, 1.20× compile, 0.95× max-autotune"),
    ("roofline", "61.5% (0.0062 ms at best: 24576 bytes, 0 operations)"),
)
VERDICT = Verdict(PAIR.key, "cpu", "1", True, "", (("values", "1e-7"), *TIMED), ORIGIN)
FUNCTION = Program("double", DOUBLE, "given", Origin("given", path="double.py"))


OPERATIONS = ("exp", "log", "sqrt", "sin", "cos", "abs", "erf", "floor", "ceil", "rsqrt")


def kernel(number: int, repo: str = "some/repo", licence: str = "MIT") -> Kernel:
    """A hundred of them, no two with the same operators."""
    first, second = OPERATIONS[number % 10], OPERATIONS[number // 10]
    name = f"{first}_{number}_kernel"
    lines = ["import triton", "import triton.language as tl", "", "", "@triton.jit", f"def {name}(x_ptr, y_ptr):"]
    lines += ["    x = tl.load(x_ptr + tl.arange(0, 16))"]
    lines += [f"    x = tl.{first}(x) + tl.{first}(x)", f"    x = tl.{second}(x) * tl.{second}(x) * tl.{second}(x)"]
    text = "\n".join([*lines, "    tl.store(y_ptr + tl.arange(0, 16), x)", ""])
    return Kernel(name, text, Origin("github", repo=repo, path=f"k{number}.py", line_start=1, licence=licence))


ALL: tuple[Record, ...] = (PROGRAM, FUNCTION, CAPTURE, PAIR, VERDICT, *map(kernel, range(4)))


def make_run(path: Path, records: Sequence[Record] = ALL, curate: CurateConfig | None = None) -> Path:
    """`curate`: None leaves the run as it came, which is what an export of an uncurated run sees."""
    with Store.open(path) as store:
        put(store, records)
        if curate is not None:
            label_all(store)
            decisions = tuple(decided(store, curate).values())
            store.commit("curate", [Outcome("r", decisions)])
    return path
