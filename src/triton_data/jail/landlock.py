"""Landlock: which files the calling process may read, write and execute; no TCP; no signals to the outside.

In: lists of paths: to read, to write, devices, and to list only. Out: the ABI version that is in
force, or `Unavailable`. Paths that do not exist are left out. Not covered by the kernel: chmod, utime, stat,
UDP and Unix sockets (seccomp denies those).
"""

from __future__ import annotations

import errno
import os
import stat
import struct
from collections.abc import Iterable

from triton_data.jail.kernel import LINUX, Unavailable, call, no_new_privs

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG, RULE_PATH_BENEATH = 1, 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << bit for bit in range(6))
MAKE_DIR, MAKE_REG, MAKE_PIPE, MAKE_SYM, REFER, TRUNCATE, IOCTL_DEV = (1 << bit for bit in (7, 8, 10, 12, 13, 14, 15))
READ = READ_FILE | READ_DIR
# Neither device nodes nor sockets; and named pipes only for who asks: nothing else honest makes them in scratch.
WRITE = WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SYM | REFER | TRUNCATE
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
TCP_BIND_AND_CONNECT = 3
SCOPES = 6  # the ABI that keeps signals and abstract sockets in
ABSTRACT_SOCKETS_AND_SIGNALS = 3


def abi() -> int:
    """0 where there is none."""
    if not LINUX:
        return 0
    try:
        return call("landlock", CREATE_RULESET, None, 0, VERSION_FLAG)
    except Unavailable:
        return 0


def _handled(version: int) -> int:
    access = (1 << 13) - 1
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV)):
        if version >= since:
            access |= right
    return access


def restrict(
    read: Iterable[str],
    write: Iterable[str],
    devices: Iterable[str] = (),
    listed: Iterable[str] = (),
    execute: bool = False,
    pipes: bool = False,
) -> int:
    """Everything not named is denied from here on, in this process and all it creates."""
    version = abi()
    if version < 1:
        raise Unavailable(errno.ENOSYS, "landlock: not in this kernel, or not enabled")
    handled = _handled(version)
    attributes = struct.pack(
        "=QQQ",
        handled,
        TCP_BIND_AND_CONNECT if version >= 4 else 0,
        ABSTRACT_SOCKETS_AND_SIGNALS if version >= 6 else 0,
    )[: 24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = call("landlock_create_ruleset", CREATE_RULESET, attributes, len(attributes), 0)
    run = EXECUTE if execute else 0
    for paths, access in (
        (read, READ | run),
        (write, READ | WRITE | run | (MAKE_PIPE if pipes else 0)),
        (devices, READ | WRITE_FILE | IOCTL_DEV),
        (listed, READ_DIR),
    ):
        for path in paths:
            _allow(ruleset, path, access & handled)
    no_new_privs()
    call("landlock_restrict_self", RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return version


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        at = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # absent here, or closed to this uid: then there is nothing to allow
        return
    if not stat.S_ISDIR(os.fstat(at).st_mode):
        access &= ON_FILES
    rule = struct.pack("=Qi", access, at)
    try:
        call(f"landlock rule {path}", ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(at)
