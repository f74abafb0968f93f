"""What a jailed process may ask of the kernel: the seccomp filter of each profile, default deny.

In: what the task may do. Out: the filter as bytes. Allowed is what stands in syscalls.py; the calls below with some
arguments only. Not covered: installing it, and who hears of a denial (seccomp.py).
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from functools import cache

from triton_data.jail.inside import bpf, syscalls
from triton_data.jail.inside.bpf import ALLOW, ANSWER_ERRNO, KILL_PROCESS, Code, one
from triton_data.jail.kernel import ARCH

AUDIT_ARCH = (0xC000003E, 0xC00000B7)
X32_BIT = 0x40000000
AF_UNIX, STREAM, SEQPACKET, SEQPACKET_CLOEXEC = 1, 1, 5, 0x80005
NONBLOCK_CLOEXEC = 0x80800
MAP_HUGETLB = 0x40000  # of a pool that is the machine's
MAP_SHARED, MAP_ANONYMOUS = 0x01, 0x20
SIGCHLD = 17
CLONE_FILES, CLONE_THREAD = 0x400, 0x10000
CLOSE_RANGE = (0, 4)  # plain, CLOEXEC: no table of its own for a thread, where neither /proc nor a limit looks
RENAME = (0, 1, 2)  # plain, NOREPLACE, EXCHANGE: no WHITEOUT, which leaves a device behind
THREAD = 0x7D0F00  # VM FS FILES SIGHAND THREAD SYSVSEM SETTLS PARENT_SETTID CHILD_CLEARTID DETACHED
PROCESS = THREAD | 0x01004000 | SIGCHLD  # + CHILD_SETTID VFORK: no CLONE_PARENT, which would make us somebody's parent
RLIMIT_STACK, RLIMIT_CORE = 3, 4  # compilers raise the one, some programs lower the other, and it has to stay
# NORMAL RANDOM SEQUENTIAL WILLNEED DONTNEED FREE DONTFORK DOFORK HUGEPAGE NOHUGEPAGE DONTDUMP DODUMP WIPEONFORK
# KEEPONFORK POPULATE_READ POPULATE_WRITE COLLAPSE GUARD_INSTALL GUARD_REMOVE
ADVICE = (0, 1, 2, 3, 4, 8, 10, 11, 14, 15, 16, 17, 18, 19, 22, 23, 25, 102, 103)
# DUPFD GETFD SETFD GETFL SETFL GETLK SETLK SETLKW OFD_GETLK OFD_SETLK OFD_SETLKW DUPFD_CLOEXEC GETPIPE_SZ GET_SEALS:
# no owner that gets signals, no lease, no notice, no larger pipe
FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032, 1034)
LOCKING = (6, 7, 37, 38)  # the kernel keeps a record for each range, as many as one likes, and counts them nowhere
# TCGETS TIOCGPGRP TIOCGWINSZ FIONREAD FIONBIO FIONCLEX FIOCLEX TCGETS2: no flag of a file, no input to a terminal
IOCTL = (0x5401, 0x540F, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x802C542A)
NVIDIA, UVM_INITIALIZE, UVM_PLAIN = 0x4600, (0x30000001, 0x30000002), 0x100
# GET_PDEATHSIG GET_DUMPABLE SET_NAME GET_NAME GET_SECCOMP CAPBSET_READ SET_TIMERSLACK GET_TIMERSLACK SET_NO_NEW_PRIVS
# GET_NO_NEW_PRIVS SET_THP_DISABLE GET_THP_DISABLE SVE_GET_VL GET_TAGGED_ADDR_CTRL SET_VMA
PRCTL = (2, 3, 15, 16, 21, 23, 29, 30, 38, 39, 41, 42, 51, 56, 0x53564D41)


@dataclass(frozen=True, slots=True)
class Rights:
    """What the filters differ in."""

    subprocesses: bool = False
    devices: bool = False
    free_signals: bool = False  # something else keeps signals in: a pid namespace, or Landlock from ABI 6
    setup: int = -1  # the descriptor that the listener leaves through; beyond RLIMIT_NOFILE, so there is no second one


def build(rights: Rights, denial: int) -> bytes:
    """The filter of the calling process. Assumes that ARCH is known."""
    column = ARCH or 0
    head = [
        one(bpf.LOAD, bpf.ARCHITECTURE),
        one(bpf.JUMP_EQUAL, AUDIT_ARCH[column], 1, 0),
        one(bpf.RETURN, KILL_PROCESS),
        one(bpf.LOAD, bpf.NUMBER),
    ]
    if column == 0:
        head += [one(bpf.JUMP_AT_LEAST, X32_BIT, 0, 1), one(bpf.RETURN, KILL_PROCESS)]
    own = os.getpid()
    free = rights.subprocesses and rights.free_signals
    signals = [one(bpf.RETURN, ALLOW)] if free else bpf.one_of(0, (own,), denial)
    numbers = syscalls.CHECKED
    head += bpf.when(numbers["sendmsg"][column], bpf.one_of(0, (rights.setup,), denial))
    head += bpf.when(numbers["kill"][column], signals)
    head += bpf.when(numbers["tgkill"][column], signals)
    return b"".join(head) + always(rights.subprocesses, rights.devices, denial)


@cache
def always(subprocesses: bool, devices: bool, denial: int) -> bytes:
    """The part that is the same for all tasks: the zygote builds it once."""
    column = ARCH or 0
    verdicts: dict[int | None, Code] = {}
    verdicts |= {pair[column]: [one(bpf.RETURN, ANSWER_ERRNO)] for pair in syscalls.UNHEARD.values()}
    verdicts |= {number: [one(bpf.RETURN, ALLOW)] for number in _plain(subprocesses, devices, column)}
    pretended = ANSWER_ERRNO if subprocesses else denial
    verdicts |= {pair[column]: [one(bpf.RETURN, pretended)] for pair in syscalls.PRETENDED.values()}
    unsupported = [one(bpf.RETURN, ANSWER_ERRNO | errno.ENOTSUP)]
    verdicts |= {pair[column]: unsupported for pair in syscalls.ATTRIBUTES.values()}
    if devices:
        verdicts[syscalls.CONNECT[column]] = [one(bpf.RETURN, ANSWER_ERRNO | errno.ENOENT)]  # "no such daemon"
    verdicts |= {syscalls.CHECKED[name][column]: body for name, body in _checks(subprocesses, devices, denial).items()}
    unknown = [one(bpf.RETURN, ANSWER_ERRNO | errno.ENOSYS)]
    verdicts[syscalls.CLONE3[column]] = unknown
    known = {number: body for number, body in verdicts.items() if number is not None}
    return b"".join(bpf.decide(known, syscalls.LAST_KNOWN + 1, unknown, [one(bpf.RETURN, denial)]))


def _plain(subprocesses: bool, devices: bool, column: int) -> list[int]:
    tables = [
        syscalls.EVERYWHERE,
        *([syscalls.SUBPROCESSES] if subprocesses else []),
        *([syscalls.DEVICES] if devices else []),
    ]
    return [number for table in tables for pair in table.values() if (number := pair[column]) is not None]


def _checks(subprocesses: bool, devices: bool, denial: int) -> dict[str, Code]:
    nobody = [one(bpf.RETURN, denial)]
    return {
        "mmap": bpf.without(3, MAP_HUGETLB, denial) if devices else _mmap(denial),
        "madvise": bpf.one_of(2, ADVICE, denial),
        "ioctl": _device_calls(denial) if devices else bpf.one_of(1, IOCTL, denial),
        "fcntl": bpf.one_of(1, FCNTL if devices else tuple(set(FCNTL) - set(LOCKING)), denial),
        "prctl": bpf.one_of(0, PRCTL, denial),
        "socket": _cuda_socket(denial) if devices else nobody,
        "socketpair": _socketpair(denial),
        "sendto": bpf.null(4, denial),  # no name: to whom it is connected
        "clone": _process(denial) if subprocesses else _thread(denial),
        "prlimit64": _own(bpf.null(2, denial, _limits(1, denial)), denial),
        "setrlimit": _limits(0, denial),
        "close_range": bpf.one_of(2, CLOSE_RANGE, denial),
        "renameat2": bpf.one_of(4, RENAME, denial),
        "sched_setaffinity": bpf.one_of(0, (0,), denial) if subprocesses else nobody,
    }


def _own(body: Code, denial: int) -> Code:
    """`body` where the pid is 0: oneself."""
    return [bpf.low(0), one(bpf.JUMP_EQUAL, 0, 1, 0), one(bpf.RETURN, denial), *body]


def _thread(denial: int) -> Code:
    return [
        bpf.low(0),
        one(bpf.JUMP_BITS, ~THREAD, 2, 0),
        one(bpf.JUMP_BITS, CLONE_THREAD, 0, 1),
        one(bpf.JUMP_BITS, CLONE_FILES, 1, 0),
        one(bpf.RETURN, denial),
        one(bpf.RETURN, ALLOW),
    ]


def _mmap(denial: int) -> Code:
    """Memory that is shared and no file outlives its mappings but for one page, and no file of /proc says how much of
    it there is. There is none of it, which is what programs are told and prepared for."""
    return [
        bpf.low(3),
        one(bpf.JUMP_BITS, MAP_ANONYMOUS, 0, 2),
        one(bpf.JUMP_BITS, MAP_SHARED, 0, 1),
        one(bpf.RETURN, ANSWER_ERRNO | errno.ENOMEM),
        *bpf.without(3, MAP_HUGETLB, denial),
    ]


def _process(denial: int) -> Code:
    """Threads share their descriptors here as well."""
    return [
        bpf.low(0),
        one(bpf.JUMP_BITS, ~PROCESS, 2, 0),
        one(bpf.JUMP_BITS, CLONE_THREAD, 0, 2),
        one(bpf.JUMP_BITS, CLONE_FILES, 1, 0),
        one(bpf.RETURN, denial),
        one(bpf.RETURN, ALLOW),
    ]


def _limits(argument: int, denial: int) -> Code:
    """The stack's may change; that of cores answers "done" and stays."""
    stack = bpf.one_of(argument, (RLIMIT_STACK,), denial)
    return [bpf.low(argument), one(bpf.JUMP_EQUAL, RLIMIT_CORE, 0, 1), one(bpf.RETURN, ANSWER_ERRNO), *stack]


