"""A generation by a language model as a whole: its run, its stage, what it shows, and what it says in the end.

In: settings, a run's folder. Out: modules in a folder, everything else in the run; a `Result`. The same call again goes
on where it was: samples that are done stay done, and answers that are paid for are not asked again. Not covered: who
writes (sources.py), what is asked for before anything is (estimate.py).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path
from typing import Any

from triton_data.errors import Stopped
from triton_data.generate.llm_modules import prompts
from triton_data.generate.llm_modules.engine import AskingEngine
from triton_data.generate.llm_modules.files import Folder
from triton_data.generate.llm_modules.settings import OFFLINE, Settings
from triton_data.generate.llm_modules.stage import WrittenStage
from triton_data.generate.llm_modules.steering import Tried
from triton_data.generate.llm_modules.tally import Tally
from triton_data.generate.llm_modules.writing import Writer
from triton_data.llm.prices import NANO, dollars
from triton_data.pipeline.synthesis.adopt import adopt
from triton_data.pipeline.synthesis.compiling import StageCompiler
from triton_data.pipeline.synthesis.known import KnownTexts
from triton_data.pipeline.synthesis.sources import NOTICE, Asked, source, writes
from triton_data.records import Attempt, Sample
from triton_data.running.events import Events
from triton_data.running.progress import Progress
from triton_data.running.stage import run_stage
from triton_data.store import Store
from triton_data.store.ledger import Ledger, Spending

Show = Callable[[str, str], None]


@dataclass(frozen=True)
class Result:
    tally: Tally
    spending: Spending
    seconds: float
    stopped: str  # '' or why it stopped before its end

    def to_json(self, settings: Settings, run_dir: Path) -> dict[str, Any]:
        tally, spending = self.tally, self.spending
        return {
            "run_dir": str(run_dir), "output_dir": settings.output_dir, "settings": settings.digest,
            "done": tally.done, "valid": tally.valid, "answers": tally.answers, "failed": dict(tally.failed),
            "pairs": dict(tally.pairs), "prompt_tokens": spending.prompt_tokens,
            "completion_tokens": spending.completion_tokens, "dollars": spending.cost / NANO,
            "dollars_at_most": spending.most / NANO, "seconds": round(self.seconds, 3), "stopped": self.stopped,
        }  # fmt: skip

    def words(self, settings: Settings, run_dir: Path) -> str:
        tally = self.tally
        if not tally.done and not self.stopped:
            return (
                f"nothing left to do: all {settings.num_total_samples} samples have ended; more with num_total_samples="
            )
        lines = [
            f"{tally.valid} of {tally.done} samples are valid modules in {settings.output_dir} ({self.seconds:.1f} s)"
        ]
        if tally.pairs:
            lines.append("pairs: " + ", ".join(f"{number} {name}" for name, number in tally.pairs.most_common()))
        if tally.failed:
            lines.append("failed: " + ", ".join(f"{number} {name}" for name, number in tally.failed.most_common()))
        if self.spending.answers:
            tokens = f"{self.spending.prompt_tokens:,} + {self.spending.completion_tokens:,} tokens"
            lines.append(f"spent: {dollars(self.spending.cost)} for {self.spending.answers} answers, {tokens}")
        lines.append(f"analysis: triton-data report --synth --run-dir {run_dir}")
        return "\n".join(lines)


class View(Progress):
    """The usual progress with the words of the tally."""

    tally: Tally
    ledger: Ledger

    def words(self) -> str:
        return self.tally.words(dollars(self.ledger.spending().most))


def generate(settings: Settings, run_dir: Path, folders: tuple[Path, ...], show: Show | None = None,
             allow_unsafe: bool = False) -> Result:  # fmt: skip
    """`folders` are where .env is looked for."""
    endpoint = writes(settings, folders)
    loaded = prompts.load(settings.prompts)
    if settings.provider == OFFLINE:
        print(NOTICE, file=sys.stderr)
    jobs = settings.jobs or cpu_count() or 1
    with (
        Store.open(run_dir) as store,
        Events(run_dir / "events.jsonl") as events,
        ThreadPoolExecutor(jobs, thread_name_prefix="validate") as threads,
    ):
        store.set_meta("llm_modules", settings.to_json())
        ledger = Ledger(store)
        known = KnownTexts.of(store)
        compiler = StageCompiler(settings.validate, settings.validation_timeout, known, allow_unsafe)
        writes_modules = source(settings, endpoint, ledger)
        writer = Writer(settings, loaded, writes_modules, compiler, known, Folder(Path(settings.output_dir)), threads)
        if show:
            writer.show = show
        aims = {name: tuple(prompt.aims) for name, prompt in loaded.items()}
        stage = WrittenStage(settings, writer, compiler, aims, writes_modules.opened, tried(store))
        writer.stopping = lambda: stage.stopped
        if isinstance(writes_modules, Asked):
            writes_modules.stop_when(writer.stopping)
        return _run(stage, store, ledger, events, settings)


def _run(stage: WrittenStage, store: Store, ledger: Ledger, events: Events, settings: Settings) -> Result:
    def view(name: str, total: int) -> Progress:
        made = View(name, total)
        made.tally, made.ledger = stage.tally, ledger
        return made

    events.write("stage_started", stage=stage.name, settings=settings.digest)
    stopped, seconds = "", 0.0
    try:
        workers = settings.num_total_samples if settings.batch else settings.num_worker
        summary = run_stage(stage, store, AskingEngine(workers), view)
        seconds = summary.seconds
        stopped = "stopped; the same command goes on from here" if summary.interrupted else ""
    except Stopped as error:
        stopped = str(error)
    adopt(store)
    spending = ledger.spending()
    events.write("stage_stopped" if stopped else "stage_finished", stage=stage.name, why=stopped, done=stage.tally.done,
                 valid=stage.tally.valid, nanodollars=spending.cost, seconds=seconds)  # fmt: skip
    return Result(stage.tally, spending, seconds, stopped)


def tried(store: Store) -> Tried:
    """All samples of the run that have ended, under whatever settings."""
    found = Tried()
    good = {attempt.sample for attempt in store.records(Attempt) if not attempt.category}
    ended = {attempt.sample for attempt in store.records(Attempt)}
    for sample in store.records(Sample):
        if sample.key in ended:
            found.add(sample.operators, sample.key in good)
    return found
