"""The allow list: what the filter lets through is what the table says, and nothing stands there without a reason."""

from __future__ import annotations

import errno
import json
import struct
from pathlib import Path

import pytest

from triton_data.jail.inside import bpf, filters, syscalls
from triton_data.jail.inside.bpf import ALLOW, ANSWER_ERRNO, ASK_NANNY, KILL_PROCESS
from triton_data.jail.inside.filters import Rights

RECORDED = {
    name: set(calls) for name, calls in json.loads((Path(__file__).parent / "recorded.json").read_text()).items()
}
ALLOWED = {**syscalls.EVERYWHERE, **syscalls.SUBPROCESSES, **syscalls.DEVICES, **syscalls.CHECKED}
SPARE = [name for names in syscalls.SPARE.values() for name in names.split()]
X86, ARM = 0, 1
SETUP = 256


def verdict(code: bytes, number: int, *arguments: int, arch: int = X86) -> int:
    """What the kernel would make of it."""
    given = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("=iIQ6Q", number - (1 << 32) if number >> 31 else number, filters.AUDIT_ARCH[arch], 0, *given)
    register, at = 0, 0
    while True:
        operation, if_true, if_false, value = struct.unpack_from("=HBBI", code, 8 * at)
        at += 1
        if operation == bpf.LOAD:
            (register,) = struct.unpack_from("=I", data, value)
        elif operation == bpf.AND:
            register &= value
        elif operation == bpf.JUMP:
            at += value
        elif operation == bpf.RETURN:
            return int(value)
        else:
            holds = {
                bpf.JUMP_EQUAL: register == value,
                bpf.JUMP_AT_LEAST: register >= value,
                bpf.JUMP_BITS: bool(register & value),
            }[operation]
            at += if_true if holds else if_false


