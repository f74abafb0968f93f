"""Which system calls a jailed process may make: tables only, numbers as (x86_64, aarch64). What is not here is refused.

In: nothing. Out: names grouped by what they are for. `RECORDED` in tests/jail/test_syscalls.py says which of them our
suites were seen to make; the others are in `SPARE`, with the reason that they are here all the same. Not covered: calls
that depend on their arguments (`CHECKED`; the tests are in seccomp.py), and the names of what is refused (denied.py).
"""

from __future__ import annotations

from typing import TypeAlias

Numbers: TypeAlias = dict[str, tuple[int | None, int | None]]

LAST_KNOWN = 462  # mseal; what is newer answers ENOSYS, as on a kernel that does not have it

# Files: which ones, Landlock says.
FILES: Numbers = {
    "read": (0, 63), "write": (1, 64), "open": (2, None), "close": (3, 57), "stat": (4, None), "fstat": (5, 80),
    "lstat": (6, None), "lseek": (8, 62), "pread64": (17, 67), "pwrite64": (18, 68), "readv": (19, 65),
    "writev": (20, 66), "access": (21, None), "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24),
    "sendfile": (40, 71), "fsync": (74, 82), "fdatasync": (75, 83), "truncate": (76, 45),
    "ftruncate": (77, 46), "getdents64": (217, 61), "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50),
    "rename": (82, None), "mkdir": (83, None), "rmdir": (84, None), "creat": (85, None), "link": (86, None),
    "unlink": (87, None), "symlink": (88, None), "readlink": (89, None), "umask": (95, 166), "statfs": (137, 43),
    "fstatfs": (138, 44), "openat": (257, 56), "mkdirat": (258, 34), "newfstatat": (262, 79),
    "unlinkat": (263, 35), "renameat": (264, 38), "linkat": (265, 37), "symlinkat": (266, 36),
    "readlinkat": (267, 78), "faccessat": (269, 48), "faccessat2": (439, 439), "fallocate": (285, 47),
    "preadv": (295, 69), "pwritev": (296, 70), "preadv2": (327, 286), "pwritev2": (328, 287), "readahead": (187, 213),
    "copy_file_range": (326, 285), "statx": (332, 291), "openat2": (437, 437),
    "pipe": (22, None), "pipe2": (293, 59),
}  # fmt: skip

# One's own memory, threads, signals and clocks.
ITSELF: Numbers = {
    "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "mremap": (25, 216), "msync": (26, 227),
    "mlock": (149, 228), "munlock": (150, 229), "get_mempolicy": (239, 236), "membarrier": (324, 283),
    "mseal": (462, 462), "map_shadow_stack": (453, 453),
    "futex": (202, 98), "futex_waitv": (449, 449), "set_tid_address": (218, 96), "set_robust_list": (273, 99),
    "rseq": (334, 293), "arch_prctl": (158, None), "exit": (60, 93), "exit_group": (231, 94),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136),
    "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133), "sigaltstack": (131, 132), "pause": (34, None),
    "restart_syscall": (219, 128), "signalfd4": (289, 74), "alarm": (37, None), "getitimer": (36, 102),
    "setitimer": (38, 103), "timerfd_create": (283, 85), "timerfd_settime": (286, 86), "timerfd_gettime": (287, 87),
    "nanosleep": (35, 101), "clock_nanosleep": (230, 115), "clock_gettime": (228, 113), "clock_getres": (229, 114),
    "gettimeofday": (96, 169), "time": (201, None), "times": (100, 153), "getrusage": (98, 165),
    "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120), "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126),
    "getcpu": (309, 168), "getpriority": (140, 141), "getrandom": (318, 278), "getrlimit": (97, 163),
    "wait4": (61, 260), "waitid": (247, 95),
}  # fmt: skip

# Who and where one is.
QUESTIONS: Numbers = {
    "uname": (63, 160), "sysinfo": (99, 179), "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173),
    "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getgroups": (115, 158),
    "getresuid": (118, 148), "getresgid": (120, 150), "getpgrp": (111, None), "getpgid": (121, 155),
    "getsid": (124, 156), "capget": (125, 90),
}  # fmt: skip

