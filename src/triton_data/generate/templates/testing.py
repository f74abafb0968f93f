"""Entries' own tests, run: batches of them in the jail, and one by one where a batch ends badly.

In: entries. Out: a `OwnTests` each. An interpreter on the CPU, the GPU with device="cuda". Not covered: the
judge (verify/), which asks more than any test.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from triton_data.errors import Misuse
from triton_data.jail import GPU, RUN, Jail, Policy, Task

RUNNER = "triton_data.generate.templates.jailed.run_tests"
SECONDS = 60.0  # for one entry, and as much again for each batch of five
BATCH = 10
SAME = {"TRITON_F32_DEFAULT": "ieee"}  # what a kernel leaves open is not held against it


@dataclass(frozen=True)
class OwnTests:
    id: str
    tests: int  # that passed
    failure: str  # '' where all did

    @property
    def passed(self) -> bool:
        return self.tests > 0 and not self.failure


def open_test_jail(device: str, warm: str, allow_unsafe: bool = False) -> Jail:
    """`warm` puts an exact interpreter in the place of Triton's own, which computes bfloat16 on its bits."""
    if importlib.util.find_spec("pytest") is None:
        raise Misuse("tests of entries need pytest: pip install 'triton-data[templates]'")
    preload = ("torch", "torch._dynamo", "triton", "numpy", "pytest", RUNNER)
    if device == "cuda":
        return Jail(preload, env=SAME, allow_unsafe=allow_unsafe, gpu=True)
    return Jail(preload, warm=warm, env={**SAME, "TRITON_INTERPRET": "1"}, allow_unsafe=allow_unsafe)


class Tested(Protocol):
    """An entry, of templates or of an export."""

    @property
    def id(self) -> str: ...
    @property
    def python_code(self) -> str: ...
    @property
    def triton_code(self) -> str: ...
    @property
    def test_code(self) -> str: ...


def run_tests(entries: Sequence[Tested], jail: Jail, device: str) -> Iterator[OwnTests]:
    policy = GPU if device == "cuda" else RUN
    if len(entries) > 1:
        found = _asked(entries, jail, replace(policy, wall_s=SECONDS * (1 + len(entries) / 5), cpu_s=3600, files=32768))
        if isinstance(found, list):
            yield from found
        else:
            for entry in entries:
                yield from run_tests([entry], jail, device)
    elif entries:
        found = _asked(entries, jail, replace(policy, wall_s=SECONDS, cpu_s=600))
        yield from found if isinstance(found, list) else [OwnTests(entries[0].id, 0, found)]


def _asked(entries: Sequence[Tested], jail: Jail, policy: Policy) -> list[OwnTests] | str:
    payload = [[each.id, each.python_code, each.triton_code, each.test_code] for each in entries]
    outcome = jail.run(Task(entry=f"{RUNNER}:run", payload=payload), policy)
    if not outcome.ok or not isinstance(outcome.value, dict):
        return outcome.reason or "no answer"
    found = outcome.value
    return [OwnTests(each.id, *_parsed(found.get(each.id))) for each in entries]


def _parsed(claim: object) -> tuple[int, str]:
    match claim:
        case [int(tests), str(failure)]:
            return tests, failure
        case _:
            return 0, "no answer"
