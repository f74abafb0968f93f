"""The client against what GitHub really sent (PyGithub's recordings). `pytest -m network` runs only these."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.replay import read, replaying
from triton_data.records import Candidate, Drop
from triton_data.sources.eligible import Facts, Policy
from triton_data.sources.fetching.waits import Waits
from triton_data.sources.github import lookup, slices
from triton_data.sources.github.api import Api
from triton_data.sources.github.search import Search
from triton_data.sources.reasons import Refused

pytestmark = pytest.mark.network


def api(base: str, folder: Path) -> Api:
    return Api(base, None, Waits(folder / "waits"))


def test_search_and_paging(tmp_path: Path) -> None:
    with replaying(read("Search.testSearchRepos")) as (base, seen):
        search = Search(api(base, tmp_path), Policy(min_stars=0, forks=True), tmp_path, limit=40)
        found = list(search.slice(slices.repositories("github language:Python", 0)))
    assert len(seen) == 2, "two pages"
    candidates = [c for c in found if isinstance(c, Candidate)]
    assert len(candidates) >= 40 and not any(isinstance(each, Drop) for each in found)
    assert all(c.origin.repo_id and "/" in c.origin.repo and c.address.endswith(".git") for c in candidates)
    assert candidates[0].origin.stars == 3036
    assert len({c.key for c in candidates}) == len(candidates)


def test_incomplete_results_are_asked_for_again(tmp_path: Path) -> None:
    records = read("PaginatedList.testSearchWithIncompleteResults")
    with replaying(records) as (base, seen):
        search = Search(api(base, tmp_path), Policy(), tmp_path)
        found = list(search.slice(slices.code('"profile = black" in:file language:toml')))
    asked = sum(path.startswith("/search/code") for path in seen)
    assert asked > 1 and len(found) > 1
    assert all(isinstance(each, Drop) for each in found), "the recording has no repositories to look up"


def test_a_rename_is_followed_and_keyed_by_its_id(tmp_path: Path) -> None:
    with replaying(read("Repository.testGetRepositoryWith301Redirect")) as (base, seen):
        (facts,) = lookup.by_names(api(base, tmp_path), ["protoncoin/protoncoin"], tmp_path)
    assert seen == ["/repos/protoncoin/protoncoin", "/repositories/112116543"]
    assert isinstance(facts, Facts)
    assert facts.id == 112116543 and facts.repo != "protoncoin/protoncoin"


def test_rate_limits(tmp_path: Path) -> None:
    with replaying(read("RateLimiting.testGetRateLimit")) as (base, _):
        budgets = api(base, tmp_path).budgets()
    assert {"core", "search", "graphql"} <= set(budgets)
    assert all({"limit", "remaining", "reset"} <= set(row) for row in budgets.values())


def test_a_conditional_request_that_changed_nothing(tmp_path: Path) -> None:
    with replaying(read("ConditionalRequestUpdate.testDidNotUpdate")) as (base, _):
        answer = api(base, tmp_path).get("/repos/akfish/PyGithub", etag='"8600bedcb7fed1d8065e1693e05529ce"')
    assert answer.status == 304


def test_a_licence(tmp_path: Path) -> None:
    with replaying(read("Repository.testGetLicense")) as (base, _):
        assert api(base, tmp_path).get("/repos/PyGithub/PyGithub/license").data["license"]["spdx_id"] == "LGPL-3.0"


def test_the_api_is_not_followed_to_the_archive_host(tmp_path: Path) -> None:
    """Its 302 leads to another host; archives come from the web host instead, with no token in the request."""
    with replaying(read("Repository.testGetArchiveLink")) as (base, seen), pytest.raises(Refused):
        api(base, tmp_path).get("/repos/PyGithub/PyGithub/tarball")
    assert len(seen) == 1
