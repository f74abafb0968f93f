"""The loop over a run's stages, and the export of what they left.

In: a config. Out: a run directory with every stage done, or an orderly stop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from triton_data.capture.modes import ANY
from triton_data.config import Config
from triton_data.errors import Stopped
from triton_data.pipeline.engines import Engines
from triton_data.pipeline.entry_tests import EntryTests
from triton_data.pipeline.plan import CURATING, GATHERING, LOADED, MAKING, STAGES, Planned, gathering, plan
from triton_data.pipeline.settings import check, note_curation, remember
from triton_data.running.engine.pool import load_ahead
from triton_data.running.events import Events
from triton_data.running.item_subset import ItemSubset
from triton_data.running.stage import Summary, run_stage
from triton_data.store import Store
from triton_data.verify.stage import JUDGING

if TYPE_CHECKING:
    from triton_data.export.exported import Exported


def _in_turn(config: Config, only: Sequence[str], store: Store) -> Iterator[Planned]:
    from triton_data.sources.rounds import rounds

    if set(only) & set(GATHERING):
        for stage in rounds(config.scrape, store.run_dir, store):
            yield gathering(stage, config)
    others = [name for name in only if name not in GATHERING]
    yield from plan(config, [name for name in others if name not in CURATING])
    if config.capture.sizes == ANY and set(MAKING) <= set(others):  # what is not right for any size, and kernels alone
        yield from (planned for planned in plan(config, MAKING) if planned.stage.count(store))
    yield from plan(config, [name for name in others if name in CURATING])


def execute(config: Config, only: Sequence[str] = STAGES, subset: ItemSubset | None = None, *,
            remembered: bool = True) -> list[Summary]:  # fmt: skip
    """Run the stages over the run directory, resuming where an earlier call stopped. `remembered`: whether the settings
    become the run's own; those of one curation are that call's, and only noted for its readers."""
    summaries = []
    load_ahead(module for name in only for module in LOADED.get(name, ()))
    load_ahead(JUDGING if "verify" in only and config.verify.device == "cpu" else ())
    with (
        Store.open(Path(config.run_dir)) as store,
        Events(store.run_dir / "events.jsonl") as events,
        Engines(config, store) as engines,
    ):
        if remembered:
            remember(store, config)
        for planned in _in_turn(config, only, store):
            events.write("stage_started", stage=planned.stage.name, config=config.hash)
            stage = subset.of(planned.stage) if subset else planned.stage
            summary = run_stage(stage, store, engines.of(planned))
            summaries.append(summary)
            events.write("stage_stopped" if summary.interrupted else "stage_finished", **vars(summary))
            if summary.interrupted:
                raise Stopped(f"stopped in {summary.stage}; the same command goes on from here")
            if summary.stage == "curate":
                note_curation(store, config.curate)
    return summaries


def export(store: Store, config: Config) -> Iterator[Exported]:
    """Write every format that the config names."""
    from triton_data.export.export import export as write

    check(config, ())
    with EntryTests(config) as tests:
        yield from write(store, config.export, str(store.run_dir), None if config.export.untested else tests)
