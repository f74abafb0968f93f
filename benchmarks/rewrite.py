"""How many captures become standalone Triton programs, and are those right?

    PYTHONPATH=src python benchmarks/rewrite.py [--device cpu|cuda] [--mode inference|training|dynamic] [--only REGEX]
                                                [--jobs 2] [--keep DIR]

Each program of benchmarks/modules is captured with no GPU, rewritten, and the file is run in a process of its own
against eager with the same weights: in Triton's interpreter on the CPU, or on CUDA. In training that is the results,
the gradients and the buffers. Prints what became of them, each failure by name, and the measures of readability. A
plain comparison, not a verification.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")]

from modules import programs  # noqa: E402  the folder that this script stands in is not a package

Row = dict[str, Any]


def main() -> None:
    options = _options()
    if options.side:
        _worker(options)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        rows = _shards(options, folder, "make", {"CUDA_VISIBLE_DEVICES": ""})
        interpret = {"TRITON_INTERPRET": "1"} if options.device == "cpu" else {}
        results = {r["name"]: r for r in _shards(options, folder, "check", interpret)}
    _report(rows, results, options.device)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="")
    parser.add_argument("--mode", default="inference")
    parser.add_argument("--target", default="sm_90")
    parser.add_argument("--keep", default="", help="folder for the files; kept")
    parser.add_argument("--seconds", type=float, default=30.0, help="limit of one check")
    parser.add_argument("--side", choices=["make", "check"], help=argparse.SUPPRESS)
    parser.add_argument("--shard", default="0/1", help=argparse.SUPPRESS)
    parser.add_argument("--folder", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _shards(options: argparse.Namespace, folder: Path, side: str, env: dict[str, str]) -> list[Row]:
    passed = {"side": side, "folder": str(folder)}
    passed |= {name: str(getattr(options, name)) for name in ("only", "mode", "device", "target", "seconds")}
    command = [sys.executable, __file__, *(word for name, value in passed.items() for word in (f"--{name}", value))]
    quiet = {"OMP_NUM_THREADS": "1", "TORCHINDUCTOR_COMPILE_THREADS": "1"}
    started = [
        subprocess.Popen([*command, "--shard", f"{i}/{options.jobs}"], stdout=subprocess.PIPE, text=True,
                         stderr=subprocess.DEVNULL, env={**os.environ, **quiet, **env})
        for i in range(options.jobs)
    ]  # fmt: skip
    rows = [json.loads(line) for p in started for line in p.communicate()[0].splitlines() if line.startswith("{")]
    return sorted(rows, key=lambda row: str(row["name"]))


def _worker(options: argparse.Namespace) -> None:
    index, shards = map(int, options.shard.split("/"))
    chosen = [program for name, program in programs() if re.search(options.only, name)]
    for program in chosen[index::shards]:
        row = _made(program, options) if options.side == "make" else _checked(program, options)
        if row:
            print(json.dumps({"name": program.entry, **row}), flush=True)


def _made(program: Any, options: argparse.Namespace) -> Row:
    from triton_data.capture.headless import capture_program
    from triton_data.records import Drop
    from triton_data.rewrite.rewrite import rewrite

    capture = capture_program(program, options.target, options.mode)
    if isinstance(capture, Drop):
        return {"capture": capture.reason}
    started = time.process_time()
    try:
        pair = rewrite(program, capture)
    except Exception as error:  # noqa: BLE001  a bug of ours is a result here, and the other programs go on
        return {"rewrite": "bug", "detail": f"{type(error).__name__}: {error}"}
    seconds = time.process_time() - started
    if isinstance(pair, Drop):
        return {"rewrite": pair.reason, "detail": pair.detail}
    (Path(options.folder) / f"{program.entry}.py").write_text(pair.text)
    original = sum(len(_tokens(graph.code)) for graph in capture.graphs)
    names = re.findall(r"^\s+(\w+)(?:, \w+)* = ", pair.text, re.MULTILINE)
    return {
        "seconds": seconds,
        "ratio": len(_tokens(pair.text)) / original,
        "tmp": sum(bool(re.match(r"_?tmp\d", name)) for name in names) / max(len(names), 1),
        "lines": pair.text.count("\n") / len(capture.kernels),
        "private": "_inductor" in pair.text,
        "kernels": len(capture.kernels),
    }


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text)


def _checked(program: Any, options: argparse.Namespace) -> Row:
    import signal

    path = Path(options.folder) / f"{program.entry}.py"
    if not path.exists():
        return {}

    def too_long(*_: Any) -> None:
        raise TimeoutError(f"over {options.seconds:g} s")

    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, options.seconds)
    try:
        return {"error": "", "difference": _difference(program, path, options)}
    except Exception as error:  # noqa: BLE001  whatever a file raises is its result here
        return {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _difference(program: Any, path: Path, options: argparse.Namespace) -> float:
    """The largest error, in units of the tolerance of the output's type; above 1 is wrong."""
    import importlib.util

    import torch

    device, training = options.device, options.mode == "training"
    if device == "cpu":
        from triton_data.verify.interpreter.install import install

        install()
    torch.backends.cudnn.allow_tf32 = False  # else two convolutions of one tensor differ by 1e-3
    reference: dict[str, Any] = {}
    exec(compile(program.text, program.entry, "exec"), reference)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    torch.manual_seed(0)
    old, new = reference[program.entry], getattr(module, f"{program.entry}New")
    inputs = _moved(reference["get_inputs"](), device)
    args, kwargs = _split(inputs)
    if isinstance(old, type):
        init_args, init_kwargs = _split(reference.get("get_init_inputs", list)())
        old, new = (made(*init_args, **init_kwargs).train(training).to(device) for made in (old, new))
        new.load_state_dict(old.state_dict())
    states = _copied(old.state_dict()) if isinstance(old, torch.nn.Module) else {}
    wanted = _results(old, _copied(args), _copied(kwargs), training)
    got = _results(new, _copied(args), _copied(kwargs), training)
    if states:
        old.load_state_dict(states)
    torch.manual_seed(1)
    again = _results(old, _copied(args), _copied(kwargs), training)
    if any(a.shape != b.shape or _error(a, b) > 1 for a, b in zip(wanted, again, strict=True)):
        return -1.0  # random: there are no numbers to give
    if len(wanted) != len(got):
        raise ValueError(f"{len(got)} outputs instead of {len(wanted)}")
    return max((_error(a, b) for a, b in zip(wanted, got, strict=True)), default=0.0)


