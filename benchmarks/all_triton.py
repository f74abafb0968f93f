"""How much of a program becomes Triton, with no library call left, and is that right?

    PYTHONPATH=src python benchmarks/all_triton.py [--only REGEX] [--every N] [--mode inference|dynamic] [--jobs 2]
                                                   [--suite timm --models REGEX] [--verify] [--keep DIR]

Every program of benchmarks/modules, or the models of a suite, is captured with `libraries = "triton"` and with none,
and rewritten. With `--verify` each pair is judged as a run would judge it, in Triton's interpreter: some ten seconds
each. Prints the shares, what is left to libraries by operation, the choices that templates took, and every program
that is not verified, by name. Not covered: speed (template_choices.py) and CUDA.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")]

from triton_data.records import Drop, Program  # noqa: E402  the path is set first

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--every", type=int, default=1, help="each N-th program only")
    parser.add_argument("--mode", default="inference", choices=["inference", "dynamic"])
    parser.add_argument("--suite", default="", help="timm or huggingface, instead of benchmarks/modules")
    parser.add_argument("--models", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--verify", action="store_true")
    parser.add_argument("--keep", default="", help="folder for the files; kept")
    parser.add_argument("--shard", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.shard:
        _make(options)
        return
    with tempfile.TemporaryDirectory() as scratch:
        options.keep = options.keep or scratch
        rows = _shards(options)
        verdicts = _verified(rows, Path(options.keep), options.jobs) if options.verify else {}
    _report(rows, verdicts)


def _programs(options: argparse.Namespace) -> Iterator[Program]:
    if options.suite:
        from triton_data.capture.suites.programs import suite_programs

        yield from suite_programs(options.suite, options.models, None)
        return
    from modules import programs  # the folder that this script stands in is not a package

    for index, (name, program) in enumerate(programs()):
        if re.search(options.only, name) and index % options.every == 0:
            yield program


def _shards(options: argparse.Namespace) -> list[Row]:
    names = ("only", "every", "mode", "suite", "models", "keep")
    command = [sys.executable, __file__, *(w for name in names for w in (f"--{name}", str(getattr(options, name))))]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "TORCHINDUCTOR_COMPILE_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    started = [
        subprocess.Popen([*command, "--shard", f"{index}/{options.jobs}"], stdout=subprocess.PIPE, text=True,
                         stderr=subprocess.DEVNULL, env=env)
        for index in range(options.jobs)
    ]  # fmt: skip
    lines = [line for process in started for line in process.communicate()[0].splitlines() if line.startswith("{")]
    return sorted(map(json.loads, lines), key=lambda row: str(row["name"]))


def _make(options: argparse.Namespace) -> None:
    from triton_data.capture.headless.capture import capture_program
    from triton_data.rewrite.rewrite import rewrite

    index, shards = map(int, options.shard.split("/"))
    folder = Path(options.keep)
    folder.mkdir(parents=True, exist_ok=True)
    for program in list(_programs(options))[index::shards]:
        name = re.sub(r"\W", "_", program.origin.path.removesuffix(".py") or program.entry)
        row: Row = {"name": name}
        kept = capture_program(program, mode=options.mode)
        row["kept"] = ["dropped"] if isinstance(kept, Drop) else kept.externs
        capture = capture_program(program, mode=options.mode, libraries="triton")
        if isinstance(capture, Drop):
            row["dropped"] = f"{capture.reason}: {capture.detail}"
        else:
            row["externs"] = capture.externs
            row["templates"] = sum(kernel.name.startswith("triton_tem_") for kernel in capture.kernels)
            try:
                pair = rewrite(program, capture)
            except Exception as error:  # noqa: BLE001  a bug of ours is a result here, and the other programs go on
                pair = Drop("bug", f"{type(error).__name__}: {error}")
            if isinstance(pair, Drop):
                row["declined"] = f"{pair.reason}: {pair.detail}"
            else:
                (folder / f"{name}.reference.py").write_text(program.text)
                (folder / f"{name}.py").write_text(pair.text)
        print(json.dumps(row), flush=True)


def _verified(rows: list[Row], folder: Path, jobs: int) -> dict[str, str]:
    """name -> '' where it passed, else the reason it did not."""
    from triton_data.verify.bench.bench import open_bench
    from triton_data.verify.judge.judgement import PROTOCOL
    from triton_data.verify.judge.pair import verify_texts

    def judged(row: Row) -> tuple[str, str]:
        reference, candidate = (folder / f"{row['name']}{end}" for end in (".reference.py", ".py"))
        texts = reference.read_text(), candidate.read_text()
        found = verify_texts(*texts, protocol=PROTOCOL, bench=bench, externs=tuple(row["externs"]), captured=True)
        return row["name"], "" if found.passed else f"{found.reason}: {found.detail}"

    made = [row for row in rows if "externs" in row and "declined" not in row]
    with open_bench("cpu") as bench, ThreadPoolExecutor(jobs) as pool:
        return dict(pool.map(judged, made))


def _report(rows: list[Row], verdicts: dict[str, str]) -> None:
    import torch
    import triton

    captured = [row for row in rows if "externs" in row]
    whole = [row for row in captured if not row["externs"]]
    made = [row for row in captured if "declined" not in row]
    print(f"torch {torch.__version__}, triton {triton.__version__}")
    print(f"{len(rows)} programs, {len(captured)} captured")
    print(f"no library call: {_share(whole, captured)}; by default: {sum(not row['kept'] for row in rows)}")
    print(f"template kernels: {sum(row['templates'] for row in captured)}")
    print(f"rewritten: {_share(made, captured)}")
    if verdicts:
        print(f"verified in the interpreter: {_share([n for n, reason in verdicts.items() if not reason], made)}")
    for extern, number in Counter(extern for row in captured for extern in row["externs"]).most_common():
        print(f"  left to a library: {extern} {number}")
    for row in rows:
        if "dropped" in row or "declined" in row:
            print(f"  {row['name']}: {(row.get('dropped') or row['declined'])[:160]}")
    for name, reason in sorted(verdicts.items()):
        if reason:
            print(f"  not verified, {name}: {' '.join(reason.split())[:200]}")


def _share(part: list[Any], of: list[Any]) -> str:
    return f"{len(part)} of {len(of)} ({len(part) / max(len(of), 1):.1%})"


if __name__ == "__main__":
    main()
