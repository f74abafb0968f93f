"""The kernel as this room sees it: system calls and prctl through ctypes, no package, no helper binary.

In: numbers and structs. Out: a result, or `Unavailable` with the errno. Covers Linux on x86_64 and aarch64;
elsewhere `LINUX` or `ARCH` says so and the callers leave their layer out. Nothing here decides a policy.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import platform
import sys
from collections.abc import Iterator

LINUX = sys.platform.startswith("linux")
ARCH = {"x86_64": 0, "aarch64": 1}.get(platform.machine()) if LINUX else None  # column in a syscall table

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38
SIGKILL = 9
CAP_SYS_PTRACE = 19


class Unavailable(OSError):
    """The kernel does not offer this, or forbids it to us: the layer is left out and the report says so."""


def _checked(what: str, result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise Unavailable(code, f"{what}: {os.strerror(code)}")
    return int(result)


def call(what: str, number: int, *arguments: int | bytes | None) -> int:
    """One raw system call. Integers go as C longs: a bare Python int would be cut to 32 bits."""
    raw = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return _checked(what, _libc.syscall(ctypes.c_long(number), *raw))


_quick = ctypes.CDLL(None, use_errno=True).syscall  # a function object of its own, with its types said once
_quick.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_char_p, ctypes.c_long]
_quick.restype = ctypes.c_long


def quick(what: str, number: int, first: int, second: int, third: bytes | None, fourth: int) -> int:
    """For calls by the dozen: a third of what `call` takes."""
    return _checked(what, _quick(number, first, second, third, fourth))


def prctl(what: str, option: int, value: int) -> None:
    zero = ctypes.c_ulong(0)
    _checked(what, _libc.prctl(option, ctypes.c_ulong(value), zero, zero, zero))


def unshare(flags: int) -> None:
    _checked("unshare", _libc.unshare(flags))


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    words = [word.encode() for word in (source, target, kind)]
    _checked(f"mount {target}", _libc.mount(*words, ctypes.c_ulong(flags), options.encode()))


def no_new_privs() -> None:
    prctl("no_new_privs", PR_SET_NO_NEW_PRIVS, 1)


def die_with_parent() -> None:
    """To be called after any change of uid: that clears it."""
    prctl("pdeathsig", PR_SET_PDEATHSIG, SIGKILL)


def set_dumpable(on: bool) -> None:
    prctl("dumpable", PR_SET_DUMPABLE, int(on))


def adopt_orphans() -> None:
    prctl("subreaper", PR_SET_CHILD_SUBREAPER, 1)


@contextlib.contextmanager
def looking_as(uid: int) -> Iterator[None]:
    """Open files and mappings /proc shows to their own user, and to root with CAP_SYS_PTRACE, which containers go
    without. To be tied to its parent anew afterwards: any change of uid undoes that."""
    if os.geteuid() != 0 or _may_look():
        yield
        return
    _libc.setfsgid(uid)
    _libc.setfsuid(uid)
    try:
        yield
    finally:
        _libc.setfsuid(0)
        _libc.setfsgid(0)
        die_with_parent()


@functools.cache
def _may_look() -> bool:
    """Asked of whoever asks first, which is the zygote."""
    capabilities = int(read("/proc/self/status").partition(b"CapEff:")[2].split()[0], 16)
    return bool(capabilities >> CAP_SYS_PTRACE & 1)


def read(path: str, size: int = 8192) -> bytes:
    """A small file of /proc, by the fewest calls: every page that a fork's Python touches is copied first."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, size)
    finally:
        os.close(fd)


def release() -> tuple[int, int]:
    """Kernel version as (major, minor), for the few things that cannot be asked in another way."""
    major, minor = platform.release().split(".")[:2]
    return int(major), int("".join(digit for digit in minor if digit.isdigit()) or 0)
