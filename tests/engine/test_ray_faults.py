"""What may happen to nodes, to what is between them, and to the driver: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.raylets import Raylets, meanwhile, raylets, rows, whole
from tests.stages import Numbered, Until
from tests.test_resume import committed
from triton_data.jail import kernel
from triton_data.jail.inside.bpf import ALLOW, ANSWER_ERRNO, LOAD, NUMBER, RETURN, one, when
from triton_data.jail.inside.seccomp import _install

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
NEW_NETWORK = 0x40000000
INSIDE, OUTSIDE = "10.77.93.2", "10.77.93.1"


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Raylets]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with raylets(tmp_path_factory.mktemp("nodes"), "one", "two", "three", client_port=port) as made:
        made.outside = f"ray://127.0.0.1:{port}"
        yield made


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


def test_with_another_token_nobody_gets_in(three: Raylets) -> None:
    asked = f"from triton_data.running.engine.cluster.connect import connect; connect({three.address!r})"
    environment = {**os.environ, "RAY_AUTH_TOKEN": "0" * 64}
    done = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1 and "Misuse: no Ray cluster answers" in done.stderr, done.stderr


def ip(command: str) -> None:
    subprocess.run(["ip", *command.split()], check=True)


@pytest.fixture
def cable() -> Iterator[str]:
    """A network of its own for one node, and the cable to it."""
    if os.geteuid() != 0:
        pytest.skip("networks are made by root")
    name = f"rt{os.getpid()}"
    ip(f"netns add {name}")
    try:
        ip(f"link add {name} type veth peer name inside netns {name}")
        ip(f"addr add {OUTSIDE}/24 dev {name}")
        ip(f"link set {name} up")
        for command in (f"addr add {INSIDE}/24 dev inside", "link set inside up", "link set lo up"):
            ip(f"-n {name} {command}")
        ip(f"-n {name} route add default via {OUTSIDE}")
        yield name
    finally:
        ip(f"netns del {name}")


def test_a_cable_is_pulled(three: Raylets, tmp_path: Path, cable: str) -> None:
    """Both sides live on and hear nothing of each other; what was done there is done again here."""

    def enter() -> None:
        with Path(f"/run/netns/{cable}").open() as network:
            assert ctypes.CDLL(None, use_errno=True).setns(network.fileno(), NEW_NETWORK) == 0

    three.add("far", before=enter, address=INSIDE)
    step = meanwhile(lambda: ip(f"link set {cable} down"), lambda: rows(tmp_path).get("far", {}).get("done", 0) > 10)
    gone = lambda: any("node far" in line and "is gone" in line for line in three.said)  # noqa: E731
    stage = Until(0, {}, pause=0.05, happened=gone)
    try:
        three.run(stage, tmp_path, silence=3.0)
    finally:
        step.join()
        three.remove("far")
    whole(tmp_path, stage.n)
    assert gone() and rows(tmp_path)["far"]["done"] > 10


def test_asked_to_stop_it_finishes_what_has_begun(three: Raylets, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.engine.raylets", three.address, str(tmp_path), "3000", "0.2"]
    driver = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    step = meanwhile(lambda: driver.send_signal(signal.SIGINT), lambda: committed(tmp_path) > 10)
    told, _ = driver.communicate(timeout=120)
    step.join()
    assert driver.returncode == 0 and "finishing what is in flight" in told and "Traceback" not in told, told
    assert 10 < committed(tmp_path) < 100


def test_a_driver_outside_whose_line_is_cut_stops_in_one_line_and_goes_on(three: Raylets, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.engine.raylets"]
    more = [str(tmp_path), "300", "0.1"]
    environment = {**os.environ, "RAY_CLIENT_RECONNECT_GRACE_PERIOD": "2"}
    cut = three.cluster.head_node.all_processes["ray_client_server"][0].process.kill
    step = meanwhile(cut, lambda: committed(tmp_path) > 20)
    first = subprocess.run([*command, three.outside, *more], cwd=ROOT, capture_output=True, text=True, timeout=120,
                           env=environment)  # fmt: skip
    step.join()
    assert first.returncode == 1 and "Misuse: the cluster does not answer any more" in first.stderr, first.stderr
    assert 20 < committed(tmp_path) < 300
    last = subprocess.run([*command, three.address, *more], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert last.returncode == 0, last.stderr
    whole(tmp_path, 300)
