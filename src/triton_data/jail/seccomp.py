"""Seccomp: the system calls that a jailed process may not make, and who hears about each attempt.

In: whether the task may create processes. Out: a listener (or None on a kernel before 5.0): each denied call
then waits until the nanny, outside, has counted it and answered EPERM. So a denial is a fact, also where the
task hides it. Not covered: arguments that lie in memory (paths): a filter cannot read them.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import struct
from functools import cache

from triton_data.jail import syscalls
from triton_data.jail.kernel import ARCH, PR_SET_PDEATHSIG, Unavailable, call, no_new_privs
from triton_data.jail.syscalls import Numbers

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL_PROCESS, ASK_NANNY, ANSWER_ERRNO = 0x7FFF0000, 0x80000000, 0x7FC00000, 0x00050000
NUMBER, ARCHITECTURE, ARG0, ARG1 = 0, 4, 16, 24  # offsets in struct seccomp_data; low words of the arguments
AUDIT_ARCH = (0xC000003E, 0xC00000B7)
X32_BIT = 0x40000000
AF_UNIX, SEQPACKET_CLOEXEC = 1, 0x80005
CLONE_THREAD, CLONE_NEW_NAMESPACE = 0x10000, 0x7E020000
SET_MODE_FILTER, NEW_LISTENER = 1, 8
RECEIVE, SEND = 0xC0502100, 0xC0182101  # ioctls of the listener
NOTICE = struct.Struct("=QIIiIQ6Q")  # id, pid, flags, nr, arch, ip, arguments
ANSWER = struct.Struct("=QqiI")


class _Filter:
    """A BPF program under construction. Jumps only ever skip the next instruction or two."""

    def __init__(self, denial: int) -> None:
        self.code: list[bytes] = []
        self.denial = denial

    def emit(self, code: int, value: int, if_true: int = 0, if_false: int = 0) -> None:
        self.code.append(struct.pack("=HBBI", code, if_true, if_false, value & 0xFFFFFFFF))

    def answer(self, number: int | None, verdict: int) -> None:
        if number is not None:
            self.emit(JUMP_EQUAL, number, 0, 1)
            self.emit(RETURN, verdict)

    def deny(self, numbers: Numbers, column: int) -> None:
        for pair in numbers.values():
            self.answer(pair[column], self.denial)

    def cuda_socket(self, number: int) -> None:
        """The one kind that CUDA asks for: local, and connected or nothing, so that no datagram can leave."""
        self.emit(JUMP_EQUAL, number, 0, 6)
        self.emit(LOAD, ARG0)
        self.emit(JUMP_EQUAL, AF_UNIX, 0, 3)
        self.emit(LOAD, ARG1)
        self.emit(JUMP_EQUAL, SEQPACKET_CLOEXEC, 0, 1)
        self.emit(RETURN, ALLOW)
        self.emit(RETURN, self.denial)

    def only_if(self, number: int, argument: int, test: int, value: int, holds: bool = True) -> None:
        """Allow `number` where the test on one argument comes out as `holds`, deny it elsewhere."""
        self.emit(JUMP_EQUAL, number, 0, 4)
        self.emit(LOAD, argument)
        self.emit(test, value, *((1, 0) if holds else (0, 1)))
        self.emit(RETURN, self.denial)
        self.emit(RETURN, ALLOW)


def build(subprocesses: bool, own_pid: int, denial: int, devices: bool = False) -> bytes:
    """The filter as bytes. Assumes that ARCH is known.

    With `devices`, a Unix socket may be made, bound and listened to, because CUDA does not start without one; in a
    network namespace of its own nobody outside can reach it, and nothing can be connected to.
    """
    column = ARCH or 0
    out = _Filter(denial)
    out.emit(LOAD, ARCHITECTURE)
    out.emit(JUMP_EQUAL, AUDIT_ARCH[column], 1, 0)
    out.emit(RETURN, KILL_PROCESS)
    out.emit(LOAD, NUMBER)
    if column == 0:
        out.emit(JUMP_AT_LEAST, X32_BIT, 0, 1)
        out.emit(RETURN, KILL_PROCESS)
    out.emit(JUMP_AT_LEAST, syscalls.LAST_KNOWN + 1, 0, 1)
    out.emit(RETURN, ANSWER_ERRNO | errno.ENOSYS)
    # clone3 keeps its flags in memory, where no filter can read them: without it libc falls back to clone.
    out.answer(syscalls.CLONE3[column], ANSWER_ERRNO | errno.ENOSYS)
    if subprocesses:
        out.only_if(syscalls.CLONE[column], ARG0, JUMP_BITS, CLONE_NEW_NAMESPACE, holds=False)
    else:
        out.only_if(syscalls.CLONE[column], ARG0, JUMP_BITS, CLONE_THREAD)
        out.only_if(syscalls.KILL[column], ARG0, JUMP_EQUAL, own_pid)
        out.only_if(syscalls.TGKILL[column], ARG0, JUMP_EQUAL, own_pid)
    if devices:
        out.cuda_socket(syscalls.NETWORK["socket"][column] or 0)
        out.answer(syscalls.NETWORK["connect"][column], ANSWER_ERRNO | errno.ENOENT)  # "no such daemon"
        for name in ("bind", "listen"):
            out.answer(syscalls.NETWORK[name][column], ALLOW)
    out.only_if(syscalls.PRLIMIT[column], ARG0, JUMP_EQUAL, 0)
    out.only_if(syscalls.PRCTL[column], ARG0, JUMP_EQUAL, PR_SET_PDEATHSIG, holds=False)
    return b"".join(out.code) + _always(subprocesses, denial)


@cache
def _always(subprocesses: bool, denial: int) -> bytes:
    """The half that is the same for all tasks: the zygote builds it once."""
    column = ARCH or 0
    out = _Filter(denial)
    for group in (syscalls.NETWORK, syscalls.PROCESSES, syscalls.METADATA, syscalls.KERNEL, syscalls.MEMORY):
        out.deny(group, column)
    if not subprocesses:
        out.deny(syscalls.CREATE_PROCESS, column)
        out.deny(syscalls.PIN_TO_CPU, column)
    for pair in syscalls.PRETENDED.values():
        out.answer(pair[column], ANSWER_ERRNO if subprocesses else denial)
    out.emit(RETURN, ALLOW)
    return b"".join(out.code)


def restrict(subprocesses: bool, devices: bool = False) -> int | None:
    """Deny from here on. Returns the listener's descriptor where the kernel has one."""
    if ARCH is None:
        raise Unavailable(errno.ENOSYS, "seccomp: not on this system or architecture")
    no_new_privs()
    try:
        return _install(build(subprocesses, os.getpid(), ASK_NANNY, devices), NEW_LISTENER)
    except Unavailable as error:
        # Before 5.0, or inside a container whose own filter has a listener already.
        if error.errno not in (errno.EINVAL, errno.EBUSY, errno.EFAULT):
            raise
    _install(build(subprocesses, os.getpid(), ANSWER_ERRNO | errno.EPERM, devices), 0)
    return None


