"""Small kernels over all of tl.*: what a GPU answers, and where the interpreter answers otherwise.

    python benchmarks/interpreter_differences.py --device cuda > tests/verify/interpreter/on_a_gpu.json
    python benchmarks/interpreter_differences.py --against tests/verify/interpreter/on_a_gpu.json

The first prints the answers as JSON (a GPU, some minutes); the second runs the same kernels in the interpreter and
prints what differs. The kernels are generated from the tables in benchmarks/small_kernels/.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--against", type=Path, help="answers to compare with, instead of printing them")
    parser.add_argument("--only", default="", help="kernels whose name begins like this")
    options = parser.parse_args()
    if options.device == "cpu":
        os.environ["TRITON_INTERPRET"] = "1"
        os.environ.setdefault("TRITON_F32_DEFAULT", "ieee")
    from small_kernels import answers, table

    kernels = [one for one in table.everything() if one.name.startswith(options.only)]
    found = answers.of(kernels, options.device)
    if options.against is None:
        print(answers.printed(found, options.device))
        return
    known = json.loads(options.against.read_text("utf-8"))["answers"]
    apart = answers.differences(kernels, known, found)
    for name, how in apart.items():
        print(f"{name}: {how}")
    print(f"{len(apart)} of {len(kernels)} kernels differ; {answers.counted(known)}")


if __name__ == "__main__":
    main()