# Waiting for several things at once, and for oneself through a socketpair (asyncio does).
WAITING: Numbers = {
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72), "epoll_create": (213, None),
    "epoll_create1": (291, 20), "epoll_ctl": (233, 21), "epoll_wait": (232, None), "epoll_pwait": (281, 22),
    "eventfd2": (290, 19), "recvfrom": (45, 207), "shutdown": (48, 210), "getsockname": (51, 204),
    "getpeername": (52, 205), "getsockopt": (55, 209),
}  # fmt: skip

EVERYWHERE: Numbers = {**FILES, **ITSELF, **QUESTIONS, **WAITING}

# With `subprocesses` only.
SUBPROCESSES: Numbers = {
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "setpgid": (109, 154), "setsid": (112, 157),
    "flock": (73, 32),
}  # fmt: skip

# With `devices` only: CUDA makes one local socket of a kind that cannot be addressed, and listens on it.
DEVICES: Numbers = {
    "bind": (49, 200), "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242), "setsockopt": (54, 208),
    "mbind": (237, 235), "set_mempolicy": (238, 237), "mincore": (27, 232),
}  # fmt: skip

# Allowed with some arguments only: seccomp.py says with which.
CHECKED: Numbers = {
    "mmap": (9, 222), "madvise": (28, 233), "ioctl": (16, 29), "fcntl": (72, 25), "prctl": (157, 167),
    "socket": (41, 198), "socketpair": (53, 199), "sendto": (44, 206), "sendmsg": (46, 211), "clone": (56, 220),
    "kill": (62, 129), "tgkill": (234, 131), "prlimit64": (302, 261), "setrlimit": (160, 164),
    "sched_setaffinity": (203, 122), "close_range": (436, 436), "renameat2": (316, 276),
}  # fmt: skip

# Linkers and copiers call these on their own output and fail where they fail. The compile profile answers "done" and
# does nothing; nothing in scratch depends on a mode or a time.
PRETENDED: Numbers = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
}

# Answered with "done" where they are not allowed, and not done: both reach files that all tasks read. Advice would push
# them out of the page cache; and whom would one process alone lock out but somebody outside?
UNHEARD: Numbers = {"fadvise64": (221, 223), "flock": (73, 32)}

# Who copies a file asks for its extended attributes: no file has any.
ATTRIBUTES: Numbers = {
    "getxattr": (191, 8), "lgetxattr": (192, 9), "fgetxattr": (193, 10), "listxattr": (194, 11),
    "llistxattr": (195, 12), "flistxattr": (196, 13),
}  # fmt: skip

# clone3 keeps its flags in memory, where no filter can read them: without it libc falls back to clone.
CLONE3 = (435, 435)
CONNECT = (42, 203)
SECCOMP = (317, 277)
CAPSET = (126, 91)

# Not seen in a recording, and allowed all the same: harmless, and another libc, kernel, architecture or library asks.
SPARE = {
    "older libc, or musl": (
        "lstat open creat link symlink pipe poll select time alarm pause epoll_create epoll_wait getpgrp fork "
        "setrlimit getrlimit gettimeofday nanosleep renameat faccessat getitimer"
    ),
    "newer libc": ("openat2 preadv2 pwritev2 futex_waitv map_shadow_stack mseal renameat2"),
    "Python's os, mmap, signal, selectors, asyncio and subprocess modules": (
        "dup dup3 sendfile truncate fdatasync fchdir chdir flock fsync fallocate preadv pwritev writev readv linkat "
        "symlinkat msync rt_sigpending rt_sigtimedwait rt_sigsuspend restart_syscall signalfd4 setitimer "
        "sched_getparam sched_getscheduler sched_yield getpriority times getresuid getresgid getgroups getpgid "
        "getsid ppoll pselect6 epoll_create1 epoll_ctl epoll_pwait recvfrom shutdown getsockname getpeername "
        "getsockopt waitid setpgid setsid timerfd_create timerfd_settime timerfd_gettime socketpair eventfd2 "
        "clock_getres exit tgkill madvise mremap mkdirat unlinkat uname getppid pwrite64 readlinkat ftruncate "
        "copy_file_range fstat getegid geteuid getgid getuid rt_sigreturn statx"
    ),
    "torch, OpenMP, OpenBLAS and NUMA libraries on larger machines": (
        "mlock munlock get_mempolicy membarrier getcpu capget fstatfs statfs readahead sched_setaffinity "
        "prctl sched_getaffinity"
    ),
    "CUDA: used on a GPU, or by another driver": (
        "bind listen accept accept4 setsockopt mbind set_mempolicy mincore socket"
    ),
}
