"""A driver to be killed: runs a Numbered stage in RUN_DIR. `python -m tests.driver RUN_DIR ITEMS PAUSE`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.stages import Numbered
from triton_data.running.engine.local import LocalEngine
from triton_data.running.stage import run_stage
from triton_data.store import Store


def main() -> None:
    run_dir, items, pause = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    with Store.open(run_dir) as store:
        summary = run_stage(Numbered(items, {}, pause=pause), store, LocalEngine(jobs=2))
        sys.exit(130 if summary.interrupted else 0)


if __name__ == "__main__":
    main()
