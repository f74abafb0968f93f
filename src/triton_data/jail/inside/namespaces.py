"""User, mount, IPC, network and pid namespaces, and the loss of root.

In: what to leave behind. Out: the labels of what is in force, or `Unavailable`. Namespaces are a bonus:
Ubuntu's AppArmor, a container without CAP_SYS_ADMIN or a sysctl may forbid them, and the floor (Landlock +
seccomp) does not need them. Not covered: time and cgroup namespaces.
"""

from __future__ import annotations

import os
import struct

from triton_data.jail import kernel
from triton_data.jail.inside import syscalls
from triton_data.jail.kernel import ARCH

NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
NOSUID, NODEV = 2, 4
NOBODY = 65534
CAPABILITY_VERSION_3 = 0x20080522


def drop_root() -> None:
    """For good: with three ids set there is no saved one to come back to."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def enter(processes: bool) -> list[str]:
    """Leave for new namespaces; with `processes`, the next fork is the first process of a new pid namespace.

    A run task can create neither a process nor a socket: it is spared the second fork that a pid namespace
    needs, and the millisecond that a network costs to make.
    """
    uid, gid = os.geteuid(), os.getegid()
    kernel.unshare(NEWUSER | NEWNS | NEWIPC | (NEWPID | NEWNET if processes else 0))
    for name, text in (
        ("setgroups", b"deny"),
        ("uid_map", b"%d %d 1" % (uid, uid)),
        ("gid_map", b"%d %d 1" % (gid, gid)),
    ):
        fd = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(fd, text)
        os.close(fd)
    return ["user", "mount", "ipc", *(["net", "pid"] if processes else [])]


def mount_scratch(path: str, size: int, files: int) -> None:
    """A file system of the task's own: bounded, and gone with its last process."""
    kernel.mount("tmpfs", path, "tmpfs", NOSUID | NODEV, f"size={size},nr_inodes={files},mode=0700")


def mount_proc() -> None:
    """A /proc that counts as this pid namespace does: with the outer one, CUDA does not start (error 304). Only from
    inside the namespace, and only while the capabilities last."""
    kernel.mount("proc", "/proc", "proc", NOSUID | NODEV, "")


def drop_capabilities() -> None:
    """The new user namespace gave a full set of them, over itself: the task needs none."""
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    kernel.call("capset", syscalls.CAPSET[ARCH or 0], header, bytes(24))
