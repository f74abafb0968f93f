"""Twenty attacks by somebody who had not written the jail: ten knowing docs/security.md alone, ten the sources.

Where a limit is passed rather than a thing reached, the attack's own text says that it got through.
"""

from __future__ import annotations

import textwrap
from dataclasses import replace
from typing import Any

from tests.attacks.attack import Attack, Suite
from triton_data.jail import COMPILE, GPU, RUN

suite = Suite()


def ends(name: str, expect: str, body: str, **more: Any) -> None:
    suite.ends(name, expect, textwrap.dedent(body), **more)


def whole(name: str, expect: str, source: str) -> None:
    """An attack whose text itself is the attack: no prelude."""
    suite.attacks.append(Attack(name, source, expect, replace(RUN, wall_s=10.0, memory=1 << 30)))


# Read: the security document alone.
ends(
    "channels opened again, the other way round",
    "ok|forbidden|error",
    """
    for number in range(64):
        for way in (os.O_RDONLY, os.O_WRONLY):
            try:
                fd = os.open("/proc/self/fd/%d" % number, way | os.O_NONBLOCK)
                found = os.read(fd, 99) if way == os.O_RDONLY else b""
            except OSError:
                continue
            if found and not found.startswith(b"\\x7fELF"):
                print("\\nLEAK", number, found)
    return "tried"
    """,
    before="print('SECRET' * 10000)\nos.write(1, b'SECRET')",
)
ends(
    "CPU of children that the kernel reaps",
    "timeout:cpu time",
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in range(100):
        if os.fork() == 0:
            while time.process_time() < 0.04:
                pass
            os._exit(0)
        try:
            os.wait()
        except ChildProcessError:
            pass
    return "LEAK"
    """,
    policy=COMPILE,
    cpu_s=1,
    wall_s=40.0,
)
ends(
    "memory that the zygote would share",
    "ok|forbidden|error",
    """
    for line in open("/proc/self/maps"):
        if line.split()[1].startswith("rw-s"):
            print("\\nLEAK", line)
    return "looked"
    """,
)
ends(
    "a thousand names of one file",
    "error|disk|forbidden",
    """
    open("one", "w").close()
    for number in range(20000):
        os.link("one", "n" * 200 + str(number))
    time.sleep(1)
    return "LEAK"
    """,
    files=1000,
)
whole(
    "a text that overflows the parser",
    "error|signal|oom",
    f"def main(p):\n    return {'-' * 200_000}1\n",
)
whole("half a character in the text", "ok|error", "x = '\ud800'\ndef main(p):\n    return 'fine'\n")
ends(
    "the CPU limit's signal, by one's own hand",
    "signal:24|forbidden",
    """
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGXCPU)
    return "LEAK"
    """,
)
ends(
    "the signal of the kernel's killer, by one's own hand",
    "signal:9|forbidden",
    """
    os.kill(os.getpid(), signal.SIGKILL)
    return "LEAK"
    """,
)
ends(
    "output cut within a character",
    "ok",
    """
    for _ in range(9):
        os.write(1, b"\\xf0\\x9f\\xa6" * 5000 + b"\\xed\\xa0\\x80\\0\\x1b]0;x\\x07")
        os.write(2, b"\\xf0\\x9f" * 5001)
    return "said"
    """,
)
ends(
    "kill the whole group, where compilers run",
    "signal:9|forbidden|error",
    """
    os.kill(0, signal.SIGKILL)
    time.sleep(2)
    return "LEAK"
    """,
    policy=COMPILE,
)

# Read: the sources as well.
OWN_TABLE = """
import threading
kept, refused = [], []
def own_table(work):
    "A thread that no longer shares its descriptors with the others, which are those that /proc shows of a process."
    def run():
        try:
            call(436, 436, ctypes.c_uint(1 << 20), ctypes.c_uint(1 << 20), 2)
            work()
        except BaseException as error:
            refused.append(error)
        time.sleep(30)
    threading.Thread(target=run, daemon=True).start()
"""
ends(
    "deleted but open files, in a thread's own table",
    "ok|disk|error|forbidden",
    OWN_TABLE
    + """
