"""A week of hostile system calls in minutes: does anything outside change, does anything hang?

    python benchmarks/jail_fuzz.py [--calls 1000000] [--profiles run compile gpu] [--seed 0]

In: nothing. Out: a table on stdout, one line a profile and configuration; exit status 1 where a canary changed, a
process, socket or object of the kernel was left, a clean task between two attacks lost its result, or a task did not
end in its time. All of it is asked after each batch of eight tasks. Each task makes random calls, known and unknown,
with hostile arguments, until one of them kills it; it counts on its output what it has made. Not covered: sequences
that need a plan, and CUDA's devices (`gpu` here is its filter only).
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from triton_data.jail import PROFILES, Jail, Outcome, Policy, Task
from triton_data.jail.policy import LAYERS

CALLS_A_TASK = 4000
WALL_S = 20.0
CONFIGURATIONS = {"all layers": LAYERS, "no namespaces": ("landlock", "seccomp")}
FUZZ = r"""
import ctypes, os, random, signal, struct

# Would end the task and prove nothing: exit, exit_group, execve, execveat.
ENDS = {60, 231, 59, 322}
# Pull the ground from under the interpreter, or put it to sleep: now and then is enough.
DEADLY = {9, 10, 11, 12, 13, 14, 15, 25, 28, 34, 37, 38, 56, 57, 58, 62, 130, 131, 158, 218, 219, 234, 273, 328, 334}
DEADLY |= {335, 453, 462}

def main(p):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    dice = random.Random(p["seed"])
    signal.signal(signal.SIGALRM, lambda *_: None)
    # Memory of their own, with nothing behind it: what the kernel writes too far must not end the task.
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    arena = libc.mmap(None, 4 << 20, 3, 0x22, -1, 0)
    libc.mprotect(ctypes.c_void_p(arena + (2 << 20)), ctypes.c_size_t(2 << 20), 0)
    names = [p["canary"], p["canary"] + "/precious", ".", "x", "/", "/proc/self", "/tmp", "/dev/null", p["socket"]]
    texts = [name.encode() + b"\0" for name in names] + [struct.pack("H", 1) + p["socket"].encode() + b"\0"]
    texts += [dice.randbytes(256) for _ in range(4)]
    pointers = [arena + 65536 * at for at in range(len(texts))]
    numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 17, 255, 256, 257, 4095, 4096, -1, -100]
    numbers += [2**31 - 1, 2**31, 2**32 - 1, 2**63]
    pids = [0, 1, -1, os.getpid(), os.getppid(), p["bystander"]]
    done = 0
    for _ in range(p["calls"]):
        known = dice.random() < 0.97
        unknown = 2**31 - 1 if dice.random() < 0.002 else dice.randrange(470, 2000)
        number = dice.randrange(470) if known else unknown
        if number in ENDS or (number in DEADLY and dice.random() > 0.01):
            continue
        if done % 20 == 0:  # the kernel has written into them
            for at, text in zip(pointers, texts):
                ctypes.memmove(at, text, len(text))
        pool = (numbers, pointers, pids, (dice.getrandbits(32),), (dice.getrandbits(64),))
        arguments = [dice.choice(dice.choice(pool)) for _ in range(6)]
        if done % 50 == 0:
            os.write(1, b"%d\n" % done)
        done += 1
        signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
        words = [ctypes.c_long(value if value < 2**63 else value - 2**64) for value in arguments]
        child = libc.syscall(ctypes.c_long(number), *words)
        if child == 0 and number in (56, 57, 58) and os.getpid() != pids[3]:
            os._exit(0)
    return done
"""
CLEAN = Task(source="import os\ndef main():\n  open('x', 'w').write('y')\n  return sorted(os.listdir('.'))")


def ipc_objects() -> list[str]:
    """System V objects of the jailed user, and names in shared memory."""
    lines = [
        f"{kind} {' '.join(line.split()[:3])}"
        for kind in ("msg", "sem", "shm")
        for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]
        if "65534" in line.split()[3:]
    ]
    return lines + sorted(path.name for path in Path("/dev/shm").iterdir())


def open_sockets(directory: Path) -> list[str]:
    """Those of the jailed user on the network, and those with a name beside the canary. A name in no file is
    another program's: a socket lives no longer than who holds it, and processes and descriptors are counted."""
    inet = [
        f"{kind} {line.split()[1]}"
        for kind in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")
        for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]
        if line.split()[7] == "65534"
    ]
    names = [line.split()[-1] for line in Path("/proc/net/unix").read_text().splitlines()[1:] if len(line.split()) > 7]
    return inet + sorted(name for name in names if name.startswith(str(directory)))


def descriptors(pid: int) -> Counter[str]:
    """What is open there, by kind."""
    found: Counter[str] = Counter()
    for number in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found[str(number.readlink()).partition("[")[0]] += 1
    return found


def below(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children]


