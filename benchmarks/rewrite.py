"""How many captures become standalone Triton programs, and are those right?

    PYTHONPATH=src python benchmarks/rewrite.py [--device cpu|cuda] [--mode inference|training|dynamic] [--only REGEX]
                                                [--libraries keep|triton] [--jobs 2] [--keep DIR]

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
    parser.add_argument("--libraries", default="keep", choices=["keep", "triton"])
    parser.add_argument("--keep", default="", help="folder for the files; kept")
    parser.add_argument("--seconds", type=float, default=30.0, help="limit of one check")
    parser.add_argument("--side", choices=["make", "check"], help=argparse.SUPPRESS)
    parser.add_argument("--shard", default="0/1", help=argparse.SUPPRESS)
    parser.add_argument("--folder", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _shards(options: argparse.Namespace, folder: Path, side: str, env: dict[str, str]) -> list[Row]:
    passed = {"side": side, "folder": str(folder)}
    passed |= {
        name: str(getattr(options, name)) for name in ("only", "mode", "device", "target", "seconds", "libraries")
    }
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
    from triton_data.capture.headless.capture import capture_program
    from triton_data.records import Drop
    from triton_data.rewrite.rewrite import rewrite

    capture = capture_program(program, options.target, options.mode, options.libraries)
    if isinstance(capture, Drop):
        return {"capture": capture.reason}
    started = time.process_time()
    try:
        pair = rewrite(program, capture)
    except Exception as error:  # noqa: BLE001  a bug of ours is a result here, and the other programs go on
        return {"rewrite": "bug", "detail": f"{type(error).__name__}: {error}", "externs": capture.externs}
    seconds = time.process_time() - started
    if isinstance(pair, Drop):
        return {"rewrite": pair.reason, "detail": pair.detail, "externs": capture.externs}
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
        "externs": capture.externs,
    }


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text)


def _checked(program: Any, options: argparse.Namespace) -> Row:
    import signal

    from rewrite_difference import difference  # not before the device of the interpreter is settled

    path = Path(options.folder) / f"{program.entry}.py"
    if not path.exists():
        return {}

    def too_long(*_: Any) -> None:
        raise TimeoutError(f"over {options.seconds:g} s")

    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, options.seconds)
    try:
        return {"error": "", "difference": difference(program, path, options.device, options.mode == "training")}
    except Exception as error:  # noqa: BLE001  whatever a file raises is its result here
        return {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


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
    whole = [row for row in captured if not row["externs"]]
    print(f"{len(whole)} captures call no library ({_share(whole, captured)})")
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
    for row in captured:
        if row["externs"]:
            print(f"  left to a library, {row['name']}: {', '.join(row['externs'])[:150]}")
    for name, result in sorted(results.items()):
        if result["error"] or result["difference"] > 1:
            print(f"  wrong {name}: {result['error'] or format(result['difference'], '.3g')}"[:230])


if __name__ == "__main__":
    main()