def prepare() -> None:
    """In the zygote, so that no child pays for it."""
    for subprocesses in (False, True):
        _always(subprocesses, ASK_NANNY)


def _install(code: bytes, flags: int) -> int:
    text = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("=HxxxxxxQ", len(code) // 8, ctypes.addressof(text))
    return call("seccomp", syscalls.SECCOMP[ARCH or 0], SET_MODE_FILTER, flags, program)


def _names() -> dict[int, str]:
    column = ARCH or 0
    tables = (
        syscalls.NETWORK,
        syscalls.PROCESSES,
        syscalls.METADATA,
        syscalls.PRETENDED,
        syscalls.KERNEL,
        syscalls.MEMORY,
        syscalls.CREATE_PROCESS,
        syscalls.PIN_TO_CPU,
    )
    names = {pair[column]: name for table in tables for name, pair in table.items()}
    names |= {
        syscalls.CLONE[column]: "fork",
        syscalls.KILL[column]: "kill",
        syscalls.TGKILL[column]: "kill",
        syscalls.PRLIMIT[column]: "prlimit",
        syscalls.PRCTL[column]: "prctl",
    }
    return {number: name for number, name in names.items() if number is not None}


NAMES = _names()


def refuse_one(listener: int) -> str | None:
    """The nanny's side: answer EPERM to the denied call that waits. Returns its name, None where it is gone."""
    notice = bytearray(NOTICE.size)
    try:
        fcntl.ioctl(listener, RECEIVE, notice)
        call_id, _, _, number, *_ = NOTICE.unpack(notice)
        fcntl.ioctl(listener, SEND, ANSWER.pack(call_id, 0, -errno.EPERM, 0))
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EINTR):  # the caller was killed meanwhile
            return None
        raise
    return NAMES.get(number, f"syscall {number}")
