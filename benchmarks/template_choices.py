"""Which block sizes are fastest for a product, on the GPU that is here?

    PYTHONPATH=src python benchmarks/template_choices.py --out src/triton_data/block_sizes/table.json [--seconds 280]

Takes the kernels that the rewrite makes of mm, bmm and conv2d (captured with no GPU, in a process of their own), tries
the same block sizes on each of a list of problems, and writes the fastest of each as a table that captures look up.
Prints each problem with its time, the rule's choice and the library's time. Both sides are measured as CUDA graphs of
many launches, so that what the host takes for a launch is in neither; where one cannot be recorded both are measured
call by call, and that is said. What does not fit into `--seconds` is left out and said. Not covered: other GPUs than
this one; epilogues, which change the choice little; operands that are not in the cache yet: graphs do not flush it.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from triton_data.block_sizes import Blocks, Problem, by_rule

Launch = Callable[[Any], Any]
Call = Callable[[], Any]
HEAD = "import torch\nimport torch.nn.functional as F\n\n"
PROGRAMS = {
    "mm": "def f(x, y):\n    return torch.mm(x, y)\n\ndef get_inputs():\n"
    "    return [torch.randn(128, 96, dtype=torch.{dtype}), torch.randn(96, 160, dtype=torch.{dtype})]\n",
    "bmm": "def f(x, y):\n    return torch.bmm(x, y)\n\ndef get_inputs():\n"
    "    return [torch.randn(3, 128, 96, dtype=torch.{dtype}), torch.randn(3, 96, 160, dtype=torch.{dtype})]\n",
    "convolution": "def f(x, w):\n    return F.conv2d(x, w, padding=1)\n\ndef get_inputs():\n"
    "    x = torch.randn(2, 32, 20, 20, dtype=torch.{dtype}).to(memory_format=torch.channels_last)\n"
    "    w = torch.randn(48, 32, 3, 3, dtype=torch.{dtype}).to(memory_format=torch.channels_last)\n"
    "    return [x, w]\n",
}
DTYPES = ("float16", "bfloat16", "float32")
MATRICES = (
    (4096, 4096, 4096), (1024, 1024, 1024), (2048, 2048, 2048), (8192, 8192, 8192), (512, 512, 512), (128, 512, 256),
    (64, 4096, 4096), (16, 4096, 4096), (4096, 1024, 4096), (4096, 4096, 1024), (1024, 4096, 1024), (256, 256, 256),
    (2048, 8192, 2048), (8192, 1024, 1024), (128, 128, 8192),
)  # fmt: skip
BATCHES = (
    (64, 128, 128, 64), (64, 128, 64, 128), (32, 512, 512, 64), (32, 512, 64, 512), (16, 1024, 1024, 128),
    (16, 1024, 128, 1024), (128, 64, 64, 64), (8, 256, 256, 256),
)  # fmt: skip
IMAGES = (  # batch, channels, size, out channels, kernel
    (16, 64, 56, 64, 3), (16, 128, 28, 128, 3), (16, 256, 14, 256, 3), (16, 512, 7, 512, 3), (16, 64, 56, 256, 1),
    (4, 16, 32, 32, 3), (8, 32, 64, 64, 3), (16, 3, 112, 64, 7),
)  # fmt: skip

LARGE_BLOCKS = tuple(Blocks(*each) for each in (  # BLOCK_M, BLOCK_N, BLOCK_K, warps, stages
    (128, 256, 64, 8, 3), (256, 128, 64, 8, 3), (128, 128, 64, 8, 3), (128, 128, 64, 4, 4), (128, 64, 64, 4, 4),
    (64, 128, 64, 4, 4), (64, 64, 64, 4, 4), (64, 64, 128, 4, 3), (64, 32, 64, 4, 4), (32, 64, 64, 4, 4),
    (32, 32, 64, 2, 4), (16, 64, 128, 4, 4), (16, 128, 64, 4, 4), (128, 128, 32, 4, 4),
))  # fmt: skip
SMALL_BLOCKS = tuple(Blocks(*each) for each in (
    (128, 128, 16, 8, 3), (128, 64, 32, 8, 3), (64, 128, 32, 8, 3), (64, 64, 32, 4, 3), (64, 64, 16, 4, 4),
    (64, 32, 32, 4, 3), (32, 64, 32, 4, 3), (32, 32, 32, 2, 3), (16, 64, 32, 2, 4), (128, 64, 16, 4, 4),
))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="the table; what other targets have in it stays")
    parser.add_argument("--seconds", type=float, default=280.0)
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        _make(options.make)
        return
    if not options.out:
        parser.error("--out says where the table goes")
    end = time.monotonic() + options.seconds
    with tempfile.TemporaryDirectory() as folder:
        quiet = {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1", "TORCHINDUCTOR_COMPILE_THREADS": "1"}
        subprocess.run([sys.executable, __file__, "--make", folder], check=True, env={**os.environ, **quiet})
        rows = _measured(Path(folder), end)
    known = json.loads(options.out.read_text())["rows"] if options.out.exists() else []
    kept = [row for row in known if row["target"] != _target()]
    lines = ",\n".join(json.dumps(row) for row in kept + rows)
    options.out.write_text(f'{{"rows": [\n{lines}\n]}}\n')
    print(f"{len(rows)} problems of {_target()} in {options.out}")


def _make(folder: Path) -> None:
    """With no GPU to be seen: the file of each operation and dtype."""
    from triton_data.capture.headless.capture import capture_program
    from triton_data.records import Drop, Origin, Program
    from triton_data.rewrite.rewrite import rewrite

    for dtype in DTYPES:
        for op, text in PROGRAMS.items():
            program = Program("f", HEAD + text.format(dtype=dtype), "given", Origin("given"))
            capture = capture_program(program, libraries="triton")
            pair = capture if isinstance(capture, Drop) else rewrite(program, capture)
            if isinstance(pair, Drop):
                raise SystemExit(f"{op} of {dtype}: {pair.reason}: {pair.detail}")
            (folder / f"{op}_{dtype}.py").write_text(pair.text)


def _target() -> str:
    import torch

    major, minor = torch.cuda.get_device_capability()
    return f"sm_{major}{minor}"


def _measured(folder: Path, end: float) -> list[dict[str, Any]]:
    import torch
    import triton

    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}, triton {triton.__version__}")
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    rows, ratios, left_out = list[dict[str, Any]](), dict[str, list[float]](), 0
    for dtype in DTYPES:
        for op in PROGRAMS:
            kernel = _tuned(folder / f"{op}_{dtype}.py", dtype, op)
            for problem, launch, library in _problems(op, dtype):
                if time.monotonic() > end:
                    left_out += 1
                    continue
                try:
                    launch(kernel)
                except Exception as error:  # noqa: BLE001  one problem that does not fit must not end the others
                    print(f"{op} {dtype} {problem}: {type(error).__name__}: {str(error)[:120]}")
                    continue
                blocks = _blocks(kernel.best_config)
                ours, theirs, how = _both(lambda: launch(kernel), library)  # noqa: B023  called before the next one
                rule = by_rule(problem, torch.cuda.get_device_properties(0).multi_processor_count)
                ratios.setdefault(f"{op} {dtype}", []).append(theirs / ours)
                size = f"{op} {dtype} {problem.batch}x{problem.m}x{problem.n}x{problem.k}"
                share = f"{ours:.4f} ms, library {theirs:.4f} ms ({theirs / ours:.2f} of its speed){how}"
                print(f"{size}: {share}, {_short(blocks)}, rule {_short(rule)}", flush=True)
                row = {"target": _target(), "problem": asdict(problem), "blocks": asdict(blocks)}
                rows.append(row | {"milliseconds": round(ours, 5), "library": round(theirs, 5)})
    for name, values in ratios.items():
        print(f"{name}: median {statistics.median(values):.2f} of the library's speed, least {min(values):.2f}")
    if left_out:
        print(f"left out for want of time: {left_out} problems")
    return rows


def _both(ours: Call, theirs: Call) -> tuple[float, float, str]:
    """Milliseconds of each, measured in the same way."""
    try:
        return _as_graph(ours), _as_graph(theirs), ""
    except RuntimeError as error:  # a library may do what cannot be recorded
        reason = str(error).splitlines()[0][:80]
        return _call_by_call(ours), _call_by_call(theirs), f", with launches on the host ({reason})"


def _as_graph(call: Call) -> float:
    import triton

    found: float = triton.testing.do_bench_cudagraph(call, rep=10, return_mode="median")
    return found


def _call_by_call(call: Call) -> float:
    import triton

    found: float = triton.testing.do_bench(call, warmup=5, rep=25, return_mode="median")
    return found


def _short(blocks: Blocks) -> str:
    return f"{blocks.m}x{blocks.n}x{blocks.k} warps {blocks.warps} stages {blocks.stages}"


def _tuned(path: Path, dtype: str, op: str) -> Any:
    """The file's kernel, over all block sizes instead of its own few."""
    import triton

    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kernels = [each for each in vars(module).values() if hasattr(each, "arg_names") and "BLOCK_K" in each.arg_names
               and "out_ptr" in each.arg_names]  # fmt: skip
    kernel = kernels[-1]
    function = kernel.fn if isinstance(kernel, triton.runtime.Autotuner) else kernel
    group = {} if op == "convolution" else {"GROUP_M": 8}
    configs = [
        triton.Config({"BLOCK_M": b.m, "BLOCK_N": b.n, "BLOCK_K": b.k, **group}, num_warps=b.warps, num_stages=b.stages)
        for b in (SMALL_BLOCKS if dtype == "float32" else LARGE_BLOCKS)
    ]
    key = ["n_pixels", "OUT_C", "IN_C"] if op == "convolution" else ["M", "N", "K"]
    graph = triton.testing.do_bench_cudagraph  # what fits no GPU raises at its first call, before it is recorded
    bench = lambda call, quantiles: graph(call, rep=4, quantiles=quantiles)  # noqa: E731
    return triton.autotune(configs=configs, key=key, do_bench=bench)(function)


