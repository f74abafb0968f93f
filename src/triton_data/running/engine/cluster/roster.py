"""Which nodes a run has, and what they do: `RUN/nodes.json` for `status`, `RUN/logs/NODE.log` for what they print.

In: what the driver knows of each node. Out: files beside the run, written whole. Not covered: outcomes (run.db).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE, LOGS = "nodes.json", "logs"


@dataclass
class Row:
    name: str
    address: str
    host: str = ""
    pid: int = 0
    state: str = "starting"
    workers: int = 0
    running: int = 0
    queued: int = 0
    done: int = 0  # items, in this call
    died: int = 0  # workers
    seconds: float = 0.0  # of work
    said: str = ""  # why it is refused or gone
    seen: str = ""


def moment() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Roster:
    def __init__(self, run_dir: Path) -> None:
        self.run_dir = run_dir
        self.rows: dict[str, Row] = {}

    def write(self, stage: str) -> None:
        scratch = self.run_dir / f".{FILE}"
        rows = sorted(self.rows.values(), key=lambda row: row.name)
        scratch.write_text(json.dumps({"stage": stage, "time": moment(), "nodes": [asdict(row) for row in rows]}))
        scratch.replace(self.run_dir / FILE)

    def log(self, name: str, data: bytes) -> None:
        if data:
            (self.run_dir / LOGS).mkdir(exist_ok=True)
            safe = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name)
            with (self.run_dir / LOGS / f"{safe}.log").open("ab") as out:
                out.write(data)


def read(run_dir: Path) -> dict[str, Any]:
    """{} where no other machine has worked for this run."""
    path = run_dir / FILE
    if not path.is_file():
        return {}
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
