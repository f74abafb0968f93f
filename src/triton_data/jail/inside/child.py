"""The jailed child: gives up what it can, then runs the task and writes its claim.

In: four descriptors and a policy, right after the fork. Out: on `setup`, before any foreign code runs, the
layers in force and the seccomp listener; on `result`, one frame. From then on the process is in the hands of
the task (perform.py). Not covered: judging (outcome.py) and enforcement (outside/zygote.py), which happen outside.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import tempfile
import time
from dataclasses import dataclass
from typing import NoReturn

from triton_data.jail import kernel
from triton_data.jail.inside import files, landlock, limits, namespaces, packages, seccomp
from triton_data.jail.inside.filters import Rights
from triton_data.jail.inside.perform import perform
from triton_data.jail.kernel import LINUX, Unavailable
from triton_data.jail.policy import COMPILE, Policy

RESULT = 3
CHUNK = 1 << 20
SETUP_FAILED = 97
NICE = 10


@dataclass(frozen=True, slots=True)
class Place:
    """What all tasks of one zygote share."""

    read: tuple[str, ...]
    floor: tuple[str, ...]
    zygote: int  # its pid
    no_namespaces: str = ""  # why this machine has none; '' where it has


class Report:
    """Layers in force, and why the others are not."""

    def __init__(self) -> None:
        self.layers: list[str] = []
        self.missing: dict[str, str] = {}

    def check_floor(self, floor: tuple[str, ...]) -> None:
        held = {layer.partition(":")[0] for layer in self.layers}
        for name in floor:
            if name not in held:
                raise PermissionError(f"below the floor: no {name} ({self.missing.get(name, 'switched off')})")


def isolate(policy: Policy, scratch: str, place: Place) -> Report:
    """Everything that children inherit and that needs rights which the task must not have. No half measures:
    where the
    machine has namespaces and this fails, the task is not run."""
    report = Report()
    if os.geteuid() == 0:
        namespaces.drop_root()
        report.layers.append(f"uid:{namespaces.NOBODY}")
    if LINUX:
        kernel.set_dumpable(True)  # the zygote is not, nor is who changed uid: then /proc/self would belong to root
    if place.no_namespaces or "namespaces" not in policy.layers:
        report.missing["namespaces"] = place.no_namespaces or "switched off"
        return report
    held = namespaces.enter(policy.subprocesses)
    namespaces.mount_scratch(scratch, policy.disk, policy.files)
    if not policy.devices:  # else each process of the namespace drops them once /proc is its own
        namespaces.drop_capabilities()
    report.layers += [f"namespaces:{'+'.join(held)}", "tmpfs"]
    return report


def why_no_namespaces(scratch: str) -> str:
    """'' where all of them work. Tried once, in a process that ends with it: some machines let a process in
    and then give it
    no rights there, and a task must not be left half way."""
    if not LINUX:
        return "not Linux"
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            isolate(COMPILE, scratch, Place((), (), 0))
        except OSError as error:
            os.write(writing, f"{error}".encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(pid, 0)
    with os.fdopen(reading, errors="replace") as file:
        return file.read()


def live(fds: list[int], policy: Policy, scratch: str, place: Place, report: Report | None = None) -> NoReturn:
    """The whole life of a jailed process. `report` comes from a stem that has isolated it already."""
    try:
        number = limits.out_of_reach(policy)
        task, ruleset = _arrange(fds, number)
        setup = socket.socket(fileno=number)
        try:
            _confine(policy, scratch, place, report or isolate(policy, scratch, place), setup, ruleset)
        except Exception as error:  # noqa: BLE001  whatever it is, foreign code must not run: say it outside
            setup.sendall(json.dumps({"failed": f"{error}"}).encode())
            os._exit(SETUP_FAILED)
        setup.close()
        if policy.packages:
            packages.enter(policy.packages)
        perform(json.loads(task), RESULT)
    finally:
        os._exit(SETUP_FAILED)


def _arrange(fds: list[int], setup: int) -> tuple[bytes, int]:
    """0-2 as usual, the result as 3, setup where no descriptor of the task will be, nothing else but the ruleset that
    is still to be finished. Returns the task's text, and the ruleset or -1."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGINT):  # the two that the zygote's Python handles
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    # Out of the way first: a received descriptor may have any number.
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 64) for fd in fds]
    task = b""
    while chunk := os.read(high[0], CHUNK):
        task += chunk
    for source, target in (
        (os.open(os.devnull, os.O_RDONLY), 0),
        (high[2], 1),
        (high[2], 2),
        (high[1], RESULT),
    ):
        os.dup2(source, target, inheritable=target != RESULT)
    os.dup2(high[3], setup, inheritable=False)
    ruleset = high[4] if len(high) > 4 else -1
    close_from(RESULT + 1, (setup, ruleset))
    return task, ruleset


