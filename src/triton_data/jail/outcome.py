"""What became of a task: facts from outside, claims from inside, and the one place that makes a verdict of
them.

In: facts (zygote and nanny), the raw frame, the captured output. Out: an `Outcome` with a status and a
countable reason. Not covered: whether the claimed values are right, and what a `forbidden:open PATH` was: the
path comes from the exception that the task ended with, so it is a claim. System calls in `facts.denied` are
facts.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from triton_data.jail.frame import BadFrame, ErrorClaim, RawTensor, decode
from triton_data.jail.policy import FLOOR, Json, Policy
from triton_data.records import Drop

Status: TypeAlias = Literal[
    "ok", "error", "forbidden", "timeout", "oom", "disk", "flood", "processes", "signal", "exit", "bad_result", "lost"
]
EPERM = 1
# Denied calls that code makes in passing and survives: they explain an error only where nothing else does.
INCIDENTAL = {"sched_setaffinity", "memfd_create", "prctl", "chmod", "fchmod", "fchmodat", "utimensat"}

# In words, what a task has passed: by kind of claim, and by why the zygote has killed it.
LIMITS: dict[str, Callable[[Policy], str]] = {
    "processes": lambda policy: f"{policy.tasks} processes and threads",
    "threads": lambda policy: f"{policy.tasks} processes and threads, or of memory for their stacks",
    "file_size": lambda policy: f"{policy.file_size >> 20} MiB a file",
    "disk": lambda policy: f"{policy.disk >> 20} MiB and {policy.files} files of scratch",
    "descriptors": lambda policy: f"{policy.open_files} open files",
}
KILLED: dict[str, Callable[[Policy], str]] = {
    "timeout": lambda policy: f"wall time of {policy.wall_s:g} s",
    "oom": lambda policy: f"memory of {policy.memory >> 20} MiB",
    "disk": LIMITS["disk"],
    "processes": LIMITS["processes"],
    "flood": lambda policy: f"result of {policy.output >> 20} MiB",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """Seen from outside the jail."""

    exit: int | None = None
    signal: int | None = None
    killed: str = ""  # by us, and why: timeout, cpu, oom, disk, flood, processes
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_rss: int = 0  # bytes, with what the zygote had loaded
    layers: tuple[str, ...] = ()  # in force before any foreign code ran
    missing: tuple[tuple[str, str], ...] = ()  # (layer, why not)
    denied: tuple[tuple[str, int], ...] = ()  # (system call, times)
    left: bool = False  # a process or a file of it that could not be ended or removed at once


@dataclass(frozen=True, slots=True)
class Outcome:
    status: Status
    reason: str  # '' when ok; timeout, oom, signal:11, forbidden:open /path, forbidden:socket, bad_frame:...
    facts: Facts
    value: Json = None  # claim
    tensors: tuple[RawTensor, ...] = ()  # claims
    error: ErrorClaim | None = None  # claim
    output: str = ""  # stdout and stderr, capped

    @property
    def ok(self) -> bool:
        return self.status == "ok"

    def drop(self, part: str = "") -> Drop:
        """The countable half of the reason, and all of it as detail."""
        head, _, rest = self.reason.partition(":")
        if self.status == "forbidden":
            head = f"{head}:{rest.split()[0]}" if rest.split() else head
        elif self.status in ("signal", "exit"):
            head = self.reason.split()[0]
        elif self.status in ("bad_result", "lost"):
            head = self.status
        return Drop(head, self.reason, part)


def printable(text: str) -> str:
    """On one line, with nothing in it that a terminal, a log or a reader could take for anything but text."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def labelled(layers: tuple[str, ...]) -> tuple[str, ...]:
    """For records: says UNSAFE where the default floor was not in force."""
    held = {layer.partition(":")[0] for layer in layers}
    return layers if held.issuperset(FLOOR) else ("UNSAFE", *layers)


def lost(why: str, facts: Facts | None = None) -> Outcome:
    return Outcome("lost", f"lost:{why}", facts or Facts())


def judge(facts: Facts, body: bytes | bytearray, output: str, policy: Policy) -> Outcome:
    """Facts first; only a child that ended by itself, with status 0, is asked what it claims."""
    of_cpu = f"timeout:cpu time of {policy.cpu_s} s"
    if facts.killed == "cpu" or (facts.exit == 0 and not facts.killed and facts.cpu_s > policy.cpu_s):
        return Outcome("timeout", of_cpu, facts, output=output)
    if facts.killed:
        status: Status = facts.killed  # type: ignore[assignment]  # the zygote's words are statuses
        return Outcome(status, passed(facts.killed, policy), facts, output=output)
    if facts.signal is not None:
        out_of_cpu = facts.signal in (signal.SIGKILL, signal.SIGXCPU) and facts.cpu_s >= policy.cpu_s * 0.8
        if out_of_cpu:
            return Outcome("timeout", of_cpu, facts, output=output)
        which = f" ({LIMITS['file_size'](policy)})" if facts.signal == signal.SIGXFSZ else ""
        return Outcome("signal", f"signal:{facts.signal}{which}", facts, output=output)
    if facts.exit != 0:
        return Outcome("exit", f"exit:{facts.exit}", facts, output=output)
    try:
        claim = decode(body)
    except BadFrame as bad:
        return Outcome("bad_result", f"bad_frame:{bad}", facts, output=output)
    if isinstance(claim, ErrorClaim):
        status, reason = _of_error(claim, facts, policy)
        return Outcome(status, reason, facts, error=claim, output=output)
    value, tensors = claim
    return Outcome("ok", "", facts, value=value, tensors=tensors, output=output)


def passed(killed: str, policy: Policy) -> str:
    """Why it was killed, with the limit that it passed."""
    limit = KILLED.get(killed)
    return f"{killed}:{limit(policy)}" if limit else killed


def _of_error(claim: ErrorClaim, facts: Facts, policy: Policy) -> tuple[Status, str]:
    told = f"{printable(claim.type)}: {printable(claim.message)}"
    if claim.kind == "oom":
        return "oom", f"oom:{told}"[:500]
    if claim.kind in LIMITS:
        return "error", f"error:limit of {LIMITS[claim.kind](policy)}: {told}"[:500]
    if claim.kind == "denied":
        calls = [name for name, _ in facts.denied if name not in INCIDENTAL] or [name for name, _ in facts.denied]
        # Landlock answers EACCES, seccomp EPERM; a failed name look-up has an errno of its own.
        if calls and (claim.errno == EPERM or claim.path is None):
            return "forbidden", f"forbidden:{calls[-1]}"
        if claim.path is not None:
            return "forbidden", f"forbidden:open {printable(claim.path)}"
    return "error", f"error:{told}"[:500]
