"""Who asked us to wait, and until when: one small file a host or rate-limit resource, shared by all processes.

In: what a host's answer asked for. Out: a pause here, or a `Deferred` where the wait is longer than our patience.
On disk, because four fetchers share one host's patience, and a restarted run must not begin by asking again.
Not covered: how long an answer asks for (retry_after.py).
"""

from __future__ import annotations

import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from triton_data.sources.fetching.retry_after import FIRST_PAUSE, LONGEST_PAUSE
from triton_data.sources.reasons import Deferred, stamp

FORGIVEN = 600.0  # seconds without a refusal, after which the next one waits a minute again


@dataclass(frozen=True)
class Waits:
    folder: Path
    patience: float = 900.0  # seconds that are slept here; longer waits are deferred

    def hold(self, who: str, seconds: float) -> None:
        """Nobody asks `who` anything for so long; a longer wait already in force stays."""
        until = time.time() + seconds
        if until <= self._until(who):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f".{os.getpid()}"
        temporary.write_text(repr(until))
        temporary.replace(self._path(who))

    def refused(self, who: str) -> None:
        """A refusal that names no time: a minute, and twice as long as the last wait where that ended just now."""
        path = self._path(who)
        ended = time.time() - self._until(who)
        last = path.stat().st_mtime if path.exists() else 0.0
        before = self._until(who) - last if 0 <= ended < FORGIVEN else 0.0
        self.hold(who, min(max(FIRST_PAUSE, 2 * before), LONGEST_PAUSE))

    def keep(self, who: str, why: str = "its budget is spent") -> None:
        """Return once `who` may be asked again."""
        while (left := self._until(who) - time.time()) > 0:
            until = time.time() + left
            if left > self.patience:
                raise Deferred(until, f"{who}: {why}")
            if left >= 2:
                print(f"{who}: {why}; waiting {left:.0f} s, until {stamp(until)}", file=sys.stderr, flush=True)
            time.sleep(left)

    def _until(self, who: str) -> float:
        try:
            return float(self._path(who).read_text())
        except FileNotFoundError:
            return 0.0

    def _path(self, who: str) -> Path:
        return self.folder / re.sub(r"[^A-Za-z0-9.-]", "_", who)
