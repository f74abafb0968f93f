"""Keeps one zygote alive for as long as the driver lives, and leaves nothing behind when it does not.

In: on stdin, one line of configuration; the driver is its parent. Out: on stdout, one line: ready, or refused
and why. It owns the listening socket, so that while a zygote is replaced callers wait and none is refused. It
loads no library: it stays small and cannot wear out. A zygote that dies or does not give a sign of life is replaced.
Not covered: its own SIGKILL (the zygote and all tasks die with it; the next start removes its directory).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from triton_data.jail import kernel
from triton_data.jail.kernel import LINUX
from triton_data.jail.outside import memory, scratch
from triton_data.jail.outside.sweep import remove_base, sweep

LOOK_S = 0.1
PREFIX = "triton-data-jail-"
MAX_FAILURES = 5  # deaths in a row, each within START_S of its start
START_S = 60.0
SILENT_S = 10.0  # a zygote gives a sign of life twice a second
CLEAR_S = 5.0
BOOT = """import sys
sys.path.insert(0, sys.argv[1])
sys.path += sys.argv[2:]
from {0} import main
main()"""


def command(part: str, roots: list[str], room: str = "triton_data.jail.outside") -> list[str]:
    """-I: neither PYTHONPATH nor the working directory nor a user's site-packages decide what our side imports."""
    return [sys.executable, "-I", "-c", BOOT.format(f"{room}.{part}"), *roots]


class Stopped(BaseException):
    """SIGTERM: the driver is done with us."""

    told = False  # an exception that a signal raises within a finaliser is printed and forgotten


def _stop(signum: int, where: FrameType | None) -> None:
    Stopped.told = True
    raise Stopped


class Keeper:
    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.driver = os.getppid()
        self.base = Path(config["base"])
        self.lock = (self.base / "lock.new").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)  # held while we live: tells a later start that this directory is in use
        (self.base / "lock.new").rename(self.base / "lock")  # nobody ever sees it free
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listening.bind(config["address"])
        self.listening.listen(1024)
        self.zygote: subprocess.Popen[bytes] | None = None
        self.heard = 0.0
        self.failures = 0

    def start(self) -> dict[str, Any]:
        """A new zygote. Returns what it said first; {} where it died without a word."""
        config = {**self.config, "listening": self.listening.fileno()}
        self.zygote = subprocess.Popen(
            command("zygote", self.config["roots"]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[self.listening.fileno()],
            env=self.config["env"],
            cwd="/",
        )
        assert self.zygote.stdin and self.zygote.stdout
        with contextlib.suppress(BrokenPipeError):  # dead already
            self.zygote.stdin.write(json.dumps(config).encode() + b"\n")
            self.zygote.stdin.close()
        said: dict[str, Any] = json.loads(self.zygote.stdout.readline() or b"{}")
        os.set_blocking(self.zygote.stdout.fileno(), False)
        self.heard = time.monotonic()
        return said

    def keep(self) -> None:
        """Until the driver is gone; or until zygotes die so fast that another one would not help."""
        started = time.monotonic()
        while not Stopped.told and os.getppid() == self.driver and self.failures < MAX_FAILURES:
            time.sleep(LOOK_S)
            if self.zygote is None or not self._lost():
                continue
            quick = self.zygote.returncode != 0 and time.monotonic() - started < START_S
            self.failures = self.failures + 1 if quick else 0
            self.clear()
            started = time.monotonic()
            self.start()

    def _lost(self) -> bool:
        """Dead, or killed now because it is stuck."""
        assert self.zygote is not None and self.zygote.stdout is not None
        if self.zygote.poll() is not None:
            return True
        with contextlib.suppress(BlockingIOError):
            if os.read(self.zygote.stdout.fileno(), 4096):
                self.heard = time.monotonic()
        if time.monotonic() - self.heard < SILENT_S:
            return False
        self.zygote.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.zygote.wait(CLEAR_S)
        return True

    def clear(self) -> None:
        """Whatever a dead zygote left: processes that have become ours, and scratches."""
        if self.zygote is not None and self.zygote.stdout is not None:
            self.zygote.stdout.close()
        end_children()
        for left in Path(self.config["scratch"]).glob("task-*"):
            scratch.remove(str(left))

    def close(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if self.zygote is not None and self.zygote.poll() is None:
            self.zygote.kill()  # its children die with it
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.zygote.wait(CLEAR_S)
        self.clear()
        remove_base(self.base)


def end_children() -> None:
    """All of them, and those that become ours by their end; by nobody's pid in particular, so that none can keep us."""
    deadline = time.monotonic() + CLEAR_S
    while time.monotonic() < deadline:
        for child in memory.children(os.getpid(), os.getpid()):
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for pid in memory.tree(child):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, number)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.002)


def main() -> NoReturn:
    config = json.loads(sys.stdin.readline())
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the driver, which then stops us
    if LINUX:
        kernel.adopt_orphans()
    keeper = Keeper(config)
    try:
        sweep(keeper.base.parent, PREFIX)
        said = keeper.start()
        print(json.dumps(said or {"refused": "the jail's zygote died while it was loading"}), flush=True)
        if "ready" in said:
            keeper.keep()
    except Stopped:
        pass  # the normal end
    finally:
        keeper.close()
    sys.exit(0)