def _results(call: Any, args: Any, kwargs: Any, training: bool) -> list[Any]:
    """What it returns; in training also the gradients of a weighted sum of that, and the buffers afterwards."""
    import torch

    with torch.set_grad_enabled(training):
        if not training:
            return _tensors(call(*args, **kwargs))
        learned = list(call.parameters()) if isinstance(call, torch.nn.Module) else []
        learned = [p for p in learned if p.requires_grad]
        if not learned:  # as in the capture
            learned = [v for v in (*args, *kwargs.values()) if isinstance(v, torch.Tensor) and v.is_floating_point()]
            learned = [v.requires_grad_() for v in learned if v.is_leaf]
        made = _tensors(call(*args, **kwargs))
        losses = [(leaf.double() * _weights(leaf)).sum() for leaf in made if leaf.requires_grad]
        gradients = torch.autograd.grad(sum(losses), learned, allow_unused=True) if losses else ()
        gradients = _as_one([g for g in gradients if g is not None], made)
    buffers = list(call.buffers()) if isinstance(call, torch.nn.Module) else []
    return [*(leaf.detach() for leaf in made), *gradients, *_copied(buffers)]


def _as_one(gradients: list[Any], made: list[Any]) -> list[Any]:
    """All gradients as one tensor, of the least precise type: what is zero but for rounding has no scale of its own."""
    import torch

    if not gradients:
        return []
    kinds = [each.dtype for each in (*gradients, *made) if each.is_floating_point()]
    least = max(kinds, key=lambda kind: torch.finfo(kind).eps)
    return [torch.cat([each.double().flatten() for each in gradients]).to(least)]


