"""What happened in a run, one JSON object a line in `RUN/events.jsonl`, for people and scripts to follow.

Appended, never rewritten; each line has the time and the kind of event. Not covered: outcomes of items (run.db).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class Events:
    def __init__(self, path: Path) -> None:
        self._out = path.open("a", encoding="utf-8")

    def __enter__(self) -> Events:
        return self

    def __exit__(self, *exc: object) -> None:
        self._out.close()

    def write(self, event: str, **values: Any) -> None:
        row = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **values}
        self._out.write(json.dumps(row) + "\n")
        self._out.flush()
