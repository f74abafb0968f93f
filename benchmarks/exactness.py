"""Is a capture without a GPU the code that Inductor emits on one? Run this on a machine that has one.

    PYTHONPATH=src python benchmarks/exactness.py [--jobs 8] [--only REGEX] [--modes M,N] [--programs DIR]

Each program of benchmarks/modules, or each file of DIR in KernelBench's form, is compiled twice with the torch
that is installed: by the real Inductor on the GPU, run, and differentiated; and headless, in processes that see no
GPU. Kernels and extern calls are compared as text after blanking the device's properties and the backend's hash.
Prints a table and every difference, and writes both texts of each to $OUT/exactness.json when OUT is set. Exit status
1 when a share is below its bar. Without a GPU, `--no-gpu-reference` runs the headless half alone. Not covered:
dynamic shapes, other GPUs than the one here.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")]

from modules import programs  # noqa: E402  the folder that this script stands in is not a package

BARS = {"inference": 0.99, "training": 0.97}
Answer = dict[str, Any]  # name, mode, kernels, externs, error


def main() -> int:
    options = _options()
    if options.side:
        return _worker(options)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        sides = ["headless"] if options.no_gpu_reference else ["gpu", "headless"]
        # One side after the other: both together would only slow each other down.
        answers = {side: _run_side(side, options, Path(scratch)) for side in sides}
    print(f"{time.monotonic() - started:.0f} s in all")
    if options.no_gpu_reference:
        return _report_headless(answers["headless"])
    return _report(answers["gpu"], answers["headless"])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--programs", type=Path, help="a folder of programs in KernelBench's form, instead of ours")
    parser.add_argument("--only", default="", help="regular expression on program names")
    parser.add_argument("--modes", default="inference,training")
    parser.add_argument("--target", default="sm_90", help="the target that is this machine's GPU")
    parser.add_argument("--no-padding", action="store_true", help="on the GPU too: whether to pad is measured there")
    parser.add_argument("--no-gpu-reference", action="store_true")
    parser.add_argument("--side", choices=["gpu", "headless"], help=argparse.SUPPRESS)
    parser.add_argument("--shard", default="0/1", help=argparse.SUPPRESS)
    return parser.parse_args()


def _run_side(side: str, options: argparse.Namespace, scratch: Path) -> dict[tuple[str, str], Answer]:
    started = time.monotonic()
    workers = []
    for index in range(options.jobs):
        out = scratch / f"{side}{index}.jsonl"
        caches = {
            "TORCHINDUCTOR_CACHE_DIR": str(scratch / f"{side}{index}"),
            "TRITON_CACHE_DIR": str(scratch / f"t{index}"),
        }
        one_thread = {"OMP_NUM_THREADS": "1", "TORCHINDUCTOR_COMPILE_THREADS": "1"}
        hidden = {"CUDA_VISIBLE_DEVICES": ""} if side == "headless" else {}
        command = [sys.executable, __file__, "--side", side, "--shard", f"{index}/{options.jobs}"]
        command += ["--only", options.only, "--modes", options.modes, "--target", options.target]
        if options.programs:
            command += ["--programs", str(options.programs)]
        if options.no_padding:
            command += ["--no-padding"]
        environment = os.environ | caches | one_thread | hidden
        with out.open("w") as stdout, (scratch / f"{side}{index}.log").open("w") as stderr:
            workers.append((subprocess.Popen(command, stdout=stdout, stderr=stderr, env=environment), out))
    found = {}
    for worker, out in workers:
        status = worker.wait()
        for line in out.read_text().splitlines():
            if line.startswith("{"):
                answer = json.loads(line)
                found[answer["name"], answer["mode"]] = answer
        if status != 0:
            print(f"a {side} worker ended with {status}: {out.with_suffix('.log').read_text()[-500:]}")
    print(f"{side}: {len(found)} compilations in {time.monotonic() - started:.0f} s")
    return found


def _worker(options: argparse.Namespace) -> int:
    index, count = map(int, options.shard.split("/"))
    compile_one = _on_gpu if options.side == "gpu" else _headless
    chosen = [item for item in _programs(options.programs) if re.search(options.only, item[0])]
    for name, program in chosen[index::count]:
        for mode in options.modes.split(","):
            answer = {"name": name, "mode": mode, **compile_one(program, mode, options)}
            print(json.dumps(answer), flush=True)
    return 0


def _programs(folder: Path | None) -> Iterator[tuple[str, Any]]:
    from triton_data.records import Program
    from triton_data.without_run.extract import read_program

    if folder is None:
        yield from programs()
        return
    for path in sorted(folder.rglob("*.py")):
        program = read_program(path)
        if isinstance(program, Program):
            yield path.relative_to(folder).with_suffix("").as_posix(), program


def _headless(program: Any, mode: str, options: argparse.Namespace) -> Answer:
    from triton_data.capture.headless.capture import capture_program
    from triton_data.capture.reasons import Reason
    from triton_data.records import Drop

    result = capture_program(program, options.target, mode)
    if isinstance(result, Drop):
        error = "" if result.reason == Reason.NO_TRITON else f"{result.reason}: {result.detail}"
        return {"kernels": [], "externs": [], "error": error}
    return _answer([graph.code for graph in result.graphs])


def _on_gpu(program: Any, mode: str, options: argparse.Namespace) -> Answer:
    import torch

    from modules.reference import real_output_codes

    try:
        return _answer(real_output_codes(program, mode == "training", not options.no_padding))
    except Exception as error:  # noqa: BLE001  a program that the GPU refuses is reported, not compared
        torch.cuda.empty_cache()
        return {"kernels": [], "externs": [], "error": f"{type(error).__name__}: {str(error)[:300]}"}


def _answer(codes: list[str]) -> Answer:
    from triton_data.capture.output_code import comparable, externs_of, kernels_of

    kernels = sorted(comparable(kernel.text) for code in codes for kernel in kernels_of(code))
    return {"kernels": kernels, "externs": sorted(name for code in codes for name in externs_of(code)), "error": ""}


def _report_headless(answers: dict[tuple[str, str], Answer]) -> int:
    for mode in sorted({mode for _, mode in answers}):
        mine = [answer for (_, each), answer in answers.items() if each == mode]
        failed = [answer for answer in mine if answer["error"]]
        kernels = sum(len(answer["kernels"]) for answer in mine)
        print(f"{mode}: {len(mine) - len(failed)} of {len(mine)} captured, {kernels} kernels")
        for answer in failed:
            print(f"  {answer['name']}: {answer['error']}")
    return 0


def _report(real: dict[tuple[str, str], Answer], headless: dict[tuple[str, str], Answer]) -> int:
    different: list[Answer] = []
    status = 0
    for mode in sorted({mode for _, mode in real}):
        counts: Counter[str] = Counter()
        for (name, each), expected in real.items():
            if each != mode:
                continue
            got = headless.get((name, mode), {"kernels": [], "externs": [], "error": "no answer"})
            verdict = _verdict(expected, got)
            counts[verdict] += 1
            counts["kernels"] += len(expected["kernels"])
            counts["same kernels"] += sum((Counter(expected["kernels"]) & Counter(got["kernels"])).values())
            if verdict == "different":
                different.append({"name": name, "mode": mode, "gpu": expected, "headless": got})
            elif verdict == "not on the GPU":
                print(f"  skipped {name} ({mode}), which fails on the GPU: {expected['error'][:150]}")
        compared = counts["identical"] + counts["different"]
        share = counts["identical"] / max(compared, 1)
        status |= share < BARS.get(mode, 1)
        print(
            f"{mode}: {counts['identical']} of {compared} identical ({share:.1%}), "
            f"{counts['same kernels']} of {counts['kernels']} kernels; no Triton either way: "
            f"{counts['no triton']}; fails on the GPU: {counts['not on the GPU']}"
        )
    for item in different:
        print(f"  {item['name']} ({item['mode']}): {_first_difference(item['gpu'], item['headless'])}")
    if "OUT" in os.environ:
        Path(os.environ["OUT"], "exactness.json").write_text(json.dumps(different, indent=1))
    return int(status)


def _verdict(expected: Answer, got: Answer) -> str:
    if expected["error"]:
        return "not on the GPU"
    if not expected["kernels"] and not got["kernels"] and not got["error"]:
        return "no triton"
    same = all(expected[part] == got[part] for part in ("kernels", "externs"))
    return "identical" if same and not got["error"] else "different"


def _first_difference(expected: Answer, got: Answer) -> str:
    if got["error"]:
        return str(got["error"])
    theirs: Counter[str] = Counter(expected["externs"])
    ours: Counter[str] = Counter(got["externs"])
    if theirs != ours:
        return f"externs: GPU only {list(theirs - ours)}, headless only {list(ours - theirs)}"
    return next(_differing_lines(expected["kernels"], got["kernels"]), "the same lines in another order")


def _differing_lines(expected: list[str], got: list[str]) -> Iterator[str]:
    ours = {line for text in got for line in text.splitlines()}
    theirs = {line for text in expected for line in text.splitlines()}
    only = [line.strip()[:160] for text in expected for line in text.splitlines() if line not in ours]
    extra = [line.strip()[:160] for text in got for line in text.splitlines() if line not in theirs]
    if only or extra:
        yield f"{len(expected)} / {len(got)} kernels; GPU only: {only[:1]}; headless only: {extra[:1]}"


if __name__ == "__main__":
    sys.exit(main())