def close_from(lowest: int, but: tuple[int, ...] = ()) -> None:
    """By listing them: the limit may be a million, and not every libc has close_range."""
    numbers = os.listdir("/proc/self/fd") if LINUX else map(str, range(4096))  # noqa: PTH208  faster than Path
    for number in map(int, numbers):
        if number >= lowest and number not in but:
            try:
                os.close(number)
            except OSError:  # the listing's own is closed already
                continue


def _confine(policy: Policy, scratch: str, place: Place, report: Report, setup: socket.socket, ruleset: int) -> None:
    """From weak to strong. What comes back of it is sent before any foreign code runs, so it is fact."""
    if LINUX:
        tie_to(place.zygote)
    if policy.devices and "tmpfs" in report.layers:
        namespaces.mount_proc()
        namespaces.drop_capabilities()
    _settle(scratch)
    limits.apply(policy, "tmpfs" in report.layers, setup.fileno(), limits.mark_of(scratch))
    report.layers.append("rlimits")
    if policy.subprocesses and "tmpfs" not in report.layers:
        os.nice(NICE)  # its processes are bounded only together with its user's: the zygote must still get its turn
    if LINUX:
        kernel.no_new_privs()
        report.layers.append("no_new_privs")
    signals_stay_in = _own_pids(report)
    try:
        if policy.landlock:
            version = files.finish(ruleset, policy, place.read, scratch, "tmpfs" in report.layers)
            signals_stay_in |= version >= landlock.SCOPES
            report.layers.append(f"landlock:{version}")
    except Unavailable as error:
        report.missing["landlock"] = str(error)
    listener = None
    try:
        if "seccomp" in policy.layers:
            rights = Rights(policy.subprocesses, policy.devices, signals_stay_in, setup.fileno())
            listener = seccomp.restrict(rights)
            report.layers.append("seccomp")
    except Unavailable as error:
        report.missing["seccomp"] = str(error)
    report.check_floor(place.floor)
    told = json.dumps({"layers": report.layers, "missing": report.missing}).encode()
    socket.send_fds(setup, [told], [] if listener is None else [listener])
    if listener is not None:
        os.close(listener)


def _own_pids(report: Report) -> bool:
    return any(layer.startswith("namespaces:") and "pid" in layer.split("+") for layer in report.layers)


def tie_to(zygote: int) -> None:
    """Die when the zygote dies. A child of a stem must wait until the stem's death has made it the zygote's
    child: set
    earlier, the signal would come from the stem."""
    deadline = time.monotonic() + 5
    while _parent() != zygote:
        if time.monotonic() > deadline:
            raise PermissionError("the zygote is gone")
        time.sleep(0.0002)
    kernel.die_with_parent()
    if _parent() != zygote:
        raise PermissionError("the zygote is gone")


def _parent() -> int:
    """Where getppid() says 0, it is outside of this pid namespace: /proc counts as the zygote does."""
    return os.getppid() or int(kernel.read("/proc/self/stat").rpartition(b") ")[2].split()[1])


def _settle(scratch: str) -> None:
    """All that a library may want to write goes to scratch, which the next task does not see."""
    os.chdir(scratch)
    os.umask(0o077)
    os.environ |= {
        "HOME": scratch,
        "TMPDIR": scratch,
        "TORCHINDUCTOR_CACHE_DIR": f"{scratch}/torchinductor",
        "TRITON_CACHE_DIR": f"{scratch}/triton",
        "TRITON_HOME": scratch,
        "CUDA_CACHE_PATH": f"{scratch}/cuda",
    }
    tempfile.tempdir = scratch
