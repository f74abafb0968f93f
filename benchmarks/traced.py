"""Print what following a program costs, and what running it on numbers adds, in CPU time of this process.

    python -m benchmarks.traced [FOLDER…]

In: the second set of disguises in tests/curate, and folders of programs in KernelBench's form, such as
KernelBench/level2. Out: milliseconds a program. Not covered: the jail around it, which costs the same either way.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from unittest import mock

import torch
from tests.curate import second_disguises

from triton_data.curate.benchmarks import observed, trace
from triton_data.formats.program_form import read_program
from triton_data.records import Origin, Program


def _milliseconds(programs: list[Program]) -> float:
    started = time.process_time()
    for program in programs:
        try:
            trace.run({"text": program.text, "entry": program.entry})
        except Exception:  # noqa: BLE001 - some need packages, or do not run
            continue
    return 1000 * (time.process_time() - started) / max(1, len(programs))


def main(folders: list[str]) -> None:
    torch.set_num_threads(1)
    trace.warm()
    sets = {"second set": [(text, "Model") for _, text in second_disguises.SAME.values()]}
    for folder in folders:
        sets[folder] = [(path.read_text("utf-8"), path.stem) for path in sorted(Path(folder).glob("*.py"))]
    for name, texts in sets.items():
        read = [read_program(text, stem, Origin("given")) for text, stem in texts]
        programs = [each for each in read if isinstance(each, Program)]
        _milliseconds(programs)  # what torch loads at first use
        with (
            mock.patch.object(trace, "_texts", return_value=()),
            mock.patch.object(observed, "packed", return_value=""),
        ):
            alone = _milliseconds(programs)
        print(
            f"{name}: {len(programs)} programs, followed {alone:.0f} ms, with numbers {_milliseconds(programs):.0f} ms"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
