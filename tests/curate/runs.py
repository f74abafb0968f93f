"""Runs made by hand for tests of curation: records put into a real store, labelled by the real label stage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from triton_data.config import CurateConfig
from triton_data.curate.decide import decide
from triton_data.curate.stages import LabelStage
from triton_data.records import Decision, Origin, Outcome, Program, Record
from triton_data.running.stage import perform
from triton_data.store import Store


def put(store: Store, records: Sequence[Record], stage: str = "extract") -> None:
    store.commit(stage, [Outcome(record.key, (record,)) for record in records])


def program(text: str, repo: str = "", *, source: str = "github", licence: str = "MIT", stars: int | None = None,
            entry: str = "Model", time: str = "") -> Program:  # fmt: skip
    return Program(entry, text, "given", Origin(source, repo=repo, licence=licence, stars=stars, time=time))


def label_all(store: Store) -> None:
    stage = LabelStage()
    for item in list(stage.todo(store)):
        outputs, drops = perform(stage, item)
        store.commit(stage.name, [Outcome(item.key, outputs, drops)])


def decided(store: Store, config: CurateConfig | None = None, round_: str = "r") -> dict[str, Decision]:
    """By the key of what was decided."""
    return {decision.subject: decision for decision in decide(store, config or CurateConfig(), round_)}


def curated(path: Path, records: Sequence[Record], config: CurateConfig | None = None) -> dict[str, Decision]:
    with Store.open(path) as store:
        put(store, records)
        label_all(store)
        return decided(store, config)
