"""In which order discovery and fetching take turns, and when what was put off is done again.

In: a run whose items may be put off (`deferred`) or whose hosts did not answer (`unreachable`). Out: the two stages, as
often as they are needed: slices are cut until each is answered, and a wait is shown with the time that it ends.
Not covered: waits short enough to be slept where they arise (fetching/waits.py).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from triton_data.config import ScrapeConfig
from triton_data.records import SourceFile
from triton_data.sources.discover import DiscoverStage
from triton_data.sources.reasons import Reason, due, stamp
from triton_data.sources.scrape import ScrapeStage
from triton_data.store import Store

ATTEMPTS = 3  # rounds that an unreachable host gets in one command
FIRST_PAUSE = 60.0


def rounds(config: ScrapeConfig, run_dir: Path, store: Store) -> Iterator[DiscoverStage | ScrapeStage]:
    discover, scrape = DiscoverStage(config, run_dir), ScrapeStage(config, run_dir)
    again(store, Reason.UNREACHABLE)  # a new command is a new attempt
    if discover.count(store):
        discover.check_host()
    for attempt in range(sys.maxsize):
        again(store, Reason.DEFERRED, time.time())
        while discover.count(store):
            yield discover
        yield scrape
        moment = _next_moment(store, attempt, config.patience)
        if moment is None:
            return
        _wait(moment, sum(len(items) for items in _put_off(store).values()))
        again(store, Reason.UNREACHABLE)


def refresh(store: Store) -> None:
    """Ask everything anew; a pin that was scraped before is still done, so what did not change costs no fetch."""
    store.forget("discover", [item for item, _ in store.ended("discover")])


def again(store: Store, reason: Reason, now: float = float("inf")) -> None:
    """Forget the outcomes that end with this reason and whose time has come."""
    for stage in ("discover", "scrape"):
        store.forget(stage, [item for item, detail in store.ended(stage, reason) if due(detail) <= now])


def _put_off(store: Store) -> dict[str, list[tuple[str, str]]]:
    return {stage: store.ended(stage, Reason.DEFERRED) for stage in ("discover", "scrape")}


def _next_moment(store: Store, attempt: int, patience: float) -> float | None:
    moments = [due(detail) for items in _put_off(store).values() for _, detail in items]
    unreachable = any(store.ended(stage, Reason.UNREACHABLE) for stage in ("discover", "scrape"))
    # with nothing at all brought in, it is a typing mistake or no network, and waiting helps neither
    if unreachable and attempt + 1 < ATTEMPTS and store.count(SourceFile):
        moments.append(time.time() + min(FIRST_PAUSE * 2**attempt, patience))
    return min(moments) if moments else None


def _wait(moment: float, items: int) -> None:
    left = moment - time.time()
    if left > 2:
        print(
            f"{items} items are deferred until {stamp(moment)} ({left / 60:.1f} min): waiting."
            " Ctrl-C stops; the same command goes on from here",
            file=sys.stderr,
            flush=True,
        )
    time.sleep(max(left, 0))
