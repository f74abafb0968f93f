"""How many kernels of the zoo become a small pair of their own, and are those right?

    PYTHONPATH=src python benchmarks/kernels_alone.py [--device cpu|cuda] [--only REGEX] [--shard 0/1]

Each program of benchmarks/modules is captured with no GPU and rewritten; each kernel that stands alone is run beside
its fused expression in eager, on the same inputs. Prints the shares and every wrong one. A plain comparison.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")]

from modules import programs  # noqa: E402  the folder that this script stands in is not a package
from rewrite_difference import copied, distance, moved, tensors  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--only", default="")
    parser.add_argument("--shard", default="0/1", help="every n-th program from the i-th, as i/n")
    parser.add_argument("--check", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.check:
        _check(options.check, options.device)
        return
    with tempfile.TemporaryDirectory() as scratch:
        kernels = _make(Path(scratch), options)
        interpret = {"TRITON_INTERPRET": "1"} if options.device == "cpu" else {}
        command = [sys.executable, __file__, "--check", scratch, "--device", options.device]
        done = subprocess.run(command, env={**os.environ, **interpret}, capture_output=True, text=True, check=False)
        lines = done.stdout.splitlines()
        right = sum(line.startswith("right") for line in lines)
        print("\n".join(line for line in lines if not line.startswith("right")))
        print(f"{kernels} kernels, {len(lines)} stand alone as distinct pairs; right on {options.device}: {right}")


def _make(folder: Path, options: argparse.Namespace) -> int:
    from triton_data.capture.headless.capture import capture_program
    from triton_data.records import Capture
    from triton_data.rewrite.options import Options
    from triton_data.rewrite.rewrite import rewrite_with_kernels

    index, count = map(int, options.shard.split("/"))
    total, found = 0, Counter[str]()
    for name, program in [item for item in programs() if re.search(options.only, item[0])][index::count]:
        capture = capture_program(program)
        if not isinstance(capture, Capture):
            continue
        total += len(capture.kernels)
        for small, pair in rewrite_with_kernels(program, capture, Options())[1]:
            found[name] += 1
            (folder / f"{small.key}.old.py").write_text(small.text)
            (folder / f"{small.key}.new.py").write_text(f"{pair.text}\nOLD, NEW = {small.entry!r}, {pair.entry!r}\n")
    print(f"{sum(found.values())} of {total} kernels, from {len(found)} programs")
    return total


def _check(folder: Path, device: str) -> None:
    import importlib.util

    import torch

    if device == "cpu":
        from triton_data.verify.jailed.interpreter.install import install

        install()
    for path in sorted(folder.glob("*.new.py")):
        spec = importlib.util.spec_from_file_location(f"made_{path.name.split('.')[0]}", path)
        assert spec is not None and spec.loader is not None
        new = importlib.util.module_from_spec(spec)
        old: dict[str, Any] = {}
        try:
            spec.loader.exec_module(new)
            exec(path.with_name(path.name.replace(".new.", ".old.")).read_text(), old)
            torch.manual_seed(0)
            inputs = moved(old["get_inputs"](), device)
            wanted, got = tensors(old[new.OLD](*copied(inputs))), tensors(getattr(new, new.NEW)(*copied(inputs)))
            worst = max(distance(a, b) for a, b in zip(wanted, got, strict=True))
            print("right" if worst <= 1 else f"  wrong {path.name} {new.OLD}: {worst:.3g}")
        except Exception as error:  # noqa: BLE001  whatever a file raises is its result here
            print(f"  wrong {path.name} {getattr(new, 'OLD', '')}: {type(error).__name__}: {str(error)[:150]!r}")


if __name__ == "__main__":
    main()
