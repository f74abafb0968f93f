"""The local engine loses no item and survives any of its workers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.stages import Numbered
from triton_data.errors import Misuse
from triton_data.records import Kernel
from triton_data.running.engine.local import LocalEngine
from triton_data.running.stage import run_stage
from triton_data.store import Store


def run(tmp_path: Path, stage: Numbered, timeout: float = 60) -> tuple[Store, Counter[str]]:
    store = Store.open(tmp_path / "run")
    run_stage(stage, store, LocalEngine(jobs=2, timeout=timeout))
    rows = store.db.execute("SELECT reason, detail FROM outcomes WHERE part=''").fetchall()
    assert len(rows) == stage.n
    return store, Counter(reason or "done" for reason, _ in rows)


def test_dead_workers_cost_their_item_only(tmp_path: Path) -> None:
    stage = Numbered(300, {7: "segfault", 8: "segfault", 150: "exit", 299: "segfault"})
    store, reasons = run(tmp_path, stage)
    assert reasons == {"done": 296, "worker_died": 4}
    assert store.count(Kernel) == 296
    details = {d for (d,) in store.db.execute("SELECT detail FROM outcomes WHERE reason='worker_died'")}
    assert details == {"signal 11 (SIGSEGV)", "exit status 3"}


def test_a_hanging_item_is_dropped_at_the_timeout(tmp_path: Path) -> None:
    _, reasons = run(tmp_path, Numbered(50, {3: "hang"}), timeout=1.0)
    assert reasons == {"done": 49, "timeout": 1}


def test_an_exception_is_a_drop_that_says_where(tmp_path: Path) -> None:
    store, reasons = run(tmp_path, Numbered(5, {2: "raise", 3: "drop"}))
    assert reasons == {"done": 3, "exception": 1, "unwanted": 1}
    (detail,) = store.db.execute("SELECT detail FROM outcomes WHERE reason='exception'").fetchone()
    assert detail.startswith("ValueError: no good") and "stages.py" in detail


def test_text_that_utf8_cannot_hold_is_a_drop(tmp_path: Path) -> None:
    store, reasons = run(tmp_path, Numbered(3, {1: "surrogate"}))
    assert reasons == {"done": 2, "not_utf8": 1}
    assert store.count(Kernel) == 2


def test_a_full_disk_stops_the_stage_and_blames_no_item(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "run")
    with pytest.raises(Misuse, match="No space left"):
        run_stage(Numbered(100, {50: "full"}), store, LocalEngine(jobs=2))
    assert not store.has_outcome("numbered", "50:full")


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    store, _ = run(tmp_path, Numbered(20, {}))
    again = run_stage(Numbered(20, {}), store, LocalEngine(jobs=2))
    assert (again.items, again.records) == (0, 0)


def test_a_worker_is_where_its_driver_is_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it is forked from has the environment and the folder of an earlier moment."""
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        monkeypatch.setenv("TOLD", name)
        store, _ = run(tmp_path / name, Numbered(1, {0: "where"}))
        assert store.db.execute("SELECT text FROM kernels").fetchall() == [(f"{name} {tmp_path / name}",)]
