"""The engine `ray` on a real cluster of this machine: the same records as with `local`, whatever happens to nodes."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.raylets import Raylets, content, raylets, rows, whole
from tests.stages import Confined, Numbered
from tests.test_resume import committed
from triton_data.errors import Misuse
from triton_data.running.engine.cluster import connect
from triton_data.running.engine.cluster.node import versions
from triton_data.running.engine.local import LocalEngine
from triton_data.running.stage import run_stage
from triton_data.store import Store

pytestmark = pytest.mark.timeout(300)
ROOT = Path(__file__).parents[2]
GIB = 1 << 30


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Raylets]:
    with raylets(tmp_path_factory.mktemp("nodes"), "one", "two", "three") as made:
        yield made


def test_two_thousand_items_are_the_same_as_with_the_local_engine(three: Raylets, tmp_path: Path) -> None:
    """Among them some that kill every worker that takes them."""
    stage = Numbered(2000, {7: "segfault", 8: "exit", 500: "raise", 1999: "drop"})
    summary = three.run(stage, tmp_path / "ray")
    with Store.open(tmp_path / "local") as store:
        run_stage(stage, store, LocalEngine(jobs=2))
    assert content(tmp_path / "ray") == content(tmp_path / "local")
    assert (summary.items, summary.records, summary.drops) == (2000, 1996, 4)
    assert len(rows(tmp_path / "ray")) == 3 and sum(row["died"] for row in rows(tmp_path / "ray").values()) == 4
    with Store.read(tmp_path / "ray") as store:
        ((detail,),) = store.db.execute("SELECT detail FROM outcomes WHERE item='7:segfault'").fetchall()
    assert detail == "2 times; signal 11 (SIGSEGV)"


def test_two_items_open_no_third_node(three: Raylets, tmp_path: Path) -> None:
    three.run(Confined(2, {}), tmp_path)
    states = Counter(row["state"] for row in rows(tmp_path).values())
    assert sum(states.values()) == 3 and sum("does numbered" in line for line in three.said) <= 2
    whole(tmp_path, 2)


def test_a_worker_that_eats_memory_is_a_drop(three: Raylets, tmp_path: Path) -> None:
    three.run(Numbered(30, {4: "eat"}), tmp_path, worker_bytes=GIB // 2)
    whole(tmp_path, 30, worker_died=1)
    with Store.read(tmp_path) as store:
        ((detail,),) = store.db.execute("SELECT detail FROM outcomes WHERE reason != ''").fetchall()
    assert detail.startswith("2 times; held ") and "more than the 0.5 of a worker" in detail


def test_where_no_node_can_it_ends_in_one_line(three: Raylets, tmp_path: Path) -> None:
    other = replace(versions(), torch="1.0")
    with pytest.raises(Misuse, match=r"no node of the cluster can do numbered: .*torch \S+ instead of 1\.0"):
        three.run(Numbered(3, {}), tmp_path, versions=other)
    assert committed(tmp_path) == 0


@pytest.mark.parametrize(
    ("mode", "words"), [("token", "no token for the cluster: copy"), ("disabled", "RAY_AUTH_MODE must be token")]
)
def test_no_cluster_without_a_token(mode: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", mode)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Misuse, match=words):
        connect.connect("auto")


def test_ray_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(Misuse, match=r"needs the extra \[ray\]: pip install 'triton-data\[ray\]'"):
        connect.connect("")
