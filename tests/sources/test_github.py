"""GitHub from search to files, against a small GitHub on loopback with real git behind it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.sources.conftest import candidates, discover, drops, files, scrape, settings
from tests.sources.hub import FakeRepo, Hub, make_bare, serving
from triton_data.sources import rounds
from triton_data.store import Store

KERNEL = b"import triton\n\n\n@triton.jit\ndef add(x): pass\n"


def repos(root: Path) -> list[FakeRepo]:
    made = [
        FakeRepo(
            1, "a/kernels", 500, {"k.py": KERNEL, "README.md": b"# k", "big.bin": b"\0" * 5000, "LICENSE": b"ISC"}
        ),
        FakeRepo(
            2,
            "b/nets",
            150,
            {"net.py": b"# SPDX-License-Identifier: BSD-3-Clause\nimport torch\n", "tests/test_n.py": b""},
        ),
        FakeRepo(3, "c/few", 99, {"k.py": KERNEL}),
        FakeRepo(4, "d/copy", 700, {"k.py": KERNEL}, fork=True),
    ]
    for repo in made:
        make_bare(root, repo)
    return made


@pytest.mark.parametrize("token", ["", "good-token"])
def test_search_to_files(tmp_path: Path, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if token:
        monkeypatch.setenv("GITHUB_TOKEN", token)
    hub = Hub(repos(tmp_path), tmp_path)
    with serving(hub) as base:
        scrape(tmp_path / "run", settings(base))
    found = files(tmp_path / "run")
    assert sorted(found) == [
        "a/kernels:LICENSE",
        "a/kernels:README.md",
        "a/kernels:k.py",
        "b/nets:net.py",
        "b/nets:tests/test_n.py",
    ]
    kernel = found["a/kernels:k.py"]
    assert kernel.origin.revision == hub.repos[0].commit
    assert (kernel.origin.repo_id, kernel.origin.stars, kernel.origin.licence) == (1, 500, "MIT")
    assert kernel.origin.url == f"{base}/a/kernels"
    assert found["b/nets:net.py"].origin.licence == "BSD-3-Clause", "a file's own header comes first"
    assert found["b/nets:tests/test_n.py"].flags == ("test",)
    assert (tmp_path / "run/blobs" / kernel.blob[:2] / kernel.blob).read_bytes() == KERNEL
    assert not list((tmp_path / "run/scratch").glob("*"))
    assert not any("authorization" in seen.headers for seen in hub.asked(r"\.git|archive"))
    assert all(("authorization" in seen.headers) == bool(token) for seen in hub.asked("search"))


def test_done_is_done_and_a_refresh_fetches_only_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "good-token")
    hub = Hub(repos(tmp_path), tmp_path)
    run = tmp_path / "run"
    with serving(hub) as base:
        scrape(run, settings(base))
        hub.log.clear()
        scrape(run, settings(base))
        assert hub.log == [], "the same command again asks nothing"
        subject = hub.repos[0]
        subject.files["new.py"] = b"x = 1\n"
        shutil.rmtree(tmp_path / "1.git")
        make_bare(tmp_path, subject)
        with Store.open(run) as store:
            rounds.refresh(store)
        scrape(run, settings(base))
    assert hub.asked(r"a/kernels\.git") and not hub.asked(r"b/nets\.git")
    assert "a/kernels:new.py" in files(run)


def test_one_budget_of_requests_for_many_repositories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """2,600 repositories, 1,400 of them with the same stars and 1,100 on one day."""
    monkeypatch.setenv("GITHUB_TOKEN", "good-token")
    many = [
        FakeRepo(
            i,
            f"o/r{i}",
            100 + (i % 1300 if i < 1200 else 0),
            created="2020-01-01" if i % 5 else f"2021-{i % 12 + 1:02}-01",
        )
        for i in range(2600)
    ]
    hub = Hub(many)
    with serving(hub) as base:
        config = settings(base, limit=0)
        discover(tmp_path / "run", config)
    found = candidates(tmp_path / "run")
    lost = drops(tmp_path / "run")
    assert len(found) >= 2480 and lost["over_1000"] == 1, "only the day with more than 1,000 loses its tail"
    assert hub.api_requests() / 2600 < 0.15


def test_states_of_repositories_are_outcomes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "good-token")
    good = {"k.py": KERNEL}
    states = [
        FakeRepo(1, "a/renamed", 300, good, now_name="z/renamed"),
        FakeRepo(2, "b/dropped", 300, good, now_stars=80),
        FakeRepo(3, "c/deleted", 300, good, gone=True),
        FakeRepo(4, "d/empty", 300, empty=True),
        FakeRepo(5, "e/blocked", 300, good, blocked=True),
        FakeRepo(6, "f/out", 300, good),
        FakeRepo(7, "g/fine", 300, good),
    ]
    for repo in states:
        make_bare(tmp_path, repo)
    opt_out = tmp_path / "out.txt"
    opt_out.write_text("F  # everything of theirs\n")
    hub = Hub(states, tmp_path)
    with serving(hub) as base:
        scrape(tmp_path / "run", settings(base, opt_out=str(opt_out)))
    assert sorted(files(tmp_path / "run")) == ["g/fine:k.py", "z/renamed:k.py"]
    assert files(tmp_path / "run")["z/renamed:k.py"].origin.repo_id == 1
    assert drops(tmp_path / "run") == {"below_stars": 1, "gone": 2, "empty": 1, "opted_out": 1}


def test_seeds_need_no_search_and_no_token(tmp_path: Path) -> None:
    hub = Hub(repos(tmp_path), tmp_path)
    seeds = tmp_path / "seeds.txt"
    seeds.write_text("a/kernels\nhttps://github.com/c/few.git\nx/absent\n")
    with serving(hub) as base:
        scrape(tmp_path / "run", settings(base, query="", repos_file=str(seeds)))
        assert not hub.asked("search")
        assert {name.split(":")[0] for name in files(tmp_path / "run")} == {"a/kernels"}
        assert drops(tmp_path / "run") == {"below_stars": 1, "gone": 1}
        named = settings(base, query="", sources=("github:c/few", "github:d/copy"))
        scrape(tmp_path / "named", named)
    assert set(candidates(tmp_path / "named")) == {"c/few", "d/copy"}, "whoever types a name wants that repository"


def test_a_rename_with_no_token_is_followed_by_git(tmp_path: Path) -> None:
    moved = FakeRepo(1, "a/old", 300, {"k.py": KERNEL}, now_name="z/new")
    make_bare(tmp_path, moved)
    with serving(Hub([moved], tmp_path)) as base:
        scrape(tmp_path / "run", settings(base))
    (found,) = files(tmp_path / "run").values()
    assert (found.origin.repo_id, found.origin.revision) == (1, moved.commit)
