"""Jails that outlast a command: who wants one alike gets the same, and nobody who should not gets any."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jail.test_lifetime import alive, eventually
from triton_data.errors import Misuse
from triton_data.jail import Jail, JailGone, Task, paths
from triton_data.jail.outside.owned import Owned
from triton_data.jail.standing import lease, place, start

ZYGOTE = Task(source="def main(): return open('/proc/self/stat').read().split()[3]")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    folder = tmp_path / "warm"
    monkeypatch.setenv(place.VARIABLE, str(folder))
    pid = start.launch(idle_s=1.0)
    yield pid
    if alive(pid):
        start.asked({"stop": True})
        assert eventually(lambda: not alive(pid))


def test_a_server_that_ends_while_it_is_asked_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "ends"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv(place.VARIABLE, str(folder))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(place.door(folder))
        door.listen()
        ending = threading.Thread(target=lambda: door.accept()[0].close())
        ending.start()
        assert start.asked({"stop": True}) is None
        ending.join()


def test_who_wants_one_alike_gets_the_same(server: int) -> None:
    with Jail(preload=()) as first, Jail(preload=()) as second, Jail(preload=("json",)) as other:
        assert first.address == second.address != other.address
        assert first.run(ZYGOTE).value == second.run(ZYGOTE).value
        assert first.layers == other.layers != ()
    with Jail(preload=()) as later:
        assert later.address == first.address
    assert eventually(lambda: _users() == [0, 0])  # it hears of a user's end by itself


def _users() -> list[int]:
    rows = start.asked({"list": True})
    return [row["users"] for row in rows["jails"]] if rows else []


def test_it_goes_when_nobody_uses_it(server: int) -> None:
    with Jail(preload=()) as jail:
        time.sleep(1.5)  # longer than unused ones are kept
        assert jail.run(ZYGOTE).ok
    assert eventually(lambda: not alive(server))
    assert not Path(jail.address).exists()
    with Jail(preload=()) as own:
        assert isinstance(own.held, Owned)


def test_a_server_that_was_killed_keeps_nobody_from_starting(server: int) -> None:
    with Jail(preload=()) as jail:
        os.kill(server, signal.SIGKILL)
        assert eventually(lambda: not Path(jail.address).exists())
        with pytest.raises(JailGone):
            jail.run(ZYGOTE)
    with Jail(preload=()) as own:
        assert own.run(ZYGOTE).ok
    again = start.launch(idle_s=1.0)
    with Jail(preload=()) as jail:
        assert isinstance(jail.held, lease.Lease)
    start.asked({"stop": True})
    assert eventually(lambda: not alive(again))


def test_a_keeper_that_died_is_started_again(server: int) -> None:
    with Jail(preload=()) as jail:
        rows = start.asked({"list": True})
        assert rows
        os.kill(rows["jails"][0]["keeper"], signal.SIGKILL)
        assert eventually(lambda: not alive(rows["jails"][0]["keeper"]))
    with Jail(preload=()) as later:
        assert isinstance(later.held, lease.Lease) and later.address != jail.address
        assert later.run(ZYGOTE).ok


def test_after_an_edit_it_serves_nobody_new(server: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with Jail(preload=()) as jail:
        with monkeypatch.context() as edited:
            edited.setattr(place, "fingerprint", lambda: "another")
            with Jail(preload=()) as own:
                assert isinstance(own.held, Owned)
        assert jail.run(ZYGOTE).ok  # whoever had it keeps it
    assert eventually(lambda: not alive(server))


def test_a_server_from_before_an_edit_is_replaced_when_asked_for(server: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def pid() -> int:
        said = start.asked({"list": True})
        return int(said["pid"]) if said else 0

    start.serving(60)
    assert pid() == server
    with Jail(preload=()):
        monkeypatch.setattr(place, "fingerprint", lambda: "another")
        with pytest.raises(Misuse, match="commands are at it"):
            start.serving(60)
    assert eventually(lambda: start.asked({"list": True})["jails"][0]["users"] == 0)  # type: ignore[index]
    start.serving(60)
    assert pid() not in (0, server)
    start.asked({"stop": True})


def test_the_fingerprint_is_of_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "triton_data").mkdir()
    file = tmp_path / "triton_data" / "a.py"
    file.write_text("x = 1")
    monkeypatch.setattr(paths, "PACKAGE_ROOT", str(tmp_path))
    before = place.fingerprint()
    assert place.fingerprint() == before
    file.write_text("x = 10")
    assert place.fingerprint() != before


def test_what_others_may_enter_is_not_asked(server: int) -> None:
    folder = place.folder()
    assert folder and stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o755)
    with Jail(preload=()) as own:
        assert isinstance(own.held, Owned)
    folder.chmod(0o700)
    link = folder.with_name("link")
    link.symlink_to(folder)
    assert not place.ours(link)


def test_a_folder_that_others_may_enter_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(place.VARIABLE, str(tmp_path))
    tmp_path.chmod(0o755)
    with pytest.raises(Misuse, match="only you can enter"):
        start.launch(idle_s=1.0)


def test_two_servers_do_not_share_a_folder(server: int) -> None:
    with pytest.raises(Misuse, match="already"):
        start.launch(idle_s=1.0)


def test_off_is_off_and_some_want_their_own(server: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with Jail(preload=(), shared=False) as own:
        assert isinstance(own.held, Owned)
    monkeypatch.setenv(place.VARIABLE, place.OFF)
    with Jail(preload=()) as own:
        assert isinstance(own.held, Owned)


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone has folders that its tasks cannot enter")
def test_a_closed_shelf_needs_a_jail_of_ones_own(server: int, tmp_path: Path) -> None:
    shelf = tmp_path / "closed" / "environments"
    shelf.mkdir(parents=True)
    with Jail(preload=(), shelf=shelf) as shared:
        assert isinstance(shared.held, lease.Lease)
    shelf.parent.chmod(0o700)
    with Jail(preload=(), shelf=shelf) as own:
        assert isinstance(own.held, Owned)


def test_a_jail_that_cannot_be_is_refused_alike(server: int) -> None:
    with pytest.raises(Misuse, match="cannot preload no_such_module"):
        Jail(preload=("no_such_module",)).start()


def test_noise_is_answered_and_survived(server: int) -> None:
    for noise in (b"\n", b"[]\n", b'{"want": 3, "code": 1}\n', b"\xff" * 100 + b"\n", b""):
        line = lease.dial()
        assert line is not None
        line.sendall(noise)
        line.close()
    with Jail(preload=()) as jail:
        assert isinstance(jail.held, lease.Lease)


def test_a_task_cannot_reach_the_server(server: int) -> None:
    folder = place.folder() or Path()
    source = f"""
