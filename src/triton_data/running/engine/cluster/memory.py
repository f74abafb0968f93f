"""Workers that eat a node's memory, found before the kernel or Ray kills something else for it.

In: pids of workers. Out: which of them has to go, and why. Foreign code has limits of its own in the jail; this is for
what our own process does to a large item. Not covered: memory of a GPU.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from triton_data.jail.outside import memory

GIB = 1 << 30
LEAST_FREE = 0.05  # of the machine, or of the container that we are in
CGROUP = Path("/sys/fs/cgroup")


def too_large(pids: Sequence[int], limit: int) -> tuple[int, str] | None:
    """`limit`: bytes of one worker, 0 for none; then the largest goes when hardly anything is free."""
    if not pids:
        return None
    held, pid = max((memory.of([pid]).held, pid) for pid in pids)
    if limit and held > limit:
        return pid, f"held {held / GIB:.1f} GiB, more than the {limit / GIB:.1f} of a worker"
    total, free = _machine()
    if free < LEAST_FREE * total and held > total / (2 * len(pids) + 2):
        return pid, f"held {held / GIB:.1f} GiB when {free / GIB:.1f} of {total / GIB:.1f} were free"
    return None


def _machine() -> tuple[int, int]:
    """(bytes, free ones); of the control group where that is smaller."""
    lines = (line.split() for line in Path("/proc/meminfo").read_text().splitlines())
    known = {words[0]: int(words[1]) * 1024 for words in lines if words[0] in ("MemTotal:", "MemAvailable:")}
    total, free = known["MemTotal:"], known["MemAvailable:"]
    try:
        most = (CGROUP / "memory.max").read_text().strip()
        used = int((CGROUP / "memory.current").read_text())
        stat = dict(line.split() for line in (CGROUP / "memory.stat").read_text().splitlines())
    except OSError:  # not in a group of our own, or one of the first version
        return total, free
    if not most.isdigit() or int(most) > total:
        return total, free
    return int(most), min(free, int(most) - used + int(stat.get("inactive_file", 0)))
