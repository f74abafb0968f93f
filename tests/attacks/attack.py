"""One attack: foreign text, and how its task may end. Whether the world was harmed is asked after every one of them."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field, replace
from typing import Any

from triton_data.jail import RUN, Jail, Outcome, Policy, Task

PRELUDE = """
import ctypes, json, os, signal, socket, struct, sys, time
libc = ctypes.CDLL(None, use_errno=True)
ARM = os.uname().machine == "aarch64"

def call(x86, arm, *args):
    "A raw system call; a refusal is an OSError."
    result = libc.syscall(arm if ARM else x86, *args)
    if result < 0:
        raise OSError(ctypes.get_errno(), "syscall %d" % x86)
    return result

def frame(header, blob=b"", claimed=None):
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<IQ", len(header), len(blob) if claimed is None else claimed) + header + blob

def forge(data):
    "Write a result of one's own, and leave before the honest one is written."
    while data:
        data = data[os.write(3, data):]
    os._exit(0)

"""
DENIED = "forbidden|error|oom"


@dataclass(frozen=True)
class Attack:
    name: str
    source: str
    expect: str  # statuses or reasons, separated by |; a reason may be cut short
    policy: Policy = RUN
    before: str = ""  # another task's source, run first

    def run(self, jail: Jail, payload: Any, **policy: Any) -> Outcome:
        if self.before:
            jail.run(Task(source=self.before, payload=payload), replace(self.policy, **policy))
        return jail.run(Task(source=self.source, payload=payload), replace(self.policy, **policy))

    def contained(self, outcome: Outcome) -> bool:
        ends = self.expect.split("|")
        expected = any(outcome.status == end or outcome.reason.startswith(end) for end in ends)
        # At the start of a line only: a traceback quotes the attack.
        leaked = outcome.value == "LEAK" or any(line.startswith("LEAK") for line in outcome.output.splitlines())
        return expected and not leaked


@dataclass
class Suite:
    """Attacks of one kind, as the modules beside this one list them."""

    attacks: list[Attack] = field(default_factory=list)

    def ends(self, name: str, expect: str, body: str, before: str = "", policy: Policy = RUN, **limits: Any) -> None:
        """`body` is that of main(p); where p is what is worth attacking."""
        policy = replace(policy, **{"wall_s": 5.0, "memory": 1 << 30, **limits})
        self.attacks.append(Attack(name, _main(body), expect, policy, _main(before) if before else ""))

    def denied(self, name: str, body: str, policy: Policy = RUN, **limits: Any) -> None:
        """`body` must raise; where it comes to its end, it has succeeded."""
        self.ends(name, DENIED, f"{body}\nreturn 'LEAK'", policy=policy, **limits)


def _main(body: str) -> str:
    return f"{PRELUDE}def main(p):\n{textwrap.indent(body, '    ')}\n"
