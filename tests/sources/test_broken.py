"""Servers that break, lie and stall: the right outcome each time, nothing lost, nothing twice."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sources.conftest import drops, files, scrape, settings
from tests.sources.hub import FakeRepo, Fault, Handler, Hub, make_bare, make_tar, serving
from triton_data.sources.fetching.waits import Waits
from triton_data.sources.github.api import Api
from triton_data.sources.reasons import Deferred

CODE = {"k.py": b"import triton\n"}


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "good-token")


# ---- what a broken server does ---------------------------------------------------------------------------


def reset(handler: Handler) -> bool:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True
    return True


def drip_body(handler: Handler) -> bool:
    """A byte now and then, for ever: no single read takes long."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    return drip_on(handler)


def drip_headers(handler: Handler) -> bool:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    return drip_on(handler)


def drip_on(handler: Handler) -> bool:
    try:
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.1)
    except OSError:
        return True


def truncated(handler: Handler) -> bool:
    whole = handler.hub.repos[0].tarball()
    handler.cut(whole[: len(whole) // 2], len(whole))
    return True


def half_an_answer(handler: Handler) -> bool:
    handler.cut(b'{"total_count": 1, "items": [', 5000)
    return True


# ---- the API ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", [reset, half_an_answer, drip_body, drip_headers])
def test_one_bad_answer_of_the_api_is_asked_for_again(tmp_path: Path, what: Callable[[Handler], bool]) -> None:
    hub = Hub([FakeRepo(1, "a/b", 100, CODE)])
    hub.faults.append(Fault("search", what))
    with serving(hub) as base:
        api = Api(base, "good-token", Waits(tmp_path / "waits"), timeout=1)
        started = time.monotonic()
        found = api.get("/search/repositories", {"q": "stars:>=1"}, resource="search").data
    assert [item["full_name"] for item in found["items"]] == ["a/b"]
    assert len(hub.asked("search")) == 2 and time.monotonic() - started < 6


def test_an_api_that_never_answers_well_is_put_off(tmp_path: Path) -> None:
    hub = Hub([])
    hub.faults.append(Fault("search", reset, times=1000))
    with serving(hub) as base, pytest.raises(Deferred, match="fails"):
        Api(base, "good-token", Waits(tmp_path / "waits"), timeout=1).get("/search/code", resource="code_search")


def many(n: int) -> list[FakeRepo]:
    return [FakeRepo(i, f"o/r{i}", 200 + i, CODE) for i in range(n)]


def test_502_in_the_middle_of_paging(tmp_path: Path) -> None:
    hub = Hub(many(130))
    hub.faults.append(Fault("search.*page=2", lambda h: h.reply(502, b"<html>bad gateway") is None, times=2))
    hub.faults.append(Fault("graphql", lambda h: h.reply(502, b"") is None, times=3))  # so it is halved
    with serving(hub) as base:
        scrape(tmp_path, settings(base, fetch="archive"))
    assert len(files(tmp_path)) == 130
    assert drops(tmp_path) == {}


def test_results_that_are_incomplete_are_asked_for_again(tmp_path: Path) -> None:
    hub = Hub(many(3))
    empty = {"total_count": 3, "incomplete_results": True, "items": []}
    hub.faults.append(Fault("search", lambda h: h.json(empty) is None, times=2))
    with serving(hub) as base:
        scrape(tmp_path, settings(base, fetch="archive"))
    assert len(files(tmp_path)) == 3


# ---- the archive host ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", [reset, truncated, drip_body, drip_headers])
def test_one_bad_answer_of_the_archive_host_is_tried_again(tmp_path: Path, what: Callable[[Handler], bool]) -> None:
    hub = Hub([FakeRepo(1, "a/b", 100, {**CODE, "big.txt": bytes(range(256)) * 40})])
    hub.faults.append(Fault("archive", what))
    with serving(hub) as base:
        scrape(tmp_path, settings(base, fetch="archive", stall=1.0))
    assert "a/b:k.py" in files(tmp_path)
    assert drops(tmp_path) == {}


def test_a_host_that_never_answers_well_is_an_outcome_and_a_new_command_tries_again(tmp_path: Path) -> None:
    hub = Hub([FakeRepo(1, "a/b", 100, CODE), FakeRepo(2, "c/d", 100, CODE)])
    hub.faults.append(Fault("a/b/archive", reset, times=1000))
    with serving(hub) as base:
        scrape(tmp_path, settings(base, fetch="archive"))
        assert list(files(tmp_path)) == ["c/d:k.py"]
        assert drops(tmp_path) == {"unreachable": 1}
        hub.faults.clear()
        scrape(tmp_path, settings(base, fetch="archive"))
    assert sorted(files(tmp_path)) == ["a/b:k.py", "c/d:k.py"]
    assert drops(tmp_path) == {}


def test_archives_that_cannot_be_used(tmp_path: Path) -> None:
    whole = make_tar({"r-1/k.py": b"x = 1\n" * 500}, "1" * 40)
    bad = {
        "cut": whole[: len(whole) // 2], "noise": b"\x1f\x8b" + bytes(range(256)) * 9, "html": b"<html>sorry</html>",
        "other": make_tar({"r-1/k.py": b"x = 1\n"}, "2" * 40), "unmarked": make_tar({"r-1/k.py": b"x = 1\n"}),
    }  # fmt: skip
    hub = Hub([FakeRepo(i, f"bad/{name}", 100, CODE, archive=data) for i, (name, data) in enumerate(bad.items(), 1)])
    with serving(hub) as base:
        scrape(tmp_path, settings(base, fetch="archive"))
    assert files(tmp_path) == {}
    assert drops(tmp_path) == {"corrupt": 3, "checksum": 2}


def test_states_of_the_archive_host(tmp_path: Path) -> None:
    hub = Hub([FakeRepo(i, f"a/r{i}", 100, CODE) for i in (1, 2, 3)])
    hub.faults += [
        Fault("r1/archive", lambda h: h.reply(404, b"") is None),
        Fault("r2/archive", lambda h: h.reply(451, b"") is None),
        Fault("r3/archive", lambda h: h.reply(429, b"", {"Retry-After": "1"}) is None),
    ]
    with serving(hub) as base:
        scrape(tmp_path, settings(base, fetch="archive"))
    assert list(files(tmp_path)) == ["a/r3:k.py"]
    assert drops(tmp_path) == {"gone": 1, "blocked": 1}


# ---- the git host ----------------------------------------------------------------------------------------


def cut_pack(handler: Handler) -> bool:
    """The beginning of an answer in git's own framing, and then the end of the connection."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/x-git-upload-pack-result")
    handler.send_header("Content-Length", "9000")
    handler.end_headers()
    handler.wfile.write(b"000dpackfile\n0015\x01PACK\x00\x00\x00\x02\x00\x00\x00\x09")
    handler.close_connection = True
    return True


@pytest.mark.parametrize("what", [reset, cut_pack, drip_body, drip_headers])
def test_git_that_breaks_falls_back_to_the_archive(tmp_path: Path, what: Callable[[Handler], bool]) -> None:
    repo = FakeRepo(1, "a/b", 200, CODE)
    make_bare(tmp_path, repo)
    hub = Hub([repo], tmp_path)
    hub.faults.append(Fault(r"POST .*git-upload-pack", what, times=50))
    with serving(hub) as base:
        scrape(tmp_path / "run", settings(base, stall=1.0))
    assert list(files(tmp_path / "run")) == ["a/b:k.py"]
    assert files(tmp_path / "run")["a/b:k.py"].origin.revision == repo.commit
    assert hub.asked("archive") and drops(tmp_path / "run") == {}
    assert not list((tmp_path / "run/scratch").glob("*"))
