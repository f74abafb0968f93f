"""Resource limits of the calling process, the one layer that every system has.

In: a policy. Out: nothing; the limits hold for this process and all it creates, and can only be lowered.
Not covered: shared memory that RLIMIT_DATA does not count (RLIMIT_AS does, except for CUDA, and the zygote
watches resident memory), and disk use over many files (the tmpfs quota, or the zygote's count).
"""

from __future__ import annotations

import resource
from pathlib import Path

from triton_data.jail import kernel
from triton_data.jail.policy import MIB, Policy

AS_SLACK = 512 * MIB  # reserved but unused: thread arenas, guard pages


def apply(policy: Policy, own_namespace: bool) -> None:
    size, data = _mapped()
    _cap(resource.RLIMIT_CORE, 0)
    _cap(resource.RLIMIT_DATA, data + policy.memory)
    if kernel.LINUX and not policy.devices:  # CUDA reserves terabytes of addresses
        _cap(resource.RLIMIT_AS, size + policy.memory + AS_SLACK)
    _cap(resource.RLIMIT_FSIZE, policy.file_size)
    _cap(resource.RLIMIT_NOFILE, policy.open_files)
    _cap(resource.RLIMIT_NPROC, policy.tasks + (0 if _counts_alone(own_namespace) else _threads_of_machine()))
    _cap(resource.RLIMIT_CPU, policy.cpu_s)
    if kernel.LINUX:
        _cap(resource.RLIMIT_MSGQUEUE, 0)


def _cap(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(what, (value, value))


def _counts_alone(own_namespace: bool) -> bool:
    """Since 5.14 a user namespace has its own count; before, or without one, all processes of the uid count."""
    return own_namespace and kernel.release() >= (5, 14)


def _threads_of_machine() -> int:
    """An upper bound for what the uid has running already; reading it is one small file."""
    try:
        return int(Path("/proc/loadavg").read_text().split()[3].split("/")[1])
    except OSError:  # not Linux
        return 4096


def _mapped() -> tuple[int, int]:
    """(all, private writable) bytes mapped now: a fork starts with what its zygote has loaded."""
    try:
        pages = Path("/proc/self/statm").read_text().split()
    except OSError:  # not Linux
        return 0, 0
    return int(pages[0]) * resource.getpagesize(), int(pages[5]) * resource.getpagesize()
