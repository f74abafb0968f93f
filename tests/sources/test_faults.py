"""Servers that limit us or would like our token: the right outcome each time. Broken servers: test_broken.py."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.sources.conftest import drops, files, scrape, settings
from tests.sources.hub import FakeRepo, Fault, Handler, Hub, serving
from triton_data.sources.fetching.waits import Waits
from triton_data.sources.github.api import Api
from triton_data.sources.github.token import find_token
from triton_data.sources.reasons import Deferred, Reason, Refused

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


def test_where_the_token_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real `gh` on the path, which answers or is not logged in; GITHUB_TOKEN comes before it."""
    gh = tmp_path / "gh"
    gh.write_text('#!/bin/sh\n[ "$1 $2" = "auth token" ] && echo "from-gh"\n')
    gh.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert find_token() == "good-token"
    monkeypatch.setenv("GITHUB_TOKEN", "  ")
    assert find_token() == "from-gh"
    gh.write_text("#!/bin/sh\necho not logged in\nexit 4\n")
    assert find_token() is None
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert find_token() is None
