"""Which stages a config asks for, in the order in which things flow through the rooms, which meet here alone.

In: a config. Out: stages, each with how long an item may take and how many workers it may have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from triton_data.config import Config
from triton_data.environments import Environments, Limits
from triton_data.errors import Misuse, closest
from triton_data.running.engine.local import GRACE
from triton_data.running.stage import Stage, Work

FETCHERS = 4
GIVEN_SECONDS = 600.0  # a program at several sizes; the jail has lower limits for each
GATHERING = ("discover", "scrape")  # take turns until nothing is put off
MAKING = ("capture", "rewrite", "verify")
CURATING = ("label", "trace", "curate")
STAGES = (
    *GATHERING,
    "given",
    "extract",
    *MAKING,
    *CURATING,
)  # in order; export reads what they leave


# What workers of a stage import, without torch: a fork should not share what may have touched a GPU. A judge on the CPU
# is the exception (verify/stage.py: JUDGING).
LOADED = {
    "discover": ("triton_data.sources.discover",),
    "scrape": ("triton_data.sources.scrape", "triton_data.sources.fetching.fetch"),
    "given": ("triton_data.extract.programs.given",),
    "extract": ("triton_data.extract.stage", "triton_data.extract.closure.rewriter"),
    "capture": ("triton_data.capture.stage",),
    "rewrite": ("triton_data.rewrite.stage",),
    **dict.fromkeys(CURATING, ("triton_data.curate.stages",)),
}


@dataclass(frozen=True)
class Planned:
    stage: Stage
    timeout: float  # seconds an item
    jobs: int | None = None  # where the stage's number of workers is not the machine's business
    here: bool = False  # beside the run, whatever the engine: it writes blobs, asks hosts in turn, or reads everything
    reads: tuple[str, ...] = ()  # stages whose records of the same item its work looks up


def plan(config: Config, only: Sequence[str] = STAGES) -> Iterator[Planned]:
    """Stages are imported when they are asked for: `status` must not wait for torch."""
    run_dir = Path(config.run_dir)
    environments = _environments(config)
    for name in only:
        if name == "discover":
            from triton_data.sources import spec

            if spec.asks_somebody(config.scrape.sources):
                from triton_data.sources.discover import DiscoverStage

                yield gathering(DiscoverStage(config.scrape, run_dir), config)
        elif name == "scrape":
            from triton_data.sources.scrape import ScrapeStage

            yield gathering(ScrapeStage(config.scrape, run_dir), config)
        elif name == "given":
            from triton_data.extract.programs.given import KIND, GivenStage

            if any(source.startswith(KIND) for source in config.scrape.sources):
                given = GivenStage(config.scrape.sources, config.allow_unsafe_exec, environments=environments)
                yield Planned(given, GIVEN_SECONDS)
        elif name == "extract":
            from triton_data.extract.stage import ExtractStage
            from triton_data.llm.configured import asking
            from triton_data.pipeline.expressions import expressions

            extract = ExtractStage(run_dir, config.allow_unsafe_exec, asking(config.llm), environments=environments,
                                   expressions=expressions)  # fmt: skip
            yield Planned(extract, config.extract.timeout, reads=("scrape",))
        elif name == "capture":
            from triton_data.capture.stage import CaptureStage

            capture = config.capture
            yield Planned(CaptureStage.of(capture, config.allow_unsafe_exec, environments), capture.timeout + GRACE)
        elif name == "rewrite":
            from triton_data.rewrite.stage import SECONDS, RewriteStage

            any_size = config.capture.sizes == "any"
            rewriting = RewriteStage(config.allow_unsafe_exec, environments=environments, any_size=any_size)
            yield Planned(rewriting, SECONDS + GRACE)
        elif name == "verify":
            from triton_data.pipeline.recapture import StageRecapture
            from triton_data.verify.stage import TASKS, VerifyStage

            verify = config.verify
            again = StageRecapture(config.allow_unsafe_exec, environments, config.capture.libraries)
            stage = VerifyStage.of(verify, config.allow_unsafe_exec, again, environments)
            yield Planned(stage, TASKS * verify.timeout + GRACE)
        elif name in CURATING:
            yield from _curating(name, config, environments)
        else:
            raise Misuse(f"unknown stage {name!r}{closest(name, STAGES)}")


def work_at(config: Config, name: str, folder: Path) -> Work:
    """A stage as a node of a cluster makes it, which has its own folder for the run's."""
    (planned,) = plan(replace(config, run_dir=str(folder)), [name])
    return planned.stage


def _curating(name: str, config: Config, environments: Environments) -> Iterator[Planned]:
    from triton_data.curate import stages as curating

    if name == "label":
        yield Planned(curating.LabelStage(), curating.LABEL_SECONDS)
    elif name == "curate":
        stage = curating.CurateStage(config.curate, Path(config.run_dir))
        yield Planned(stage, curating.CURATE_SECONDS, 1, here=True)
    elif config.curate.trace and config.curate.decontaminate != "off":
        trace = curating.TraceStage(config.allow_unsafe_exec, environments=environments)
        yield Planned(trace, curating.TRACE_SECONDS + GRACE)


def _environments(config: Config) -> Environments:
    extract = config.extract
    limits = Limits(download=extract.download_bytes)
    install = extract.dependencies == "install"
    return Environments(Path(config.run_dir), install, config.scrape.index, extract.deny, limits)


def gathering(stage: Stage, config: Config) -> Planned:
    """Hosts ask for serial questions; fetching waits for the network more than for cores."""
    return (
        Planned(stage, 6 * 3600.0, 1, here=True)
        if stage.name == "discover"
        else Planned(stage, 3600.0, config.jobs or FETCHERS, here=True)
    )
