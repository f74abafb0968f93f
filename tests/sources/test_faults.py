"""Servers that limit, break, lie and stall: the right outcome each time, nothing lost, nothing twice."""

from __future__ import annotations

import socket
import struct
import time
from pathlib import Path

import pytest

from tests.sources.conftest import drops, files, scrape, settings
from tests.sources.hub import FakeRepo, Fault, Handler, Hub, make_tar, serving
from triton_data.sources.github.api import Api
from triton_data.sources.reasons import Deferred, Reason, Refused
from triton_data.sources.waits import Waits

CODE = {"k.py": b"import triton\n"}
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "good-token")


def api(base: str, folder: Path, patience: float = 5.0) -> Api:
    return Api(base, "good-token", Waits(folder / "waits", patience), timeout=2)


def search(asked: Api) -> int:
    return len(asked.get("/search/repositories", {"q": "stars:>=1"}, resource="search").data["items"])


# ---- limits ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [403, 429])
def test_retry_after_comes_first(tmp_path: Path, status: int) -> None:
    hub = Hub([FakeRepo(1, "a/b", 100)])
    headers = {"Retry-After": "1", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 3000)}
    hub.faults.append(Fault("search", lambda h: h.json({"message": "slow down"}, status, headers) is None))
    with serving(hub) as base:
        started = time.monotonic()
        assert search(api(base, tmp_path)) == 1
    assert 0.9 < time.monotonic() - started < 4
    assert len(hub.asked("search")) == 2


@pytest.mark.parametrize("status", [403, 429])
def test_an_exhausted_budget_waits_for_its_reset(tmp_path: Path, status: int) -> None:
    hub = Hub([FakeRepo(1, "a/b", 100)])

    def spent(handler: Handler) -> bool:
        reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 1)}
        handler.json({"message": "API rate limit exceeded"}, status, reset)
        return True

    hub.faults.append(Fault("search", spent))
    with serving(hub) as base:
        started = time.monotonic()
        assert search(api(base, tmp_path)) == 1
    assert time.monotonic() - started > 0.9


def test_the_last_request_of_a_budget_is_known_to_be_the_last(tmp_path: Path) -> None:
    hub = Hub([FakeRepo(1, "a/b", 100)])
    hub.remaining["search"] = 1
    with serving(hub) as base:
        asked = api(base, tmp_path, patience=0.1)
        assert search(asked) == 1
        with pytest.raises(Deferred):
            search(asked)
        with pytest.raises(Deferred):  # a new process, the same folder
            search(api(base, tmp_path, patience=0.1))
        assert asked.get("/repos/a/b").data["id"] == 1, "another resource has its own budget"
    assert len(hub.asked("search")) == 1


@pytest.mark.parametrize("status", [403, 429])
def test_a_limit_that_names_no_time_is_a_minute_and_then_two(tmp_path: Path, status: int) -> None:
    hub = Hub([FakeRepo(1, "a/b", 100)])
    hub.faults.append(Fault("search", lambda h: h.json(SECONDARY, status) is None))
    with serving(hub) as base, pytest.raises(Deferred) as put_off:
        search(api(base, tmp_path))
    assert 55 < put_off.value.until - time.time() <= 60


def test_a_403_that_is_no_limit_is_an_answer(tmp_path: Path) -> None:
    hub = Hub([])
    hub.faults.append(Fault("search", lambda h: h.json({"message": "Must have admin rights"}, 403) is None))
    with serving(hub) as base, pytest.raises(Refused, match="admin rights"):
        search(api(base, tmp_path))


def test_graphql_says_limit_with_status_200(tmp_path: Path) -> None:
    hub = Hub([FakeRepo(1, "a/b", 100)])
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    headers = {"X-RateLimit-Remaining": "3", "X-RateLimit-Reset": str(int(time.time()))}
    hub.faults.append(Fault("graphql", lambda h: h.json(limited, 200, headers) is None))
    with serving(hub) as base:
        data = api(base, tmp_path).graphql("query", {"ids": ["R_1"]})
    assert data["nodes"][0]["databaseId"] == 1


def test_a_deferred_slice_is_asked_again_when_its_time_has_come(tmp_path: Path) -> None:
    hub = Hub([FakeRepo(1, "a/b", 100, CODE)])
    hub.faults.append(Fault("search", lambda h: h.json({}, 429, {"Retry-After": "2"}) is None))
    with serving(hub) as base:
        scrape(tmp_path, settings(base, patience=1.0, fetch="archive"))
    assert list(files(tmp_path)) == ["a/b:k.py"]
    assert drops(tmp_path) == {}, "being deferred is not how it ended"


# ---- broken answers --------------------------------------------------------------------------------------


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


def reset(handler: Handler) -> bool:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True
    return True


def drip(handler: Handler) -> bool:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
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


@pytest.mark.parametrize("what", [reset, truncated, drip])
def test_one_bad_answer_of_the_archive_host_is_tried_again(tmp_path: Path, what: object) -> None:
    hub = Hub([FakeRepo(1, "a/b", 100, {**CODE, "big.txt": bytes(range(256)) * 40})])
    hub.faults.append(Fault("archive", what, times=1))  # type: ignore[arg-type]
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


# ---- the token -------------------------------------------------------------------------------------------


def test_the_token_follows_no_redirect(tmp_path: Path) -> None:
    there = Hub([FakeRepo(1, "a/b", 100, CODE)])
    here = Hub([FakeRepo(1, "a/b", 100, CODE)])
    with serving(there, "127.0.0.2") as other, serving(here) as base:
        here.archive_base = other
        scrape(tmp_path, settings(base, fetch="archive"))
        moved = {"Location": f"{other}/repositories/1"}
        here.faults.append(Fault("repos/a/b", lambda h: h.json({}, 301, moved) is None))
        with pytest.raises(Refused) as refused:
            api(base, tmp_path).get("/repos/a/b")
    assert refused.value.drop.reason == Reason.REDIRECTED
    assert list(files(tmp_path)) == ["a/b:k.py"]
    assert there.asked("archive") and not any("authorization" in seen.headers for seen in there.log)
    assert not any("authorization" in seen.headers for seen in here.asked("archive"))


def test_the_token_is_nowhere_in_the_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    hub = Hub([FakeRepo(1, "a/b", 100, CODE)])
    with serving(hub) as base:
        scrape(tmp_path, settings(base, fetch="archive"))
    assert hub.asked("search")[0].headers["authorization"].endswith("good-token")
    for path in (p for p in tmp_path.rglob("*") if p.is_file()):
        assert b"good-token" not in path.read_bytes(), path
    assert "good-token" not in "".join(capfd.readouterr())
