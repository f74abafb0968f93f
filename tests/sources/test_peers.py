"""The client against servers that nobody here wrote: GitHub's recorded scenarios, and a GitHub with a memory."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.npm import NotInstalled, install
from tests.sources import peers
from tests.sources.conftest import candidates, discover, drops, files, scrape, settings
from tests.sources.hub import FakeRepo, Hub, make_bare, serving
from triton_data.sources import rounds
from triton_data.sources.eligible import Facts
from triton_data.sources.fetching import archive
from triton_data.sources.fetching.waits import Waits
from triton_data.sources.fetching.wanted_paths import wanted
from triton_data.sources.github import lookup
from triton_data.sources.github.api import Api
from triton_data.sources.reasons import Deferred, Reason, Refused
from triton_data.store import Store

pytestmark = pytest.mark.network

TOKEN = "0" * 39 + "1"  # what the recordings were normalised to
ASKED = {"Accept": "application/vnd.github.v3+json", "Authorization": f"token {TOKEN}"}


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    try:
        install(peers.HERE)
    except NotInstalled as missing:
        pytest.skip(str(missing))


# ---- @octokit/fixtures-server ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recordings() -> Iterator[str]:
    with peers.recorded_scenarios() as address:
        yield address


def scenario(recordings: str, name: str) -> str:
    """A base URL with a path in it, as GHES has one."""
    made = requests.post(f"{recordings}/fixtures", json={"scenario": name}, headers={"Accept": "application/json"})
    return str(made.json()["url"])


def client(base: str, folder: Path, token: str | None = TOKEN) -> Api:
    return Api(base, token, Waits(folder / "waits", patience=1.0), timeout=5)


def test_what_a_repository_says_of_itself(tmp_path: Path, recordings: str) -> None:
    api = client(scenario(recordings, "get-repository"), tmp_path)
    facts = lookup.from_rest(api.get("/repos/octokit-fixture-org/hello-world").data)
    assert (facts.repo, facts.id, facts.fork) == ("octokit-fixture-org/hello-world", 1000, False)
    assert facts.clone_url.endswith("/octokit-fixture-org/hello-world.git") and facts.pushed.endswith("Z")


def test_a_renamed_repository_is_the_same_repository(tmp_path: Path, recordings: str) -> None:
    base = scenario(recordings, "rename-repository")
    path = "/repos/octokit-fixture-org/rename-repository"
    asked = {**ASKED, "Content-Type": "application/json; charset=utf-8"}
    before = requests.patch(base + path, data=b'{"name":"rename-repository-newname"}', headers=asked)
    assert before.status_code == 200, before.text
    after = lookup.from_rest(client(base, tmp_path).get(path).data)
    assert (after.repo, after.id) == ("octokit-fixture-org/rename-repository-newname", before.json()["id"])


def test_pages_by_number(tmp_path: Path, recordings: str) -> None:
    api = client(scenario(recordings, "paginate-issues"), tmp_path)
    path = "/repos/octokit-fixture-org/paginate-issues/issues"
    first = api.get(path, {"per_page": 3})
    assert [len(first.data), 'rel="next"' in first.headers["link"]] == [3, True]
    there = urlsplit(first.headers["link"].split(">")[0].lstrip("<")).path.split("/repositories")[1]
    second = api.get(f"/repositories{there}", {"per_page": 3, "page": 2})
    assert len(second.data) == 3 and not {i["id"] for i in first.data} & {i["id"] for i in second.data}


def test_an_archive_and_the_way_to_it(tmp_path: Path, recordings: str) -> None:
    base = scenario(recordings, "get-archive")
    asked = {**ASKED, "Accept-Encoding": "gzip, compress, deflate, br"}
    path = "/repos/octokit-fixture-org/get-archive/tarball/main"
    sent_on = requests.get(base + path, headers=asked, allow_redirects=False)
    assert sent_on.status_code == 302 and "codeload.github.com" in sent_on.headers["Location"]
    target = tmp_path / "archive"
    with requests.get(sent_on.headers["Location"], headers=asked, stream=True) as answer:
        target.write_bytes(answer.raw.read())
    (found,) = archive.members(target, wanted, archive.Caps(), top_folder=True)
    assert found == ("README.md", b"# get-archive")


def test_the_commit_in_an_archive_that_github_made(tmp_path: Path) -> None:
    """The server gives out archives made anew; beside them lies what GitHub sent, byte for byte."""
    folder = install(peers.HERE) / "node_modules/@octokit/fixtures/scenarios/api.github.com/get-archive"
    recorded = json.loads((folder / "raw-fixture.json").read_text())
    sent = next(record["response"] for record in recorded if "codeload" in record["scope"])
    target = tmp_path / "archive"
    target.write_bytes(bytes.fromhex(sent if isinstance(sent, str) else "".join(sent)))
    assert archive.tar_commit(target) == "900f3f818d8c2ac46196b3cdaee655d1ee986381"
    assert [name for name, _ in archive.members(target, wanted, archive.Caps(), top_folder=True)] == ["README.md"]  # type: ignore[misc]


# ---- emulate ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Emulated:
    api: str
    hub: Hub  # which has the git repositories that the emulator names

    def change(self, verb: str, path: str, body: dict[str, Any] | None = None) -> None:
        done = requests.request(verb, self.api + path, json=body, headers={"Authorization": "token ann's"})
        assert done.status_code in (200, 204), done.text


MANY = 230


@pytest.fixture(scope="module")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    root = tmp_path_factory.mktemp("bare")
    names = ("kernels", "moving", "leaving")
    repos = [FakeRepo(i, f"ann/{name}", 0, {"k.py": b"x = %d\n" % i}) for i, name in enumerate(names, 1)]
    for repo in repos:
        make_bare(root, repo)
    seeded = [{"owner": "ann", "name": name, "topics": ["triton"], "language": "Python"} for name in names]
    seeded += [{"owner": "ann", "name": f"r{i}", "topics": ["many"]} for i in range(MANY)]
    hub = Hub(repos, root)
    seed = {"users": [{"login": "ann"}], "repos": seeded}
    with serving(hub) as clones, peers.emulated(clones, seed) as address:
        yield Emulated(address, hub)


def test_pages_of_a_search_and_its_range_of_stars(tmp_path: Path, emulated: Emulated) -> None:
    discover(tmp_path / "wide", settings(emulated.api, query="topic:many", min_stars=0))
    found = candidates(tmp_path / "wide")
    assert len(found) == MANY and len({c.origin.repo_id for c in found.values()}) == MANY
    discover(tmp_path / "narrow", settings(emulated.api, query="topic:many", min_stars=1))
    assert candidates(tmp_path / "narrow") == {}, "the emulator has no stars to give"


def test_a_server_without_graphql(tmp_path: Path, emulated: Emulated, monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator has none: what search and single lookups say has to do, with a token as without."""
    monkeypatch.setenv("GITHUB_TOKEN", "ann's")
    seeds = tmp_path / "seeds"
    seeds.write_text("ann/r1\nann/absent\n")
    config = settings(emulated.api, query="topic:triton", min_stars=0, repos_file=str(seeds))
    discover(tmp_path / "run", config)
    assert {"ann/kernels", "ann/r1"} <= set(candidates(tmp_path / "run"))
    assert drops(tmp_path / "run") == {"gone": 1}


