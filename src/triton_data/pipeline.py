"""The rooms in the order things flow through them: which stages a config asks for, and the loop over them.

In: a config. Out: a run directory with every stage done, or an orderly stop. Rooms meet here and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triton_data.config import Config, with_flags
from triton_data.engine.local import LocalEngine
from triton_data.errors import Misuse, closest
from triton_data.events import Events
from triton_data.portion import Portion
from triton_data.stage import Stage, Summary, run_stage
from triton_data.store import Store

if TYPE_CHECKING:
    from triton_data.export.exported import Exported

FETCHERS = 4
GIVEN_SECONDS = 90.0  # a program; the jail's own limit is lower
GRACE = 30.0  # seconds that the engine waits beyond the jail's own limit
GATHERING = ("discover", "scrape")  # take turns until nothing is put off
CURATING = ("label", "trace", "curate")
STAGES = (
    *GATHERING,
    "given",
    "extract",
    "capture",
    "rewrite",
    "verify",
    *CURATING,
)  # in order; export reads what they leave


class Stopped(Exception):
    """The user asked for an orderly stop; everything finished so far is committed."""


@dataclass(frozen=True)
class Planned:
    stage: Stage
    timeout: float  # seconds an item
    jobs: int | None = None  # where the stage's number of workers is not the machine's business


def plan(config: Config, only: Sequence[str] = STAGES) -> Iterator[Planned]:
    """Stages are imported when they are asked for: `status` must not wait for torch."""
    run_dir = Path(config.run_dir)
    for name in only:
        if name == "discover":
            from triton_data.sources.discover import DiscoverStage

            if not all(source.startswith(("dir:", "given:")) for source in config.scrape.sources):
                yield _gathering(DiscoverStage(config.scrape, run_dir), config)
        elif name == "scrape":
            from triton_data.sources.scrape import ScrapeStage

            yield _gathering(ScrapeStage(config.scrape, run_dir), config)
        elif name == "given":
            from triton_data.extract.given import KIND, GivenStage

            if any(source.startswith(KIND) for source in config.scrape.sources):
                yield Planned(GivenStage(config.scrape.sources, config.allow_unsafe_exec), GIVEN_SECONDS)
        elif name == "extract":
            from triton_data.extract.stage import ExtractStage
            from triton_data.language_model import asking

            extract = ExtractStage(run_dir, config.allow_unsafe_exec, asking(config.llm))
            yield Planned(extract, config.extract.timeout)
        elif name == "capture":
            from triton_data.capture.stage import CaptureStage

            capture = config.capture
            yield Planned(CaptureStage.of(capture, config.allow_unsafe_exec), capture.timeout + GRACE)
        elif name == "rewrite":
            from triton_data.rewrite.stage import SECONDS, RewriteStage

            yield Planned(RewriteStage(config.allow_unsafe_exec), SECONDS + GRACE)
        elif name == "verify":
            from triton_data.remake import Remake
            from triton_data.verify.stage import TASKS, VerifyStage

            verify = config.verify
            stage = VerifyStage.of(verify, config.allow_unsafe_exec, Remake(config.allow_unsafe_exec))
            yield Planned(stage, TASKS * verify.timeout + GRACE)
        elif name in CURATING:
            yield from _curating(name, config)
        else:
            raise Misuse(f"unknown stage {name!r}{closest(name, STAGES)}")


def _curating(name: str, config: Config) -> Iterator[Planned]:
    from triton_data.curate import stages as curating

    if name == "label":
        yield Planned(curating.LabelStage(), curating.LABEL_SECONDS)
    elif name == "curate":
        stage = curating.CurateStage(config.curate, Path(config.run_dir))
        yield Planned(stage, curating.CURATE_SECONDS, 1)
    elif config.curate.trace and config.curate.decontaminate != "off":
        yield Planned(curating.TraceStage(config.allow_unsafe_exec), curating.TRACE_SECONDS + GRACE)


def _gathering(stage: Stage, config: Config) -> Planned:
    """Hosts ask for serial questions; fetching waits for the network more than for cores."""
    return (
        Planned(stage, 6 * 3600.0, 1) if stage.name == "discover" else Planned(stage, 3600.0, config.jobs or FETCHERS)
    )


def _in_turn(config: Config, only: Sequence[str], store: Store) -> Iterator[Planned]:
    from triton_data.sources.rounds import rounds

    if set(only) & set(GATHERING):
        for stage in rounds(config.scrape, store.run_dir, store):
            yield _gathering(stage, config)
    yield from plan(config, [name for name in only if name not in GATHERING])


def execute(config: Config, only: Sequence[str] = STAGES, portion: Portion | None = None) -> list[Summary]:
    """Run the stages over the run directory, resuming where an earlier call stopped."""
    summaries = []
    with Store.open(Path(config.run_dir)) as store, Events(store.run_dir / "events.jsonl") as events:
        remember(store, config)
        for planned in _in_turn(config, only, store):
            events.write("stage_started", stage=planned.stage.name, config=config.hash)
            engine = LocalEngine(planned.jobs or config.jobs or None, planned.timeout)
            summary = run_stage(portion.of(planned.stage) if portion else planned.stage, store, engine)
            summaries.append(summary)
            events.write("stage_stopped" if summary.interrupted else "stage_finished", **vars(summary))
            if summary.interrupted:
                raise Stopped(f"stopped in {summary.stage}; the same command goes on from here")
    return summaries


def check(config: Config) -> None:
    """Refuse what could not work before anything is written."""
    from triton_data import language_model
    from triton_data.capture import own_gpu
    from triton_data.capture.modes import find_mode
    from triton_data.capture.targets import find_target
    from triton_data.curate import settings
    from triton_data.export import export as exporting
    from triton_data.sources import spec

    spec.check(config.scrape)
    language_model.check(config.llm)
    settings.check(config.curate)
    if any(source.startswith("given:") for source in config.scrape.sources):
        from triton_data.extract import given

        given.check(config.scrape.sources)
    if config.capture.device == "cuda":
        own_gpu.check_own_target(config.capture.targets)
    else:
        for target in config.capture.targets:
            find_target(target)
    for mode in config.capture.modes:
        find_mode(mode)
    exporting.check(config.export)


def export(store: Store, config: Config) -> Iterator[Exported]:
    """Write every format that the config names."""
    from triton_data.export.export import export as write

    check(config)
    yield from write(store, config.export, str(store.run_dir))


def grown(run_dir: Path, **flags: Any) -> Config:
    """A run that may exist already: its own settings, then the flags given now; sources are added to its own."""
    config = Config()
    if (run_dir / "run.db").exists():
        with Store.read(run_dir) as store:
            config = saved_config(store)
    if "scrape__sources" in flags:
        flags["scrape__sources"] = tuple(dict.fromkeys((*config.scrape.sources, *flags["scrape__sources"])))
    return with_flags(config, run_dir=str(run_dir), **flags)


def remember(store: Store, config: Config) -> None:
    store.set_meta("config", config.to_json())
    store.set_meta("config_hash", config.hash)


def saved_config(store: Store) -> Config:
    text = store.meta("config")
    return Config.from_json(text) if text else Config(run_dir=str(store.run_dir))


def funnel(store: Store) -> dict[str, Any]:
    """Per stage: done, pending, dropped by reason, records made, items a second."""
    stages: dict[str, dict[str, Any]] = {}

    def of(name: str) -> dict[str, Any]:
        return stages.setdefault(
            name, {"done": 0, "pending": 0, "dropped": {}, "records": {}, "seconds": 0.0, "items_per_s": None}
        )

    for planned in plan(saved_config(store)):
        of(planned.stage.name)["pending"] = planned.stage.count(store)
    ended: dict[str, int] = {}
    for name, what, status, reason, number, seconds in store.outcome_counts():
        row = of(name)
        row["seconds"] = round(row["seconds"] + seconds, 3)
        if what == "item":
            ended[name] = ended.get(name, 0) + number
        if status == "done":
            row["done"] += number
        else:
            row["dropped"][reason] = row["dropped"].get(reason, 0) + number
    for name, kind, number in store.product_counts():
        of(name)["records"][kind] = number
    for name, first, last in store.spans():
        if last > first:
            of(name)["items_per_s"] = round(ended.get(name, 0) / (last - first), 2)
    return {
        "run_dir": str(store.run_dir),
        "config": json.loads(store.meta("config") or "{}"),
        "stages": stages,
    }
