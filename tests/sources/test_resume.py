"""kill -9 while it searches and while it fetches, again and again: the end is the same as without."""

from __future__ import annotations

import random
import sqlite3
import time
from pathlib import Path

import pytest

from tests.sources.conftest import candidates, command, drops, files
from tests.sources.hub import FakeRepo, Fault, Hub, make_bare, serving
from triton_data.store import Store

KILLS = 3


def outcomes(run: Path) -> int:
    try:
        with sqlite3.connect(f"file:{run}/run.db?mode=ro", uri=True) as db:
            return int(db.execute("SELECT COUNT(*) FROM outcomes").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def slow(handler: object) -> bool:
    time.sleep(0.02)
    return False


@pytest.mark.parametrize(("fetch", "count", "flight"), [("archive", 300, 70), ("git", 40, 8)])
def test_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path, fetch: str, count: int, flight: int) -> None:
    rng = random.Random(7)
    many = [FakeRepo(i, f"o/r{i}", 100 + i, {"k.py": f"x = {i}\n".encode()}) for i in range(1, count + 1)]
    if fetch == "git":
        for repo in many:
            make_bare(tmp_path, repo)
    hub = Hub(many, tmp_path)
    hub.faults.append(Fault("archive|upload-pack", slow, times=10**9))
    run = tmp_path / "run"
    with serving(hub) as base:
        start = commands(tmp_path / "run.toml", run, base, fetch)
        for number in range(KILLS):
            before = outcomes(run)
            process = command(*start, token="good-token", module=False)
            patience = rng.uniform(0.3, 4.0) if number % 2 else 60.0  # by the clock, or once something is done
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline and outcomes(run) < before + rng.randint(1, flight):
                time.sleep(0.01)
            process.kill()
            process.communicate()
        assert 0 < outcomes(run) < count
        last = command(*start, token="good-token", module=False)
        _, told = last.communicate(timeout=120)
        assert last.returncode == 0, told
    assert len(candidates(run)) == len(files(run)) == count
    assert drops(run) == {}
    with Store.read(run) as store:
        assert store.db.execute("SELECT COUNT(*) FROM also_seen WHERE kind='files'").fetchone() == (0,)
        assert store.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    fetched = len(hub.asked("archive")) or len(hub.asked("POST .*upload-pack")) / 2
    assert fetched <= count + KILLS * flight, "only what was in flight is fetched again"
    assert not list((run / "scratch").glob("*"))


def commands(config: Path, run: Path, base: str, fetch: str) -> tuple[str, ...]:
    settings = f'sources = ["github:"]\nquery = "q"\nbase_url = "{base}"\nfetch = "{fetch}"'
    config.write_text(f'run_dir = "{run}"\n[scrape]\n{settings}\n')
    return ("-c", "from triton_data import config, pipeline; from pathlib import Path;"
            f"pipeline.execute(config.load(Path({str(config)!r})), pipeline.GATHERING)")  # fmt: skip
