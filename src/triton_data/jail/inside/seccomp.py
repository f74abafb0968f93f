"""Seccomp: the filter comes into force, and whoever watches hears about each attempt.

In: the rights of the task (filters.py). Out: a listener (or None on a kernel before 5.0): each denied call then waits
until the nanny, outside, has counted it and answered EPERM. So a denial is a fact, also where the task hides it. A
signal may interrupt a call that waits: from 5.19 on only before the nanny has it, and then the call has neither been
made nor refused. Not covered: arguments that lie in memory (paths): a filter cannot read them.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import struct

from triton_data.jail.inside import denied, filters, syscalls
from triton_data.jail.inside.bpf import ANSWER_ERRNO, ASK_NANNY
from triton_data.jail.inside.filters import Rights
from triton_data.jail.kernel import ARCH, Unavailable, call, no_new_privs

SET_MODE_FILTER, NEW_LISTENER, WAIT_KILLABLE = 1, 8, 32
RECEIVE, SEND = 0xC0502100, 0xC0182101  # ioctls of the listener
NOTICE = struct.Struct("=QIIiIQ6Q")  # id, pid, flags, nr, arch, ip, arguments
ANSWER = struct.Struct("=QqiI")


def restrict(rights: Rights) -> int | None:
    """Deny from here on. Returns the listener's descriptor where the kernel has one."""
    if ARCH is None:
        raise Unavailable(errno.ENOSYS, "seccomp: not on this system or architecture")
    no_new_privs()
    code = filters.build(rights, ASK_NANNY)
    for flags in (NEW_LISTENER | WAIT_KILLABLE, NEW_LISTENER):
        try:
            return _install(code, flags)
        except Unavailable as error:
            # Before 5.19, before 5.0, or inside a container whose own filter has a listener already.
            if error.errno not in (errno.EINVAL, errno.EBUSY, errno.EFAULT):
                raise
    _install(filters.build(rights, ANSWER_ERRNO | errno.EPERM), 0)
    return None


def prepare() -> None:
    """In the zygote, so that no child pays for it."""
    for subprocesses, devices in ((False, False), (True, False), (True, True)):
        filters.always(subprocesses, devices, ASK_NANNY)


def _install(code: bytes, flags: int) -> int:
    text = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("=HxxxxxxQ", len(code) // 8, ctypes.addressof(text))
    return call("seccomp", syscalls.SECCOMP[ARCH or 0], SET_MODE_FILTER, flags, program)


def _names() -> dict[int, str]:
    column = ARCH or 0
    tables = (*denied.GROUPS, syscalls.PRETENDED, syscalls.CHECKED)
    names = {pair[column]: name for table in tables for name, pair in table.items()}
    usual = {"clone": "fork", "tgkill": "kill", "prlimit64": "prlimit", "setrlimit": "prlimit"}
    names |= {syscalls.CHECKED[number][column]: name for number, name in usual.items()}
    return {number: name for number, name in names.items() if number is not None}


NAMES = _names()


def refuse_one(listener: int) -> str | None:
    """The nanny's side: answer EPERM to the denied call that waits. Returns its name, None where none waits any more.
    Counted is what was received: whose caller is killed before the answer has been refused all the same."""
    notice = bytearray(NOTICE.size)
    try:
        fcntl.ioctl(listener, RECEIVE, notice)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EINTR):
            return None
        raise
    call_id, _, _, number, *_ = NOTICE.unpack(notice)
    try:
        fcntl.ioctl(listener, SEND, ANSWER.pack(call_id, 0, -errno.EPERM, 0))
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EINTR):
            raise
    return NAMES.get(number, f"syscall {number}")
