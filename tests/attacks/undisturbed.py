"""Whether the next task of the same jail notices anything: its result, its time, and who else is still there."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

from triton_data.jail import Jail, Task

CLEAN = Task(source="def main(): return 'next'")
TRIES = 10  # the machine may be busy with something else for a moment
SLOWER = 2.0
SLACK_S = 0.5  # other tests share the cores: how much slower exactly is what benchmarks/jail.py measures


class Clean:
    """Measures once how long a task takes in a jail that nobody has attacked."""

    def __init__(self, jail: Jail) -> None:
        self.jail = jail
        self.usual = statistics.median(self._timed()[1] for _ in range(9))

    def _timed(self) -> tuple[object, float]:
        start = time.perf_counter()
        value = self.jail.run(CLEAN).value
        return value, time.perf_counter() - start

    def disturbed(self) -> str:
        """Every one must have its result; that one of them is as fast as ever is enough."""
        times = []
        for _ in range(TRIES):
            value, seconds = self._timed()
            times.append(seconds)
            if value != "next":
                return f"the next task returned {value!r}"
            if seconds < SLOWER * self.usual + SLACK_S:
                break
        else:
            return f"the next task takes {min(times):.3f} s, not {self.usual:.3f} s"
        return f"left running: {self.strays()}" if self.strays() else ""

    def strays(self) -> list[str]:
        """Whatever lives below the keeper and is not its zygote."""
        keeper = self.jail.held.keeper
        assert keeper is not None
        deadline = time.monotonic() + 2
        while True:
            zygotes = below(keeper.pid)
            left = [pid for zygote in zygotes for pid in below(zygote)] + zygotes[1:]
            if not left or time.monotonic() > deadline:
                return [name_of(pid) for pid in left]
            time.sleep(0.02)


def below(pid: int) -> list[int]:
    try:
        return [
            int(child)
            for thread in os.listdir(f"/proc/{pid}/task")  # noqa: PTH208
            for child in Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
        ]
    except FileNotFoundError:
        return []


def name_of(pid: int) -> str:
    try:
        return f"{pid} {Path(f'/proc/{pid}/cmdline').read_bytes()[:80]!r}"
    except OSError:
        return str(pid)
