"""What a task holds of the machine's memory, by the kernel's own numbers: over all of its processes, whoever their
parent is by now.

In: pids. Out: bytes. Counted are anonymous and shared pages, what is swapped out, and page tables; pages of files are
not, the kernel can drop them. A process whose first thread has ended is asked through another. Not covered: buffers in
the kernel (pipes, sockets) of few processes, which RLIMIT_NOFILE bounds; of many they are guessed.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

WANTED = (b"Vm", b"Rss", b"Threads:")
COUNTED = (b"RssAnon:", b"RssShmem:", b"VmPTE:", b"VmSwap:")
FEW, BUFFER = 16, 256 << 10  # descriptors of a process, and what each may keep in the kernel
LONGEST_S, UNTOLD = 1.0, 1 << 62
TICKS = os.sysconf("SC_CLK_TCK")
SHARED_OUT = (b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:")
WITHOUT_A_NAME = ("/dev/zero", "/memfd:", "/SYSV")  # as the kernel shows memory that is shared and is no file


@dataclass(frozen=True, slots=True)
class Use:
    held: int = 0
    addresses: int = 0
    shared: int = 0  # of what is held
    threads: int = 0

    def __add__(self, other: Use) -> Use:
        return Use(
            self.held + other.held,
            self.addresses + other.addresses,
            self.shared + other.shared,
            self.threads + other.threads,
        )


def of(pids: Iterable[int]) -> Use:
    total = Use()
    for pid in pids:
        total += _of_one(pid)
    return total


def _of_one(pid: int) -> Use:
    return _status(f"/proc/{pid}/status") or _status(f"{where(pid)}/status") or Use()


def where(pid: int) -> str:
    """The folder of /proc that shows what a process holds: a living thread's, where the first has ended."""
    first = f"/proc/{pid}"
    if _status(f"{first}/status") is None:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"{first}/task"):  # noqa: PTH208
                if _status(f"{first}/task/{thread}/status") is not None:
                    return f"{first}/task/{thread}"
    return first


def seconds(pid: int) -> tuple[float, float]:
    """Of CPU: its own, and together with those of the children that it has waited for."""
    try:
        words = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()
    except OSError:
        return 0.0, 0.0
    own, waited = int(words[11]) + int(words[12]), int(words[13]) + int(words[14])
    return own / TICKS, (own + waited) / TICKS


def _status(path: str) -> Use | None:
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:  # ended meanwhile, or not Linux
        return None
    try:
        text = os.read(fd, 8192)
    except OSError:
        return None
    finally:
        os.close(fd)
    kib = {line.split()[0]: int(line.split()[1]) for line in text.split(b"\n") if line.startswith(WANTED)}
    if b"VmSize:" not in kib:
        return None
    held = sum(kib.get(name, 0) for name in COUNTED)
    return Use(held << 10, kib[b"VmSize:"] << 10, kib.get(b"RssShmem:", 0) << 10, kib.get(b"Threads:", 0))


def apportioned(pids: Iterable[int]) -> int:
    """As `held` of `of`, but what forks share is divided among them, and what descriptors may buffer counts: dearer
    to ask, so only where the sum is too much. `UNTOLD` where the kernel does not say, or takes long to."""
    total, deadline = 0, time.monotonic() + LONGEST_S
    for pid in pids:
        try:
            total += share(place := where(pid)) + max(0, len(os.listdir(f"{place}/fd")) - FEW) * BUFFER  # noqa: PTH208
        except (ProcessLookupError, FileNotFoundError):  # ended meanwhile
            continue
        except OSError:
            return UNTOLD
        if time.monotonic() > deadline:
            return UNTOLD
    return total


def share(place: str) -> int:
    text = Path(f"{place}/smaps_rollup").read_bytes() + Path(f"{place}/status").read_bytes()
    counted = [line for line in text.split(b"\n") if line.startswith((*SHARED_OUT, b"VmPTE:"))]
    return sum(int(line.split()[1]) for line in counted) << 10


def shared_without_pages(pids: Iterable[int]) -> int:
    """Shared memory that nobody has mapped pages of lives on for as long as it is mapped at all: each such object
    counts with what the kernel says that it takes, which only root hears, or else with its largest mapping. `UNTOLD`
    where there are too many mappings to look at while other tasks wait."""
    largest: dict[str, int] = {}
    deadline = time.monotonic() + LONGEST_S
    for pid in pids:
        if time.monotonic() > deadline:  # nothing honest has so many mappings
            return UNTOLD
        own: dict[str, int] = {}
        told: dict[str, int] = {}
        with contextlib.suppress(OSError):
            for line in Path(f"{where(pid)}/maps").read_text(errors="replace").splitlines():
                words = line.split(maxsplit=5)
                if len(words) == 6 and words[1][3] == "s" and words[5].startswith(WITHOUT_A_NAME):
                    low, high = (int(word, 16) for word in words[0].split("-"))
                    own[words[4]] = own.get(words[4], 0) + high - low
                    with contextlib.suppress(OSError):
                        told[words[4]] = os.stat(f"/proc/{pid}/map_files/{low:x}-{high:x}").st_blocks * 512  # noqa: PTH116
        for inode, size in {**own, **told}.items():
            largest[inode] = max(size, largest.get(inode, 0))
    return sum(largest.values())


def tree(pid: int) -> list[int]:
    """The process and all below it."""
    found, todo = [], [pid]
    while todo:
        pid = todo.pop()
        found.append(pid)
        with contextlib.suppress(OSError):  # ended meanwhile
            for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
                todo += children(pid, thread)
    return found


def children(pid: int, thread: int | str) -> list[int]:
    try:
        return list(map(int, Path(f"/proc/{pid}/task/{thread}/children").read_bytes().split()))
    except OSError:
        return []
