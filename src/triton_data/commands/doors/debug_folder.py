"""A `torch_compile_debug` folder into files and, when one is named, into a run.

In: the folder. Out: files under `out`, records, and one line that says what was found; what was skipped goes to stderr.
Not covered: reading the folder (capture/debug_folder.py).
"""

from __future__ import annotations

import sys
from pathlib import Path

from triton_data.capture.debug_folder import Summary, captures, extract_debug_folder
from triton_data.records import Drop, Outcome, digest
from triton_data.store import Store

STAGE = "debug_folder"
NO_PROGRAM = Drop("no_program", "a debug folder holds output code and not the program it was made of")


def get_kernels(path: Path, out: Path, run_dir: Path | None) -> str:
    summary = extract_debug_folder(path, out)
    for drop in summary.skipped:
        print(f"skipped {drop.part}: {drop.detail}", file=sys.stderr)
    if run_dir is None:
        return f"{out}: {summary}"
    with Store.open(run_dir) as store:
        _keep(store, summary)
    return f"{out} and {run_dir}: {summary}"


def _keep(store: Store, summary: Summary) -> None:
    """The same folder twice is one set of records; `rewrite` is told at once that it has nothing to compare with."""
    made = list(captures(summary))
    store.commit(STAGE, [Outcome(capture.key, (capture,)) for capture in made])
    skipped = [Outcome(digest(STAGE, drop.part), drops=(Drop(drop.reason, drop.part),)) for drop in summary.skipped]
    store.commit(STAGE, skipped)
    store.commit("rewrite", [Outcome(capture.key, drops=(NO_PROGRAM,)) for capture in made])