def _weights(leaf: Any) -> Any:
    import torch

    return torch.linspace(-1, 2, leaf.numel(), dtype=torch.float64, device=leaf.device).reshape(leaf.shape)


def _error(wanted: Any, got: Any) -> float:
    import torch

    if wanted.shape != got.shape or wanted.dtype != got.dtype:
        raise ValueError(f"{tuple(got.shape)} {got.dtype} instead of {tuple(wanted.shape)} {wanted.dtype}")
    if not wanted.is_floating_point():
        return 0.0 if torch.equal(wanted.cpu(), got.cpu()) else float("inf")
    unit = {torch.float64: 1e-8, torch.float32: 1e-4, torch.float16: 1e-2, torch.bfloat16: 4e-2}[wanted.dtype]
    a, b = wanted.double().cpu(), got.double().cpu()
    if not torch.equal(a.isnan(), b.isnan()):
        return float("inf")
    a, b = a.nan_to_num(), b.nan_to_num()
    scale = a.abs().max().clamp(min=1e-3) if a.numel() else torch.tensor(1.0)
    return float(((a - b).abs().max() / scale / unit) if a.numel() else 0.0)


def _split(given: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    match given:
        case [list() | tuple() as args, dict() as kwargs]:
            return tuple(args), kwargs
    return tuple(given), {}


def _moved(value: Any, device: str) -> Any:
    import torch

    return torch.utils._pytree.tree_map(lambda v: v.to(device) if isinstance(v, torch.Tensor) else v, value)


def _copied(value: Any) -> Any:
    import torch

    return torch.utils._pytree.tree_map(lambda v: v.clone() if isinstance(v, torch.Tensor) else v, value)


def _tensors(value: Any) -> list[Any]:
    import torch

    return [leaf for leaf in torch.utils._pytree.tree_leaves(value) if isinstance(leaf, torch.Tensor)]


def _share(part: list[Row], whole: list[Row]) -> str:
    return f"{len(part) / max(len(whole), 1):.1%}"


def _report(rows: list[Row], results: dict[str, Row], device: str) -> None:
    import torch
    import triton

    captured = [row for row in rows if "capture" not in row]
    made = [row for row in captured if "rewrite" not in row]
    right = [r for r in results.values() if not r["error"] and 0 <= r["difference"] <= 1]
    random = [name for name, r in results.items() if not r["error"] and r["difference"] < 0]
    print(f"torch {torch.__version__}, triton {triton.__version__}, checked on {device}")
    print(f"{len(rows)} programs, {len(captured)} captured, {len(made)} rewritten ({_share(made, captured)})")
    print(f"{len(right)} of them give eager's numbers ({_share(right, made)}); random, not compared: {len(random)}")
    print(f"{sum(row['private'] for row in made)} of them name private modules")
    for key, words in (("ratio", "tokens against the output code"), ("tmp", "share of tmpN names"),
                       ("lines", "lines a kernel"), ("seconds", "CPU seconds a file")):  # fmt: skip
        values = [row[key] for row in made]
        if values:
            print(f"  {words}: median {statistics.median(values):.2f}, mean {statistics.fmean(values):.2f}")
    for reason, number in Counter(row["rewrite"] for row in captured if "rewrite" in row).most_common():
        print(f"  declined {reason}: {number}")
    for row in captured:
        if "rewrite" in row:
            print(f"    {row['name']}: {row['detail'][:150]}")
    for name, result in sorted(results.items()):
        if result["error"] or result["difference"] > 1:
            print(f"  wrong {name}: {result['error'] or format(result['difference'], '.3g')}"[:230])


if __name__ == "__main__":
    main()
