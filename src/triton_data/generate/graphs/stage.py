"""The stage of graphs: a few indices at a time become Programs, or Drops.

In: settings, and how many indices. Out: Programs in the run, and beside them a file of lines for each part, from which
output.py writes the JSONL. What decides a graph is its index and the settings, nothing else.
Not covered: the order of lines and which of them are the same graph (output.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from triton_data.generate.graphs.plan import Settings, wish
from triton_data.generate.graphs.reasons import Reason
from triton_data.generate.graphs.search import Found, search
from triton_data.generate.graphs.text import metadata, program
from triton_data.generate.graphs.wish import Wish
from triton_data.jail import Jail
from triton_data.jail.outcome import Outcome
from triton_data.jail.policy import GPU, RUN, Task
from triton_data.records import Drop, Origin, Program
from triton_data.store import Store

PART = 16  # indices an item: a jailed task costs more than a graph
SECONDS = 300.0
Answer = tuple[str, str]  # a reason and a detail; '' and '' where all is well
ENTRY = "triton_data.generate.graphs.jailed:check"


@dataclass(frozen=True)
class Part:
    key: str
    first: int
    count: int
    number: int


@dataclass
class GraphStage:
    settings: Settings
    run_dir: Path
    first: int
    last: int  # not one of them
    gpus: int = 1
    allow_unsafe: bool = False
    name: str = "graphs"
    jail: Jail | None = None

    def todo(self, store: Store) -> Iterator[Part]:
        for part in parts(self.settings, self.first, self.last):
            if not store.has_outcome(self.name, part.key):
                yield part

    def count(self, store: Store) -> int:
        return sum(1 for _ in self.todo(store))

    def resources(self) -> AbstractContextManager[object]:
        if not self.settings.checked:
            return nullcontext()
        gpu = self.settings.device == "cuda"
        preload = ("torch",) if gpu else ("torch", "triton_data.generate.graphs.jailed")
        self.jail = Jail(preload, allow_unsafe=self.allow_unsafe, gpu=gpu)
        return self.jail

    def work(self, item: Part) -> Iterator[Program | Drop]:
        lines: list[dict[str, Any]] = []
        made: list[tuple[Wish, Found]] = []
        for index in range(item.first, item.first + item.count):
            asked = wish(self.settings, index)
            found = search(asked)
            if isinstance(found, Drop):
                yield replace(found, part=str(index))
            else:
                made.append((asked, found))
        reasons, layers = self._checked(made, item)
        for (asked, found), (reason, detail) in zip(made, reasons, strict=True):
            if reason:
                yield Drop(reason, detail, str(asked.index))
                continue
            lines.append(line_of(asked, found))
            yield self._record(asked, lines[-1], layers)
        _write(part_file(self.run_dir, self.settings, item.first), lines)

    def _record(self, asked: Wish, line: dict[str, Any], layers: tuple[str, ...]) -> Program:
        where = f"level{self.settings.level}/{asked.index}"
        origin = Origin("generated", repo="graphs", path=where, licence="MIT", generator="graphs", seed=asked.seed)
        return Program(line["entry"], line["text"], "generated", origin, layers)

    # ---- what the jail says ----------------------------------------------------------------------------------------

    def _checked(self, made: list[tuple[Wish, Found]], item: Part) -> tuple[list[Answer], tuple[str, ...]]:
        if self.jail is None or not made:
            return [("", "")] * len(made), ()
        device = f"cuda:{item.number % self.gpus}" if self.settings.device == "cuda" else "cpu"
        programs = [_asked(wish, found, device) for wish, found in made]
        outcome = self._ask(programs, device)
        if outcome.ok and isinstance(outcome.value, list):
            return [_answer(each) for each in outcome.value], outcome.facts.layers
        alone = [self._ask([each], device) for each in programs]  # one of them took all with it
        answers = [
            _answer(each.value[0]) if each.ok and isinstance(each.value, list) else (Reason.FAILED, each.reason)
            for each in alone
        ]
        return answers, outcome.facts.layers

    def _ask(self, programs: list[dict[str, Any]], device: str) -> Outcome:
        assert self.jail is not None
        policy = replace(RUN if device == "cpu" else GPU, wall_s=SECONDS / 3)
        return self.jail.run(Task(ENTRY, payload={"programs": programs, "device": device}), policy)


def _answer(claim: Any) -> Answer:
    reason, detail = claim
    return str(reason), str(detail)


def parts(settings: Settings, first: int, last: int) -> Iterator[Part]:
    """The same parts wherever a run starts and stops: they lie on a grid."""
    for start in range(first // PART * PART, last, PART):
        begin = max(first, start)
        yield Part(f"{settings.key}:{begin}", begin, start + PART - begin, start // PART)


def part_file(run_dir: Path, settings: Settings, first: int) -> Path:
    return run_dir / "graphs" / settings.key[:12] / f"{first:08}.jsonl"


def _asked(wish: Wish, found: Found, device: str) -> dict[str, Any]:
    full = program(found.graph, wish.module)
    runnable = full if device != "cpu" or found.small is None else program(found.small, wish.module)
    outputs = [[list(found.graph.specs[value].shape), found.graph.specs[value].dtype] for value in found.graph.outputs]
    return {"entry": full.entry, "text": full.text, "small": runnable.text, "outputs": outputs}


def line_of(asked: Wish, found: Found) -> dict[str, Any]:
    made = program(found.graph, asked.module)
    kinds = sorted({(node.operator.name, node.call.output.dtype, node.call.output.rank) for node in found.graph.nodes})
    return {
        "index": asked.index,
        "entry": made.entry,
        "text": made.text,
        "split": {"imports": made.imports, "operator": made.operator, "get_inputs": made.inputs},
        **metadata(found.graph, asked.module),
        "edges": sorted(set(found.graph.edges())),
        "kinds": kinds,
        "solved": found.solved,
    }


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    unfinished.replace(path)
