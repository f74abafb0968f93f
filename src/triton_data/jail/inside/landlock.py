"""Landlock: which files the calling process may read, write and execute; no TCP; no signals to the outside.

In: lists of paths and what may be done beneath them. Out: the rules in force, or `Unavailable`. Paths that do not exist
are left out. Not covered by the kernel: chmod, utime, stat, UDP and Unix sockets (seccomp denies those).
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from triton_data.jail.kernel import LINUX, Unavailable, call, no_new_privs, quick

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG, RULE_PATH_BENEATH = 1, 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << bit for bit in range(6))
MAKE_DIR, MAKE_REG, MAKE_PIPE, MAKE_SYM, REFER, TRUNCATE, IOCTL_DEV = (1 << bit for bit in (7, 8, 10, 12, 13, 14, 15))
READ = READ_FILE | READ_DIR
# Neither device nodes nor sockets; and named pipes only for who asks: nothing else honest makes them in scratch.
WRITE = WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SYM | REFER | TRUNCATE
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
DEVICE = READ | WRITE_FILE | IOCTL_DEV
RULE = struct.Struct("=Qi")
TCP_BIND_AND_CONNECT = 3
SCOPES = 6  # the ABI that keeps signals and abstract sockets in
ABSTRACT_SOCKETS_AND_SIGNALS = 3


def abi(cap: int) -> int:
    """0 where there is none. `cap`: as on a kernel that has no more than this."""
    if not LINUX:
        return 0
    try:
        return min(cap, call("landlock", CREATE_RULESET, None, 0, VERSION_FLAG))
    except Unavailable:
        return 0


def _handled(version: int) -> int:
    access = (1 << 13) - 1
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV)):
        if version >= since:
            access |= right
    return access


class Rules:
    """What all tasks of one kind may read. The files are opened once; each task then gets a ruleset of its own, to
    which it adds what is its own, and none sees another's."""

    def __init__(self, granted: Iterable[tuple[str, int]]) -> None:
        opened = [(_open(path), access) for path, access in granted]
        self.files = [(at, _kind(at, access)) for at, access in opened if at >= 0]

    def begin(self, version: int) -> int:
        """A ruleset with these rules, as a descriptor."""
        handled = _handled(version)
        attributes = struct.pack(
            "=QQQ",
            handled,
            TCP_BIND_AND_CONNECT if version >= 4 else 0,
            ABSTRACT_SOCKETS_AND_SIGNALS if version >= 6 else 0,
        )[: 24 if version >= 6 else 16 if version >= 4 else 8]
        ruleset = call("landlock_create_ruleset", CREATE_RULESET, attributes, len(attributes), 0)
        for at, access in self.files:
            quick("landlock rule", ADD_RULE, ruleset, RULE_PATH_BENEATH, RULE.pack(access & handled, at), 0)
        return ruleset


def allow(ruleset: int, version: int, paths: Iterable[str], access: int) -> None:
    handled = _handled(version)
    for path in paths:
        at = _open(path)
        if at >= 0:
            try:
                rule = RULE.pack(_kind(at, access) & handled, at)
                quick("landlock rule", ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0)
            finally:
                os.close(at)


def restrict(ruleset: int) -> None:
    """Everything not named is denied from here on, in this process and all it creates."""
    no_new_privs()
    quick("landlock_restrict_self", RESTRICT_SELF, ruleset, 0, None, 0)
    os.close(ruleset)


def _open(path: str) -> int:
    try:
        return os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # absent here, or closed to this uid: then there is nothing to allow
        return -1


def _kind(at: int, access: int) -> int:
    """What of it can be said of this file or folder."""
    return access if stat.S_ISDIR(os.fstat(at).st_mode) else access & ON_FILES