def work():
    for number in range(8):
        fd = os.open("x%d" % number, os.O_CREAT | os.O_RDWR)
        os.unlink("x%d" % number)
        os.write(fd, bytes(24 << 20))
    kept.append(number)
own_table(work)
while not kept and not refused:
    time.sleep(0.05)
time.sleep(1)
return "LEAK" if kept else str(refused)
""",
    disk=64 << 20,
    wall_s=20.0,
)
ends(
    "more descriptors than the limit, in threads' own tables",
    "ok|error|forbidden",
    OWN_TABLE
    + """
def work():
    for _ in range(100):
        kept.append(os.open("/dev/null", os.O_RDONLY))
for _ in range(4):
    own_table(work)
time.sleep(2)
return "LEAK" if len(kept) > 256 else str(refused)
""",
)
ends(
    "a device made by renaming",
    "ok|error|forbidden",
    """
    import stat
    open("one", "w").close()
    call(316, 276, -100, b"one", -100, b"two", 4)
    return "LEAK" if stat.S_ISCHR(os.stat("one").st_mode) else "none made"
    """,
)
ends(
    "the user's queue of signals, filled",
    "ok|error|forbidden",
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, [40])
    for _ in range(20000):
        os.kill(os.getpid(), 40)
    queued = int(open("/proc/self/status").read().partition("SigQ:")[2].split("/")[0])
    return "LEAK" if queued > 4096 else queued
    """,
    wall_s=10.0,
)
ends(
    "a core for the machine's own collector",
    "ok|error|forbidden",
    """
    import resource
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        pass
    # A collector behind a pipe gets every core but those of the limit 1: see core(5).
    return "LEAK" if resource.getrlimit(resource.RLIMIT_CORE)[0] != 1 else "none"
    """,
)
ends(
    "pages of a library, locked in memory",
    "ok|error|forbidden|oom",
    """
    import mmap
    fd = os.open(p["torch"] + "/lib/libtorch_cpu.so", os.O_RDONLY)
    part = mmap.mmap(fd, 160 << 20, mmap.MAP_SHARED, mmap.PROT_READ)
    for line in open("/proc/self/maps"):
        low, high = (int(word, 16) for word in line.split()[0].split("-"))
        if high - low == 160 << 20 and libc.mlock(ctypes.c_void_p(low), ctypes.c_size_t(high - low)) == 0:
            time.sleep(0.5)
            return "LEAK"
    return "not locked"
    """,
    memory=64 << 20,
)
ends(
    "folders that stay large when they are empty",
    "ok|disk|error",
    """
    folders = ["d%d" % number for number in range(40)]
    for folder in folders:
        os.mkdir(folder)
        names = ["%s/%s%d" % (folder, "n" * 240, number) for number in range(900)]
        for name in names:
            os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
        for name in names:
            os.unlink(name)
    time.sleep(0.3)
    return "LEAK" if sum(os.stat(folder).st_blocks for folder in folders) * 512 > 4 << 20 else "small"
    """,
    disk=4 << 20,
    files=1000,
    wall_s=40.0,
)
ends(
    "shared memory of which one page stays mapped, with devices",
    "oom|error|forbidden",
    """
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    for _ in range(8):
        at = libc.mmap(None, 100 << 20, 3, 0x21, -1, 0)
        if at == 2**64 - 1:
            raise MemoryError
        ctypes.memset(at, 1, 100 << 20)
        libc.munmap(at + 4096, (100 << 20) - 4096)
    time.sleep(1)
    return "LEAK"
    """,
    policy=GPU,
    memory=256 << 20,
    wall_s=20.0,
)
ends(
    "an exception whose class has no name to give",
    "error|exit|bad_frame",
    """
    class Meta(type):
        @property
        def __name__(cls):
            raise SystemExit(0)
    class Nameless(Exception, metaclass=Meta):
        errno = filename = property(lambda self: 1 / 0)
    raise Nameless("x")
    """,
)
ends(
    "a result in packets of one byte",
    "ok",
    """
    import fcntl
    fcntl.fcntl(3, fcntl.F_SETFL, os.O_WRONLY | os.O_DIRECT)
    for byte in frame({"ok": True, "value": "x" * 20000, "tensors": []}):
        os.write(3, bytes([byte]))
    os._exit(0)
    """,
    wall_s=20.0,
)
