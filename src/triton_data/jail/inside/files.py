"""Which files a task reaches: the lists of paths.py as Landlock rules.

In: a policy and what all tasks may read. Out: a ruleset, begun by the zygote with what is the same for all tasks (files
that it opens once), and finished by the child with what is its own: its scratch, its part of /proc, devices. Each task
has a ruleset of its own: what one adds, another never sees. Not covered: the rest of the system's calls (filters.py).
"""

from __future__ import annotations

import errno
from functools import cache

from triton_data.jail import paths
from triton_data.jail.inside import landlock
from triton_data.jail.kernel import Unavailable
from triton_data.jail.policy import Policy

PROC, DEVICES = "/proc", "/dev/"


def version(policy: Policy) -> int:
    """Of Landlock, as far as the policy wants it."""
    return landlock.abi(policy.landlock) if policy.landlock else 0


def begin(policy: Policy, read: tuple[str, ...]) -> int:
    """In the zygote, for each task. -1 where there is no Landlock."""
    abi = version(policy)
    return _shared(policy.subprocesses, policy.devices, read).begin(abi) if abi else -1


def finish(ruleset: int, policy: Policy, read: tuple[str, ...], scratch: str, own_pids: bool) -> int:
    """In the child: the version that is in force from now on."""
    abi = version(policy)
    if ruleset < 0 or not abi:
        raise Unavailable(errno.ENOSYS, "landlock: not in this kernel, or not enabled")
    run = landlock.EXECUTE if policy.subprocesses else 0
    pipes = landlock.MAKE_PIPE if policy.watched else 0
    readable, devices = _own(policy.subprocesses, policy.devices, read)
    landlock.allow(ruleset, abi, readable, landlock.READ | run)
    landlock.allow(ruleset, abi, devices, landlock.DEVICE)
    if policy.packages:
        landlock.allow(ruleset, abi, [policy.packages], landlock.READ)
    landlock.allow(ruleset, abi, paths.LISTED, landlock.READ_DIR)
    landlock.allow(ruleset, abi, [scratch], landlock.READ | landlock.WRITE | run | pipes)
    if policy.devices:
        # CUDA names its threads, in /proc, and does not start where it may not. In a pid namespace /proc has nobody
        # else's processes; elsewhere those below the task have to do without.
        place = PROC if policy.watched and own_pids else f"{PROC}/self/task"
        landlock.allow(ruleset, abi, [place], landlock.READ | landlock.WRITE | run | pipes)
    landlock.restrict(ruleset)
    return abi


@cache
def _shared(subprocesses: bool, devices: bool, read: tuple[str, ...]) -> landlock.Rules:
    readable, nodes = paths.for_kind(subprocesses, devices, read)
    run = landlock.EXECUTE if subprocesses else 0
    shared = [(path, landlock.READ | run) for path in readable if not _is_own(path, devices)]
    return landlock.Rules(shared + [(path, landlock.DEVICE) for path in nodes if not _is_own(path, devices)])


@cache
def _own(subprocesses: bool, devices: bool, read: tuple[str, ...]) -> tuple[list[str], list[str]]:
    readable, nodes = paths.for_kind(subprocesses, devices, read)
    return [path for path in readable if _is_own(path, devices)], [path for path in nodes if _is_own(path, devices)]


def _is_own(path: str, devices: bool) -> bool:
    """Another file for each task; or, for who uses a GPU, in a /proc of its own, or made when the GPU is first used."""
    return path.startswith((PROC, DEVICES) if devices else f"{PROC}/self")