def _blocks(config: Any) -> Blocks:
    there = config.kwargs
    return Blocks(there["BLOCK_M"], there["BLOCK_N"], there["BLOCK_K"], config.num_warps, config.num_stages,
                  there.get("GROUP_M", 0))  # fmt: skip


def _problems(op: str, dtype: str) -> Iterator[tuple[Problem, Launch, Callable[[], Any]]]:
    if op == "mm":
        for m, n, k in MATRICES:
            yield _product(Problem(op, m, n, k, 1, dtype))
    elif op == "bmm":
        for batch, m, n, k in BATCHES:
            yield _product(Problem(op, m, n, k, batch, dtype))
    else:
        for image in IMAGES:
            yield _image(dtype, *image)


def _product(problem: Problem) -> tuple[Problem, Launch, Callable[[], Any]]:
    import torch
    import triton

    p, dtype = problem, getattr(torch, problem.dtype)
    batch = (p.batch,) if p.op == "bmm" else ()
    a, b = (torch.randn(*batch, *sizes, dtype=dtype, device="cuda") for sizes in ((p.m, p.k), (p.k, p.n)))
    out = torch.empty(*batch, p.m, p.n, dtype=dtype, device="cuda")
    values = {"M": p.m, "N": p.n, "K": p.k, "out_ptr": out}
    for letter, tensor, axes in (("a", a, "mk"), ("b", b, "kn"), ("o", out, "mn")):
        names = ("b" if batch else "") + axes
        values |= {f"stride_{letter}{axis}": tensor.stride(i) for i, axis in enumerate(names)}

    def launch(kernel: Any) -> Any:
        given = {**values, kernel.arg_names[0]: a, kernel.arg_names[1]: b}
        given = {name: value for name, value in given.items() if name in kernel.arg_names}
        grid = lambda meta: (triton.cdiv(p.m, meta["BLOCK_M"]) * triton.cdiv(p.n, meta["BLOCK_N"]), *batch)  # noqa: E731
        return kernel[grid](**given)

    return problem, launch, lambda: torch.matmul(a, b, out=out)


