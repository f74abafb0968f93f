"""The three stages of curation: `label` reads each text, `trace` runs each program's graph, `curate` decides.

In: a run's programs, kernels, pairs and captures. Out: Labels, Traces, and a Decision for each text. `label` and
`trace` go item by item; `curate` is one item, the whole set, done again when the set or its settings have changed.
Not covered: the deciding itself (decide.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from triton_data.config import CurateConfig
from triton_data.curate import subjects
from triton_data.curate.label import label
from triton_data.environments import Environments, packages_of, shelf_of
from triton_data.jail import RUN, Jail, Task
from triton_data.records import Capture, Decision, Drop, Kernel, Label, Pair, Program, Record, Trace, codec, digest
from triton_data.store import Store

TRACING = "triton_data.curate.benchmarks.trace"  # by name: it imports torch, and `status` must not wait for that
PRELOAD = ("torch", "torch._subclasses.fake_tensor", TRACING)
WARM = f"{TRACING}:warm"  # or each program takes two seconds instead of a tenth
LABEL_SECONDS, TRACE_SECONDS, CURATE_SECONDS = 60.0, 30.0, 6 * 3600.0
WRITTEN = 1 << 16  # characters of an expression
_SUBJECTS: tuple[type[Record], ...] = (Program, Kernel, Pair, Capture)


@dataclass
class LabelStage:
    name: str = "label"

    def todo(self, store: Store) -> Iterator[Record]:
        """A Pair's mode is its Capture's, and whether other sizes are right its Verdict's: they travel with it."""
        for kind in _SUBJECTS:
            for record in store.unfinished(kind, self.name):
                yield _seen(record, store) if isinstance(record, Pair) else record  # type: ignore[misc]

    def count(self, store: Store) -> int:
        return sum(store.count_unfinished(kind, self.name) for kind in _SUBJECTS)

    def resources(self) -> AbstractContextManager[object]:
        return nullcontext()

    def work(self, item: Any) -> Iterator[Label]:
        yield from map(label, _subjects(item))


@dataclass(frozen=True)
class _Seen:
    pair: Pair
    mode: str
    one_size: bool

    @property
    def key(self) -> str:
        return self.pair.key


def _seen(pair: Pair, store: Store) -> _Seen:
    return _Seen(pair, store.capture_mode(pair.capture), store.is_of_one_size(pair.key))


def _subjects(item: Any) -> Iterator[subjects.Subject]:
    if isinstance(item, _Seen):
        yield subjects.of_pair(item.pair, item.mode, item.one_size)
    elif isinstance(item, Capture):
        yield from subjects.of_capture(item)
    else:
        yield subjects.of_program(item) if isinstance(item, Program) else subjects.of_kernel(item)


@dataclass
class TraceStage:
    allow_unsafe: bool = False
    name: str = "trace"
    jail: Jail | None = None
    environments: Environments | None = None

    def todo(self, store: Store) -> Iterator[Program]:
        yield from store.unfinished(Program, self.name)

    def count(self, store: Store) -> int:
        return store.count_unfinished(Program, self.name)

    def resources(self) -> AbstractContextManager[object]:
        self.jail = Jail(PRELOAD, warm=WARM, allow_unsafe=self.allow_unsafe, shelf=shelf_of(self.environments))
        return self.jail

    def work(self, item: Program) -> Iterator[Trace | Drop]:
        assert self.jail is not None, "work() runs while the stage is held"
        yield traced(self.jail, item, packages_of(self.environments, item.environment))


def traced(jail: Jail, program: Program, packages: str = "", every: bool = False) -> Trace | Drop:
    """The worker's answer is a claim: only text of the expected kind gets through."""
    payload: Any = {"text": program.text, "entry": program.entry, "every": every}
    policy = replace(RUN, wall_s=TRACE_SECONDS, cpu_s=int(TRACE_SECONDS), packages=packages)
    outcome = jail.run(Task(entry=f"{TRACING}:run", payload=payload), policy)
    if not outcome.ok or not isinstance(outcome.value, dict):
        return outcome.drop()
    named = outcome.value.get("operators")
    operators = tuple(str(name)[:80] for name in named) if isinstance(named, list) else ()
    graph, expression = (str(outcome.value.get(name, ""))[:32] for name in ("graph", "expression"))
    written, observed = (str(outcome.value.get(name, "")) for name in ("written", "observed"))
    return Trace(
        program.key, graph, operators, program.origin, outcome.facts.layers, expression,
        written if len(written) <= WRITTEN else "", observed if len(observed) <= WRITTEN else "",
    )  # fmt: skip


@dataclass(frozen=True)
class Round:
    key: str


@dataclass
class CurateStage:
    config: CurateConfig
    run_dir: Path
    name: str = "curate"

    def todo(self, store: Store) -> Iterator[Round]:
        if self.count(store):
            wanted = self.round(store)
            store.forget(self.name, [wanted.key])  # a round that failed is tried again, unlike an item
            yield wanted

    def count(self, store: Store) -> int:
        """Done is what the newest decisions were made with, not what some earlier ones were."""
        return int(store.count(Label) > 0 and store.newest_done(self.name) != self.round(store).key)

    def resources(self) -> AbstractContextManager[object]:
        return nullcontext()

    def round(self, store: Store) -> Round:
        """Named by the settings and by what there is: records are only ever added."""
        return Round(digest("round", str(codec.to_json(self.config)), str(store.state())))

    def work(self, item: Round) -> Iterator[Decision]:
        from triton_data.curate.decide import decide

        with Store.read(self.run_dir) as store:
            yield from decide(store, self.config, item.key)
