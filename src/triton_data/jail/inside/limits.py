"""Resource limits of the calling process, the one layer that every system has.

In: a policy. Out: nothing; the limits hold for this process and all it creates, and can only be lowered.
Not covered: shared memory that RLIMIT_DATA does not count (RLIMIT_AS does, except for CUDA, and the zygote
watches resident memory), and disk use over many files (the tmpfs quota, or the zygote's count).
"""

from __future__ import annotations

import os
import resource
import zlib

from triton_data.jail import kernel
from triton_data.jail.policy import MIB, Policy

RLIMIT_LOCKS, UNMARKED = 10, 1 << 40
NO_CORE = 1  # 0 keeps cores from files only: a collector behind a pipe gets them all the same, see core(5)
SIGNALS = 256  # queued; they are counted for the user, whom a task would leave none
AS_SLACK = 512 * MIB  # reserved but unused: thread arenas, guard pages


def out_of_reach(policy: Policy) -> int:
    """A number that no descriptor can get once the limits hold. Makes room for it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard == resource.RLIM_INFINITY:
        return policy.open_files
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return min(policy.open_files, hard - 1)


def mark_of(scratch: str) -> int:
    """What tells a task's processes from another's, whoever their parent is by now: inherited, and not theirs to
    change. The limit that carries it limits nothing since Linux 2.4."""
    return UNMARKED + zlib.crc32(scratch.encode())


def mark(pid: int) -> int:
    """Of a process; 0 where it has none, or is gone. Read from a file: to ask by prlimit, root needs a capability that
    containers go without."""
    try:
        text = kernel.read(f"/proc/{pid}/limits").decode()
    except OSError:
        return 0
    words = text.partition("Max file locks")[2].split(maxsplit=1)
    return int(words[0]) if words and words[0].isdigit() and int(words[0]) >= UNMARKED else 0


def apply(policy: Policy, own_namespace: bool, descriptors: int, mark: int) -> None:
    """`descriptors` is the number of `out_of_reach`, `mark` that of `mark_of`."""
    size, data = _mapped()
    _cap(resource.RLIMIT_CORE, NO_CORE)
    _cap(resource.RLIMIT_DATA, data + policy.memory)
    if kernel.LINUX and not policy.devices:  # CUDA reserves terabytes of addresses
        _cap(resource.RLIMIT_AS, size + policy.memory + AS_SLACK)
    _cap(resource.RLIMIT_FSIZE, policy.file_size)
    _cap(resource.RLIMIT_NOFILE, descriptors)
    _cap(resource.RLIMIT_NPROC, policy.tasks + (0 if _counts_alone(own_namespace) else _others(policy)))
    _cap(resource.RLIMIT_CPU, policy.cpu_s)
    if kernel.LINUX:
        _cap(resource.RLIMIT_MEMLOCK, 0)  # pages of files too, which count for nothing while they can be dropped
        _cap(resource.RLIMIT_MSGQUEUE, 0)
        _cap(resource.RLIMIT_SIGPENDING, SIGNALS)
        _cap(RLIMIT_LOCKS, mark)


def _cap(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(what, (value, value))


def _counts_alone(own_namespace: bool) -> bool:
    """Since 5.14 a user namespace has its own count; before, or without one, all processes of the uid count."""
    return own_namespace and kernel.release() >= (5, 14)


def _others(policy: Policy) -> int:
    """What the user has running besides: an upper bound where no process can be made, and reading it is one small file;
    counted where one can, with room for what other tasks start meanwhile."""
    return _threads_of_user() + policy.tasks if policy.subprocesses and kernel.LINUX else _threads_of_machine()


def _threads_of_user() -> int:
    total, uid = 0, os.getuid()
    for name in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208
        try:
            if os.stat(f"/proc/{name}").st_uid == uid:  # noqa: PTH116
                total += int(kernel.read(f"/proc/{name}/stat").rpartition(b") ")[2].split()[17])
        except OSError:  # ended meanwhile
            continue
    return total


def _threads_of_machine() -> int:
    try:
        return int(kernel.read("/proc/loadavg").split()[3].split(b"/")[1])
    except OSError:  # not Linux
        return 4096


def _mapped() -> tuple[int, int]:
    """(all, private writable) bytes mapped now: a fork starts with what its zygote has loaded."""
    try:
        pages = kernel.read("/proc/self/statm").split()
    except OSError:  # not Linux
        return 0, 0
    return int(pages[0]) * resource.getpagesize(), int(pages[5]) * resource.getpagesize()