import os, socket
def main():
    found = []
    dial = lambda: socket.socket(socket.AF_UNIX).connect({place.door(folder)!r})
    for ask in (lambda: os.listdir({str(folder)!r}), dial):
        try: ask(); found.append('reached')
        except OSError: found.append('denied')
    return found
"""
    with Jail(preload=()) as jail:
        assert jail.run(Task(source=source)).value == ["denied", "denied"]


def test_whoever_reads_our_pipes_does_not_wait_for_the_server(tmp_path: Path) -> None:
    env = {**os.environ, place.VARIABLE: str(tmp_path / "warm")}
    script = "from triton_data.jail.standing import start; print(start.launch(60))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env, timeout=30)
    os.kill(int(done.stdout), signal.SIGTERM)
    assert eventually(lambda: not alive(int(done.stdout)))


def test_the_verb(server: int) -> None:
    def said(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "triton_data", "warm", *words], capture_output=True, text=True)

    with Jail(preload=("json",)):
        assert json.loads(said("--list", "--json").stdout)["jails"][0]["loaded"] == ["json"]
        assert "json: 1 at it" in said("--list").stdout
    assert said("--stop").stdout == "it ends\n"
    assert eventually(lambda: not alive(server))
    ended = said("--list")
    assert ended.returncode == 1 and "nothing is kept ready" in ended.stdout
