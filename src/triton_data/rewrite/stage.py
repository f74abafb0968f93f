"""The rewrite stage: every Capture of a run becomes a Pair, or a Drop that names what declined.

In: Captures and their Programs. Out: Pairs, and small Programs with Pairs for kernels that stand alone. The text of
a capture came out of a jail, so it is read in one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace

from triton_data.environments import Environments, packages_of, shelf_of
from triton_data.jail import RUN, Jail, Task
from triton_data.records import Capture, Drop, Pair, Program, Verdict, codec
from triton_data.rewrite import jailed
from triton_data.rewrite.options import Options
from triton_data.store import Store

PRELOAD = ("torch", "torch._inductor.runtime.triton_heuristics", "triton_data.rewrite.jailed")
SECONDS = 60.0


@dataclass(frozen=True)
class Job:
    program: Program
    capture: Capture
    whole: bool = True  # False: of this capture only its kernels alone

    @property
    def key(self) -> str:
        return self.capture.key


def rewriting_jail(allow_unsafe: bool = False, shelf: str = "") -> Jail:
    return Jail(PRELOAD, allow_unsafe=allow_unsafe, shelf=shelf)


@dataclass
class RewriteStage:
    allow_unsafe: bool = False
    options: Options = field(default_factory=Options)
    name: str = "rewrite"
    jail: Jail | None = None
    environments: Environments | None = None
    any_size: bool = False  # a program that is right for any size needs no pair for its own

    def todo(self, store: Store) -> Iterator[Job]:
        for capture in store.unfinished(Capture, self.name):
            for program in store.records(Program, "key = ?", (capture.program,)):
                generic = self.any_size and capture.mode == "inference" and _is_right(store, capture)
                yield Job(program, capture, not generic)

    def count(self, store: Store) -> int:
        return store.count_unfinished(Capture, self.name)

    def resources(self) -> AbstractContextManager[object]:
        self.jail = rewriting_jail(self.allow_unsafe, shelf_of(self.environments))
        return self.jail

    def work(self, item: Job) -> Iterator[Program | Pair | Drop]:
        assert self.jail is not None, "work() runs while the stage is held"
        payload = {
            "program": codec.to_json(item.program),
            "capture": codec.to_json(item.capture),
            "options": asdict(self.options),
        }
        packages = packages_of(self.environments, item.program.environment)
        policy = replace(RUN, wall_s=SECONDS, cpu_s=int(SECONDS), packages=packages)
        outcome = self.jail.run(Task(entry="triton_data.rewrite.jailed:run", payload=payload), policy)
        if outcome.ok and isinstance(outcome.value, dict):
            made = jailed.answered(outcome.value, item.program, item.capture)
            own = item.program.key
            yield from (each for each in made if item.whole or not isinstance(each, Pair) or each.program != own)
        else:
            yield outcome.drop()


def _is_right(store: Store, capture: Capture) -> bool:
    """Whether the program's pair with symbolic sizes has passed."""
    same = "program = ? AND target = ? AND mode = 'dynamic'"
    symbolic = f"capture IN (SELECT key FROM captures WHERE {same}) AND program = ?"
    passed = f"passed AND subject IN (SELECT key FROM pairs WHERE {symbolic})"
    given = (capture.program, capture.target, capture.program)
    return any(True for _ in store.records(Verdict, passed, given))
