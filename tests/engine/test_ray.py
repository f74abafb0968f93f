"""The engine `ray` on a real cluster of this machine: the same records as with `local`, whatever happens to nodes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.engine.raylets import Raylets, meanwhile, raylets, rows
from tests.stages import Confined, Numbered, Until
from tests.test_resume import committed
from triton_data.errors import Misuse
from triton_data.jail import kernel
from triton_data.jail.inside.bpf import ALLOW, ANSWER_ERRNO, LOAD, NUMBER, RETURN, one, when
from triton_data.jail.inside.seccomp import _install
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


def content(run_dir: Path) -> dict[str, list[Any]]:
    """All that a run says, without times and pids."""
    with Store.read(run_dir) as store:
        return {
            "kernels": store.db.execute("SELECT name, text, stars FROM kernels ORDER BY 1").fetchall(),
            "outcomes": store.db.execute("SELECT item, status, reason FROM outcomes ORDER BY 1").fetchall(),
            "products": store.db.execute("SELECT item, kind, key FROM products ORDER BY 1, 2, 3").fetchall(),
            "also_seen": store.db.execute("SELECT * FROM also_seen").fetchall(),
        }


def whole(run_dir: Path, items: int, **dropped: int) -> None:
    """Nothing lost, nothing twice."""
    found = content(run_dir)
    reasons = Counter(reason for _, _, reason in found["outcomes"] if reason)
    assert len(found["outcomes"]) == items and reasons == dropped
    assert len(found["kernels"]) == len(found["products"]) == items - sum(dropped.values())
    assert found["also_seen"] == [], "a record was made twice"


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
    assert states["working"] <= 2 and sum(states.values()) == 3
    whole(tmp_path, 2)


def test_a_node_dies_and_another_joins(three: Raylets, tmp_path: Path) -> None:
    three.add("doomed")

    def change() -> None:
        three.remove("doomed")
        three.add("late")

    step = meanwhile(change, lambda: committed(tmp_path) > 40)
    try:
        late = lambda: not step.is_alive() and rows(tmp_path).get("late", {}).get("done", 0) > 0  # noqa: E731
        stage = Until(0, {}, pause=0.1, happened=late)
        three.run(stage, tmp_path)
    finally:
        step.join()
        three.remove("late")
    whole(tmp_path, stage.n)
    found = rows(tmp_path)
    assert found["doomed"]["state"] == "gone" and found["doomed"]["done"] > 0
    assert found["late"]["done"] > 0
    assert any("node doomed" in line and "is gone" in line for line in three.said)


def test_a_crash_of_the_actor_costs_nothing(three: Raylets, tmp_path: Path) -> None:
    """The machine is still there, so the node is started again."""

    def crash() -> None:
        os.kill(rows(tmp_path)["two"]["pid"], signal.SIGKILL)

    step = meanwhile(crash, lambda: committed(tmp_path) > 20)
    again = lambda: sum("node two" in line and "does numbered" in line for line in three.said) == 2  # noqa: E731
    stage = Until(0, {}, pause=0.05, happened=again)
    three.run(stage, tmp_path)
    step.join()
    whole(tmp_path, stage.n)
    assert again()


def test_a_worker_that_eats_memory_is_a_drop(three: Raylets, tmp_path: Path) -> None:
    three.run(Numbered(30, {4: "eat"}), tmp_path, worker_bytes=GIB // 2)
    whole(tmp_path, 30, worker_died=1)
    with Store.read(tmp_path) as store:
        ((detail,),) = store.db.execute("SELECT detail FROM outcomes WHERE reason != ''").fetchall()
    assert detail.startswith("2 times; held ") and "more than the 0.5 of a worker" in detail


def test_a_slow_node_keeps_nobody_waiting(three: Raylets, tmp_path: Path) -> None:
    """What lies before it at the end is done by others; of 60 items it has done a few when these are through."""
    three.add("slow", env={"NODE_PAUSE": "3.0"})
    try:
        started = time.monotonic()
        three.run(Numbered(90, {}, pause=0.2), tmp_path)
        seconds = time.monotonic() - started
    finally:
        three.remove("slow")
    whole(tmp_path, 90)
    assert rows(tmp_path)["slow"]["done"] <= 6
    assert seconds < 45  # of which an even share would take it 66


def test_a_driver_that_is_killed_goes_on(three: Raylets, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.engine.raylets", three.address, str(tmp_path), "300"]
    for upto in (20, 60):
        driver = subprocess.Popen([*command, "0.05"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while committed(tmp_path) < upto:
            assert time.monotonic() < deadline and driver.poll() is None, driver.communicate()[0].decode()
            time.sleep(0.02)
        driver.kill()
        driver.wait()
    assert 60 <= committed(tmp_path) < 300
    last = subprocess.run([*command, "0.01"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert last.returncode == 0, last.stderr
    whole(tmp_path, 300)


def test_a_node_that_falls_silent_is_given_up(three: Raylets, tmp_path: Path) -> None:
    """Its processes stand still, as behind a cable that was pulled; when they go on, nobody wants their answers."""
    pids: list[int] = []

    def freeze() -> None:
        pids.append(rows(tmp_path)["three"]["pid"])
        os.kill(pids[0], signal.SIGSTOP)

    step = meanwhile(freeze, lambda: committed(tmp_path) > 20)
    try:
        three.run(Numbered(200, {}, pause=0.05), tmp_path, silence=2.0)
    finally:
        step.join()
        os.kill(pids[0], signal.SIGCONT)
    whole(tmp_path, 200)
    assert any("node three" in line and "no sign of life" in line for line in three.said)


def without_landlock() -> None:
    """For this thread and its children the kernel is one that has no Landlock."""
    kernel.no_new_privs()
    calls = [code for number in (444, 445, 446) for code in when(number, [one(RETURN, ANSWER_ERRNO | 38)])]
    _install(b"".join([one(LOAD, NUMBER), *calls, one(RETURN, ALLOW)]), 0)


def test_a_node_without_a_jail_is_refused_in_one_line(three: Raylets, tmp_path: Path) -> None:
    three.add("open", before=without_landlock)
    try:
        stage = Until(0, {}, pause=0.02, happened=lambda: any("node open" in line for line in three.said))
        three.run(stage, tmp_path)
    finally:
        three.remove("open")
    whole(tmp_path, stage.n)
    (line,) = [line for line in three.said if "node open" in line]
    assert "is left out: the jail does not hold here" in line and "landlock" in line and "\n" not in line
    assert rows(tmp_path)["open"]["state"] == "refused" and rows(tmp_path)["open"]["done"] == 0


def test_where_no_node_can_it_ends_in_one_line(three: Raylets, tmp_path: Path) -> None:
    other = replace(versions(), torch="1.0")
    with pytest.raises(Misuse, match=r"no node of the cluster can do numbered: .*torch \S+ instead of 1\.0"):
        three.run(Numbered(3, {}), tmp_path, versions=other)
    assert committed(tmp_path) == 0


def test_without_the_token_nobody_gets_in(three: Raylets) -> None:
    asked = f"from triton_data.running.engine.cluster.connect import connect; connect({three.address!r})"
    for token, words in (("0" * 64, "no Ray cluster answers"), ("", "no token for the cluster")):
        environment = {**os.environ, "RAY_AUTH_TOKEN": token, "HOME": "/nowhere"}
        done = subprocess.run(
            [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 1 and f"Misuse: {words}" in done.stderr, done.stderr


def test_ray_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(Misuse, match=r'pip install "triton-data\[ray\]"'):
        connect.connect("")