@pytest.fixture(params=[X86, ARM], ids=["x86_64", "aarch64"])
def column(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(filters, "ARCH", request.param)
    monkeypatch.setattr(filters, "always", filters.always.__wrapped__)
    return int(request.param)


RUN, COMPILE = Rights(setup=SETUP), Rights(subprocesses=True, free_signals=True, setup=SETUP)
GPU = Rights(subprocesses=True, devices=True, free_signals=True, setup=SETUP)


@pytest.mark.parametrize("rights", [RUN, COMPILE, GPU], ids=["run", "compile", "gpu"])
def test_what_is_not_in_the_table_is_refused(column: int, rights: Rights) -> None:
    code = filters.build(rights, ASK_NANNY)
    tables = [syscalls.EVERYWHERE] + [syscalls.SUBPROCESSES] * rights.subprocesses + [syscalls.DEVICES] * rights.devices
    allowed = {pair[column] for table in tables for pair in table.values()}
    checked = {pair[column] for pair in syscalls.CHECKED.values()}
    for number in range(syscalls.LAST_KNOWN + 200):
        if number not in checked:
            assert (verdict(code, number, arch=column) == ALLOW) == (number in allowed), number
    assert verdict(code, syscalls.LAST_KNOWN + 1, arch=column) == ANSWER_ERRNO | errno.ENOSYS
    assert verdict(code, syscalls.CLONE3[column], arch=column) == ANSWER_ERRNO | errno.ENOSYS
    assert verdict(code, 0, arch=1 - column) == KILL_PROCESS
    if column == X86:
        for number in (0x40000000, 0x40000000 + 1, 0xFFFFFFFF):
            assert verdict(code, number) == KILL_PROCESS


def test_a_filter_is_short_enough(column: int) -> None:
    assert len(filters.build(GPU, ASK_NANNY)) // 8 < 1000  # the kernel takes 4096


SHARED_ANONYMOUS, HUGE = 0x21, 0x40000
HARMLESS = {
    "a thread": ("clone", (0x3D0F00,), True, True),
    "fork": ("clone", (0x01200011,), False, True),
    "vfork": ("clone", (0x4111,), False, True),
    "CLONE_PARENT": ("clone", (0x8011,), False, False),
    "a thread with CLONE_PARENT": ("clone", (0x3D8F00,), False, False),
    "a user namespace": ("clone", (0x10000011,), False, False),
    "a time namespace": ("clone", (0x91,), False, False),
    "a stream pair": ("socketpair", (1, 1), True, True),
    "a stream pair, close on exec": ("socketpair", (1, 0x80801), True, True),
    "a packet pair": ("socketpair", (1, 5), True, True),
    "a datagram pair": ("socketpair", (1, 2), False, False),
    "a datagram pair by its other name": ("socketpair", (1, 3), False, False),
    "a pair of another family": ("socketpair", (30, 1), False, False),
    "send": ("sendto", (5, 1, 1, 0, 0, 0), True, True),
    "send to a name": ("sendto", (5, 1, 1, 0, 0x1000, 110), False, False),
    "send to a name high up": ("sendto", (5, 1, 1, 0, 1 << 32, 110), False, False),
    "a message": ("sendmsg", (5,), False, False),
    "the listener's message": ("sendmsg", (SETUP,), True, True),
    "a socket": ("socket", (1, 1), False, False),
    "memory": ("mmap", (0, 1, 3, 0x22), True, True),
    "huge pages": ("mmap", (0, 1, 3, HUGE | 0x22), False, False),
    "ask for a limit": ("prlimit64", (0, 7, 0, 0x1000), True, True),
    "raise the stack": ("prlimit64", (0, 3, 0x1000, 0), True, True),
    "lower a limit": ("prlimit64", (0, 7, 0x1000, 0), False, False),
    "change the mark": ("prlimit64", (0, 10, 1 << 40, 0), False, False),
    "another's limit": ("prlimit64", (77, 7, 0, 0x1000), False, False),
    "a lease": ("fcntl", (3, 1024), False, False),
    "an owner": ("fcntl", (3, 8), False, False),
    "flags of a descriptor": ("fcntl", (3, 2), True, True),
    "size of a terminal": ("ioctl", (1, 0x5413), True, True),
    "flags of an inode": ("ioctl", (3, 0x40086602), False, False),
    "a thread's name": ("prctl", (15,), True, True),
    "adopting orphans": ("prctl", (36,), False, False),
    "advice": ("madvise", (0, 1, 4), True, True),
    "merging": ("madvise", (0, 1, 12), False, False),
    "one's own affinity": ("sched_setaffinity", (0,), False, True),
    "another's affinity": ("sched_setaffinity", (77,), False, False),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_arguments(column: int, what: str) -> None:
    name, arguments, in_run, in_compile = HARMLESS[what]
    for rights, passes in ((RUN, in_run), (COMPILE, in_compile)):
        code = filters.build(rights, ASK_NANNY)
        number = syscalls.CHECKED[name][column]
        if number is not None:
            assert verdict(code, number, *arguments, arch=column) == (ALLOW if passes else ASK_NANNY), rights


@pytest.mark.parametrize(
    ("request_", "passes"), [(0xC020462A, True), (0x30000001, True), (27, True), (0x40086602, False), (0x5412, False)]
)
def test_ioctls_of_a_gpu(column: int, request_: int, passes: bool) -> None:
    code = filters.build(GPU, ASK_NANNY)
    ioctl = syscalls.CHECKED["ioctl"][column] or 0
    assert (verdict(code, ioctl, 3, request_, arch=column) == ALLOW) is passes


def test_signals_reach_others_only_where_something_else_keeps_them_in(column: int) -> None:
    kill = syscalls.CHECKED["kill"][column] or 0
    for rights in (RUN, Rights(subprocesses=True, free_signals=False, setup=SETUP)):
        assert verdict(filters.build(rights, ASK_NANNY), kill, 1, arch=column) == ASK_NANNY
    assert verdict(filters.build(COMPILE, ASK_NANNY), kill, 1, arch=column) == ALLOW


def test_every_entry_has_a_reason() -> None:
    """Seen in a recording of our suites, or spare with a reason; not both, and nothing recorded is refused."""
    recorded = RECORDED["run"] | RECORDED["compile"]
    assert recorded <= {*ALLOWED, *syscalls.PRETENDED}
    assert sorted(SPARE) == sorted(set(SPARE))
    assert set(SPARE) == set(ALLOWED) - recorded


def test_a_process_may_be_made_only_by_who_needs_it() -> None:
    assert not RECORDED["run"] & set(syscalls.SUBPROCESSES)


@pytest.mark.parametrize("flags", [SHARED_ANONYMOUS, 0x23], ids=["shared", "validated"])
def test_there_is_no_shared_memory_but_for_a_gpu(column: int, flags: int) -> None:
    number = syscalls.CHECKED["mmap"][column]
    assert number is not None
    for rights in (RUN, COMPILE):
        answer = verdict(filters.build(rights, ASK_NANNY), number, 0, 1, 3, flags, arch=column)
        assert answer == ANSWER_ERRNO | errno.ENOMEM
    assert verdict(filters.build(GPU, ASK_NANNY), number, 0, 1, 3, flags, arch=column) == ALLOW
