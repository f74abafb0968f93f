"""What a run was asked to do, kept in the run, and checked before anything is written.

In: a run's folder, and flags. Out: a `Config`, or a `Misuse`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from triton_data.config import Config, CurateConfig, ScrapeConfig, with_flags
from triton_data.errors import Misuse
from triton_data.pipeline.plan import GATHERING, STAGES
from triton_data.records import codec
from triton_data.store import CURATED_WITH, Store


def check(config: Config, only: Sequence[str] = STAGES) -> None:
    """Refuse what could not work before anything is written. Sources are looked at where they are asked for: what
    they held is in the run."""
    from triton_data import environments
    from triton_data.capture import own_gpu
    from triton_data.capture.libraries import find_libraries
    from triton_data.capture.modes import find_mode, find_sizes
    from triton_data.curate import settings
    from triton_data.export import export as exporting
    from triton_data.llm import configured
    from triton_data.pipeline import engines
    from triton_data.report import place
    from triton_data.sources import spec
    from triton_data.targets import find_target

    engines.check(config)
    configured.check(config.llm)
    environments.check(config.extract.dependencies)
    settings.check(config.curate)
    if {*GATHERING, "given"} & set(only):
        spec.check(config.scrape)
    if "given" in only and any(source.startswith("given:") for source in config.scrape.sources):
        from triton_data.extract.programs import given

        given.check(config.scrape.sources)
    if config.capture.device == "cuda":
        own_gpu.check_own_target(config.capture.targets)
    else:
        for target in config.capture.targets:
            find_target(target)
    for mode in config.capture.modes:
        find_mode(mode)
    find_sizes(config.capture.sizes)
    find_libraries(config.capture.libraries, config.capture.choices)
    exporting.check(config.export)
    if config.report.make and config.report.out:
        place.check(Path(config.report.out))


def grown(run_dir: Path, **flags: Any) -> Config:
    """A run that may exist already: its own settings, then the flags given now; sources are added to its own."""
    config = Config()
    if (run_dir / "run.db").exists():
        with Store.read(run_dir) as store:
            config = saved_config(store)
    if "scrape__sources" in flags:
        known, added = (rooted(Config(scrape=ScrapeConfig(sources))).scrape.sources
                        for sources in (config.scrape.sources, flags["scrape__sources"]))  # fmt: skip
        flags["scrape__sources"] = tuple(dict.fromkeys((*known, *added)))
    return rooted(with_flags(config, run_dir=str(run_dir), **flags))


def together(config: Config, other: Config, run_dir: Path) -> Config:
    """What a run was asked to do that is made of two: the first one's settings, and the sources of both."""
    known = config.scrape.sources
    if not known:
        config, known = other, ()
    sources = tuple(dict.fromkeys((*known, *other.scrape.sources)))
    return with_flags(config, run_dir=str(run_dir), scrape__sources=sources)


def rooted(config: Config) -> Config:
    """With folders and files as they are meant from here, so that the run can go on from elsewhere."""
    from triton_data.sources import spec

    return with_flags(config, scrape__sources=spec.rooted(config.scrape.sources))


ELSEWHERE = (
    "run_dir",
    "jobs",
    "engine",
    "export",
    "report",
    "allow_unsafe_exec",
    "llm",
)  # what comes of an item is the same


def changed(config: Config, add: bool) -> list[str]:
    """What a run that is there already was asked to do otherwise, a line each. `Misuse` where it is a run of something
    else, unless that is to be added."""
    if not (Path(config.run_dir) / "run.db").exists():
        return []
    with Store.read(Path(config.run_dir)) as store:
        if not store.meta("config"):
            return []
        before = saved_config(store)
    old, new = set(before.scrape.sources), set(config.scrape.sources)
    if old and new and not old & new and not add:
        raise Misuse(
            f"{config.run_dir} is a run of {', '.join(sorted(old))}, and this config names {', '.join(sorted(new))}: "
            "give --run-dir another folder, or --add to have both in one run"
        )
    was, now = (json.loads(each.to_json()) for each in (before, config))
    return list(_differences(was, now))


def _differences(was: dict[str, Any], now: dict[str, Any], path: str = "") -> Iterator[str]:
    for name in now:
        old, new = was.get(name), now[name]
        if (name in ELSEWHERE and not path) or old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _differences(old, new, f"{path}{name}.")
        else:
            yield f"{path}{name}: {json.dumps(old)} before, {json.dumps(new)} now"


def remember(store: Store, config: Config) -> None:
    store.set_meta("config", config.to_json())
    store.set_meta("config_hash", config.hash)


def note_curation(store: Store, config: CurateConfig) -> None:
    store.set_meta(CURATED_WITH, json.dumps(codec.to_json(config)))


def as_curated(store: Store) -> Config:
    """The run's own settings, but of curation those of the newest decisions: `status` asks what these leave to do."""
    config, text = saved_config(store), store.meta(CURATED_WITH)
    return replace(config, curate=codec.from_json(CurateConfig, json.loads(text))) if text else config


def saved_config(store: Store) -> Config:
    text = store.meta("config")
    return Config.from_json(text) if text else Config(run_dir=str(store.run_dir))
