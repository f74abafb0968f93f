"""From settings to a file: passes over the indices until there are as many distinct graphs as were asked for.

In: settings and places. Out: the JSONL, the run with a Program a graph, and the coverage. The same call goes on where
an earlier one was stopped; finished, it changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from triton_data.errors import Misuse, Stopped
from triton_data.generate.graphs.output import Coverage, write
from triton_data.generate.graphs.plan import Settings, wish
from triton_data.generate.graphs.search import impossible
from triton_data.generate.graphs.stage import PART, SECONDS, GraphStage, part_file
from triton_data.running.engine.local import GRACE, LocalEngine
from triton_data.running.events import Events
from triton_data.running.stage import run_stage
from triton_data.store import Store

PASS = 4096  # indices, after which the file is written anew
PATIENCE = 8  # indices a graph that was asked for: then there are no more
EVEN = 256  # and so many at least


@dataclass(frozen=True)
class Places:
    output: Path
    run_dir: Path
    with_io: bool = False
    force: bool = False
    jobs: int | None = None
    gpus: int = 1
    allow_unsafe: bool = False

    def check(self, settings: Settings, first: int) -> None:
        begun = part_file(self.run_dir, settings, first).parent
        if self.output.exists() and not begun.is_dir() and not self.force:
            raise Misuse(f"{self.output} was not made with these settings: name another file, or add --force")
        try:
            self.output.parent.mkdir(parents=True, exist_ok=True)
            begun.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Misuse(f"cannot write {error.filename}: {error.strerror}; name another --output_file") from error


def generate(settings: Settings, places: Places, first: int, target: int) -> Coverage:
    places.check(settings, first)
    if settings.operators and (proof := impossible(wish(settings, first))):
        raise Misuse(proof)
    last, wanted, coverage = first, target, Coverage()
    with Store.open(places.run_dir) as store, Events(places.run_dir / "events.jsonl") as events:
        while wanted > 0 and last - first <= PATIENCE * target + EVEN:
            last = -(-(last + min(wanted, PASS)) // PART) * PART
            stage = GraphStage(settings, places.run_dir, first, last, places.gpus, places.allow_unsafe)
            summary = run_stage(stage, store, LocalEngine(places.jobs, SECONDS + GRACE))
            events.write("stage_stopped" if summary.interrupted else "stage_finished", **vars(summary))
            coverage = write(places.output, places.run_dir, settings, first, last, target, places.with_io)
            if summary.interrupted:
                raise Stopped(f"stopped with {coverage.graphs} graphs; the same command goes on from here")
            missing = target - coverage.graphs
            wanted = missing if last - first < target else max(missing, last - first) if missing else 0
    return coverage


def dropped(run_dir: Path) -> dict[str, int]:
    """How many indices came to nothing, by reason."""
    with Store.read(run_dir) as store:
        counts: dict[str, int] = {}
        for each in store.dropped():
            if each.stage == "graphs":
                counts[each.reason] = counts.get(each.reason, 0) + 1
    return dict(sorted(counts.items()))