def _socketpair(denial: int) -> Code:
    """Only kinds that stay connected to each other: a datagram could be sent to any name."""
    return [
        bpf.low(0),
        one(bpf.JUMP_EQUAL, AF_UNIX, 0, 4),
        bpf.low(1),
        one(bpf.AND, ~NONBLOCK_CLOEXEC),
        one(bpf.JUMP_EQUAL, STREAM, 2, 0),
        one(bpf.JUMP_EQUAL, SEQPACKET, 1, 0),
        one(bpf.RETURN, denial),
        one(bpf.RETURN, ALLOW),
    ]


def _cuda_socket(denial: int) -> Code:
    """The one kind that CUDA asks for: local, and connected or nothing, so that no datagram can leave."""
    kind = bpf.one_of(1, (SEQPACKET_CLOEXEC,), denial)
    return [bpf.low(0), one(bpf.JUMP_EQUAL, AF_UNIX, 1, 0), one(bpf.RETURN, denial), *kind]


def _device_calls(denial: int) -> Code:
    """NVIDIA's own, besides the common ones; what they do is the driver's business."""
    return [
        bpf.low(1),
        one(bpf.JUMP_AT_LEAST, UVM_PLAIN, 0, 2),
        one(bpf.AND, 0xFF00),
        one(bpf.JUMP_EQUAL, NVIDIA, 0, 1),
        one(bpf.RETURN, ALLOW),
        *bpf.one_of(1, (*UVM_INITIALIZE, *IOCTL), denial),
    ]