class Outside:
    """What must stay as it is."""

    def __init__(self, directory: Path, jail: Jail) -> None:
        assert jail.held and jail.held.keeper
        self.keeper = jail.held.keeper.pid
        self.canary = directory / "canary"
        for name in ("precious", "folder/deep/file", "folder/other"):
            path = self.canary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
        (self.canary / "link").symlink_to("precious")
        if os.geteuid() == 0:
            for path in [self.canary, *self.canary.rglob("*")]:
                os.chown(path, 65534, 65534, follow_symlinks=False)
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.server.bind(str(directory / "socket"))
        (directory / "socket").chmod(0o777)
        self.server.setblocking(False)
        who = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
        self.bystander = subprocess.Popen(["sleep", "100000"], cwd="/", **who)  # type: ignore[call-overload]
        self.before = self.state()

    def state(self) -> dict[str, str]:
        digest = hashlib.sha256()
        for path in sorted([self.canary, *self.canary.rglob("*")]):
            found = path.lstat()
            words = (path.name, found.st_mode, found.st_uid, found.st_nlink, found.st_size, found.st_mtime_ns)
            digest.update(repr((words, path.read_bytes() if path.is_file() else b"")).encode())
        zygotes = self._settled()
        return {
            "canary": digest.hexdigest(),
            "kernel objects": repr(ipc_objects()),
            "open sockets": repr(open_sockets(self.canary.parent)),
            "processes": repr([len(zygotes), *(len(below(zygote)) for zygote in zygotes)]),
            "descriptors of the zygote": repr(sorted(descriptors(zygotes[0]).items())),
            "bystander": f"{self.bystander.poll()} {os.getpriority(os.PRIO_PROCESS, self.bystander.pid)} "
            f"{sorted(os.sched_getaffinity(self.bystander.pid))}",
            "socket": repr(self._received()),
        }

    def _settled(self) -> list[int]:
        """The zygotes (one), once they are between two tasks or have had two seconds to be."""
        deadline = time.monotonic() + 2
        while any(map(below, zygotes := below(self.keeper))) and time.monotonic() < deadline:
            time.sleep(0.01)
        return zygotes

    def _received(self) -> bytes:
        try:
            return self.server.recv(64)
        except BlockingIOError:
            return b""

    def changed(self) -> list[str]:
        now = self.state()
        return [f"{name}: {self.before[name]} is now {now[name]}" for name in now if now[name] != self.before[name]]

    def close(self) -> None:
        self.bystander.kill()
        self.bystander.wait()
        self.server.close()


def fuzz(jail: Jail, outside: Outside, policy: Policy, calls: int, seed: int) -> tuple[int, Counter[str], list[str]]:
    made, ends, wrong = 0, Counter[str](), []
    policy = replace(policy, wall_s=WALL_S, cpu_s=20, disk=64 << 20, memory=1 << 30)

    def attack(number: int) -> Outcome:
        payload = {
            "seed": seed + number, "calls": CALLS_A_TASK, "canary": str(outside.canary),
            "socket": str(outside.canary.parent / "socket"), "bystander": outside.bystander.pid,
        }  # fmt: skip
        return jail.run(Task(source=FUZZ, payload=payload), policy)

    with ThreadPoolExecutor(2) as pool:
        number = 0
        while made < calls:
            start = time.monotonic()
            for outcome in pool.map(attack, range(number, number + 8)):
                ends[outcome.status] += 1
                told = [int(word) for word in outcome.output.split() if word.isdigit()]
                made += outcome.value if isinstance(outcome.value, int) else max(told, default=0)
                if outcome.status == "lost":
                    wrong.append(f"{outcome.reason}, seed {seed}+{number}..")
            number += 8
            if time.monotonic() - start > 8 * (WALL_S + 5):
                wrong.append(f"eight tasks took {time.monotonic() - start:.0f} s, seed {seed}+{number}")
            if (found := jail.run(CLEAN, policy).value) not in (["task.py", "x"], ["x"]):
                wrong.append(f"a clean task returned {found!r}, seed {seed}+{number}")
            wrong += outside.changed()
            if wrong:
                break
            if number % 80 == 0:
                print(f"  {made} calls, {number} tasks, {dict(ends)}", file=sys.stderr)
    return made, ends, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--profiles", nargs="+", default=["run", "compile"], choices=list(PROFILES))
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    failed = False
    print(f"{'profile':10} {'layers':14} {'calls':>9} {'tasks':>6} {'seconds':>8}  ends")
    with tempfile.TemporaryDirectory() as name, Jail(preload=(), shared=False) as jail:
        Path(name).chmod(0o755)
        for policy in PROFILES.values():  # what the zygote opens once, it has open then
            assert jail.run(CLEAN, policy).ok
        outside = Outside(Path(name), jail)
        for profile in arguments.profiles:
            for words, layers in CONFIGURATIONS.items():
                start = time.monotonic()
                policy = replace(PROFILES[profile], layers=layers)
                made, ends, wrong = fuzz(jail, outside, policy, arguments.calls, arguments.seed)
                seconds = time.monotonic() - start
                print(
                    f"{profile:10} {words:14} {made:9} {sum(ends.values()):6} {seconds:8.0f}  {dict(ends)}", flush=True
                )
                for line in wrong:
                    print(f"  WRONG: {line}", flush=True)
                failed = failed or bool(wrong)
        outside.close()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