def test_from_search_to_files_and_what_changes_between(tmp_path: Path, emulated: Emulated) -> None:
    """A repository is renamed and one deleted: the first is the same one by its id, the second is an outcome."""
    run = tmp_path / "run"
    config = settings(emulated.api, query="topic:triton", min_stars=0)
    scrape(run, config)
    assert sorted(files(run)) == ["ann/kernels:k.py", "ann/leaving:k.py", "ann/moving:k.py"]
    before = candidates(run)
    emulated.hub.log.clear()
    emulated.change("PATCH", "/repos/ann/moving", {"name": "moved"})
    emulated.change("DELETE", "/repos/ann/leaving")
    with Store.open(run) as store:
        rounds.refresh(store)
    scrape(run, config)
    assert emulated.hub.asked(r"\.git/") == [], "no pin is new, so nothing is fetched again"
    assert len(files(run)) == 3 and drops(run) == {}
    api = client(emulated.api, tmp_path, None)
    gone, moved = lookup.by_names(api, ["ann/leaving", "ann/moved"], tmp_path / "etags")
    assert isinstance(gone, Refused) and gone.drop.reason == Reason.GONE
    assert isinstance(moved, Facts) and moved.id == before["ann/moving"].origin.repo_id
    assert set(candidates(run)) == {"ann/kernels", "ann/leaving", "ann/moved"}, "one repository has two names, not two"


def test_a_budget_of_5000_that_others_spent(tmp_path: Path, emulated: Emulated) -> None:
    api = client(emulated.api, tmp_path, "spender")
    assert api.get("/repos/ann/kernels").data["name"] == "kernels"
    line = http.client.HTTPConnection(urlsplit(emulated.api).netloc)
    for _ in range(5000 - 2):
        line.request("GET", "/zen", headers={"Authorization": "token spender"})
        line.getresponse().read()
    with pytest.raises(Deferred) as put_off:
        api.get("/repos/ann/kernels")
    assert "is spent" in str(put_off.value) or "slow down" in str(put_off.value)
    line.request("GET", "/zen", headers={"Authorization": "token spender"})
    refused = line.getresponse()
    assert (refused.status, refused.headers["X-RateLimit-Remaining"]) == (403, "0"), "which is what it was told"
    reset = int(refused.headers["X-RateLimit-Reset"])
    assert 0 <= put_off.value.until - reset <= 2
