"""Do rewritten files compile for a GPU, on a machine that has none?

    PYTHONPATH=src python benchmarks/compile_rewritten.py [--target sm_90] [--mode inference] [--only X] [--shard 0/1]

Each program of benchmarks/modules is captured and rewritten; the file is then called with the program's inputs, and
every kernel that it would launch goes through Triton's compiler to cubin instead. Prints each failure and the share.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")]
os.environ |= {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}

from modules import programs  # noqa: E402  the folder that this script stands in is not a package


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", default="sm_90")
    parser.add_argument("--mode", default="inference")
    parser.add_argument("--only", default="")
    parser.add_argument("--shard", default="0/1", help="every n-th program from the i-th, as i/n")
    options = parser.parse_args()
    os.environ["TRITON_CACHE_DIR"] = tempfile.mkdtemp()
    from triton_data.capture.headless.capture import capture_program
    from triton_data.capture.toolchain import versions
    from triton_data.evaluate.compile_candidate import run
    from triton_data.evaluate.compile_conversation import CompileAnswer, CompileQuestion
    from triton_data.records import Drop
    from triton_data.rewrite.rewrite import rewrite
    from triton_data.verify.wire.record import encode, parse

    index, count = map(int, options.shard.split("/"))
    files = good = kernels = 0
    for name, program in [item for item in programs() if re.search(options.only, item[0])][index::count]:
        capture = capture_program(program, options.target, options.mode)
        pair = capture if isinstance(capture, Drop) else rewrite(program, capture)
        if isinstance(pair, Drop):
            continue
        files += 1
        question = CompileQuestion(pair.text, options.target, program.text, pair.entry)
        try:
            kernels += len(parse(CompileAnswer, run(encode(question))[0]).kernels)
            good += 1
        except Exception as error:  # noqa: BLE001  whatever a file raises is its result here
            print(f"  {name}: {type(error).__name__}: {' '.join(str(error).split())[:200]}", flush=True)
    print(f"{dict(versions())}: {good} of {files} files compile for {options.target}, {kernels} kernels")
    return 0


if __name__ == "__main__":
    sys.exit(main())