def _image(dtype: str, batch: int, channels: int, size: int, out_channels: int, kernel_size: int) -> Any:
    import torch
    import torch.nn.functional as F
    import triton

    made = {"dtype": getattr(torch, dtype), "device": "cuda"}
    last = torch.channels_last
    x = torch.randn(batch, channels, size, size, **made).to(memory_format=last)
    w = torch.randn(out_channels, channels, kernel_size, kernel_size, **made).to(memory_format=last)
    pad = kernel_size // 2
    out = torch.empty(batch, out_channels, size, size, **made).to(memory_format=last)
    pixels = batch * size * size
    problem = Problem("convolution", pixels, out_channels, channels * kernel_size**2, 1, dtype)
    values = {"n_pixels": pixels, "OUT_C": out_channels, "IN_C": channels, "IN_H": size, "IN_W": size, "OUT_H": size,
              "OUT_W": size, "KERNEL_H": kernel_size, "KERNEL_W": kernel_size, "STRIDE_H": 1, "STRIDE_W": 1,
              "PADDING_H": pad, "PADDING_W": pad, "x_ptr": x, "weight_ptr": w, "out_ptr": out}  # fmt: skip
    for letter, tensor, axes in (("x", x, "nchw"), ("w", w, "oihw"), ("o", out, "nchw")):
        values |= {f"stride_{letter}{axis}": tensor.stride(i) for i, axis in enumerate(axes)}

    def launch(kernel: Any) -> Any:
        given = {name: value for name, value in values.items() if name in kernel.arg_names}
        grid = lambda meta: (triton.cdiv(pixels, meta["BLOCK_M"]), triton.cdiv(out_channels, meta["BLOCK_N"]))  # noqa: E731
        return kernel[grid](**given)

    return problem, launch, lambda: F.conv2d(x, w, padding=pad)


if __name__ == "__main__":
    main()
