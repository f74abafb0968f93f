"""`git:` and the git half of `github:`: real partial clones through git http-backend, and repositories made to harm."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from tests.sources.conftest import drops, files, scrape, settings
from tests.sources.hub import FakeRepo, Fault, Hub, make_bare, serving
from triton_data.config import ScrapeConfig
from triton_data.errors import Misuse
from triton_data.records import Candidate, Drop, Origin, SourceFile
from triton_data.sources.fetching import git
from triton_data.sources.reasons import Refused
from triton_data.sources.scrape import ScrapeStage
from triton_data.store import Store


def served(tmp_path: Path, contents: dict[str, bytes]) -> Hub:
    repo = FakeRepo(1, "a/b", 200, contents)
    make_bare(tmp_path, repo)
    return Hub([repo], tmp_path)


def test_a_local_bare_repository_at_head_and_at_a_commit(tmp_path: Path) -> None:
    hub = served(tmp_path, {"k.py": b"x = 1\n", "LICENSE": b"Apache License Version 2.0"})
    bare, first = tmp_path / "1.git", hub.repos[0].commit
    scrape(tmp_path / "one", ScrapeConfig(sources=(f"git:{bare}",)))
    origin = files(tmp_path / "one")["1:k.py"].origin
    assert (origin.source, origin.revision, origin.licence) == ("git", first, "Apache-2.0")
    work = tmp_path / "work"
    subprocess.run(["git", "clone", "-q", str(bare), str(work)], check=True)
    (work / "k.py").write_text("x = 2\n")
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", "-C", str(work), *who, "commit", "-qam", "two"], check=True)
    subprocess.run(["git", "-C", str(work), "push", "-q"], check=True)
    subprocess.run(["git", "-C", str(bare), *who, "tag", "-m", "t", "v1", first], check=True)
    scrape(tmp_path / "two", ScrapeConfig(sources=(f"git:{bare}", f"git:{bare}@{first}", f"git:{bare}@v1")))
    with Store.read(tmp_path / "two") as store:
        pins = sorted(c.origin.revision == first for c in store.records(Candidate))
    assert pins == [False, True], "the tag and the commit are one pin"
    assert drops(tmp_path / "two") == {}


def test_only_wanted_blobs_cross_the_wire(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(3_000_000)
    hub = served(tmp_path, {"k.py": b"x = 1\n", "model.bin": noise, "docs/a.png": noise[:500_000]})
    with serving(hub) as base:
        scrape(tmp_path / "run", settings(base))
    assert list(files(tmp_path / "run")) == ["a/b:k.py"]
    assert hub.sent < 100_000
    assert not hub.asked("archive")


def test_names_and_links_in_a_tree(tmp_path: Path) -> None:
    hub = served(
        tmp_path,
        {
            "ok.py": b"1",
            "new\nline.py": b"2",
            "caf\udce9.py": b"3",
            "link.py": b"LINK /etc/passwd",
            "big.py": b"#" * 9000,
        },
    )
    with serving(hub) as base:
        scrape(tmp_path / "run", settings(base, max_file_bytes=8000))
    assert list(files(tmp_path / "run")) == ["a/b:ok.py"]
    assert drops(tmp_path / "run") == {"odd_name": 2, "link": 1, "too_large": 1}


def test_too_many_files_is_an_outcome(tmp_path: Path) -> None:
    hub = served(tmp_path, {f"{i}.py": b"" for i in range(60)})
    with serving(hub) as base:
        scrape(tmp_path / "run", settings(base, max_files=50))
    assert drops(tmp_path / "run") == {"too_many_files": 1}


def test_a_pack_that_is_too_large_is_cut_off(tmp_path: Path) -> None:
    hub = served(tmp_path, {"k.py": random.Random(2).randbytes(900_000)})
    with serving(hub) as base:
        scrape(tmp_path / "run", settings(base, max_repo_bytes=200_000))
    assert drops(tmp_path / "run") == {"too_large": 1}


def test_a_pack_that_unpacks_to_far_more_than_it_is(tmp_path: Path) -> None:
    hub = served(tmp_path, {f"{i}.py": b"#" * 100_000 + b"%d" % i for i in range(30)})
    with serving(hub) as base:
        scrape(tmp_path / "run", settings(base, max_repo_bytes=200_000))
    assert hub.sent < 20_000, "the pack itself is small"
    assert drops(tmp_path / "run") == {"bomb": 1}
    assert files(tmp_path / "run") == {}


def test_git_that_fails_falls_back_to_the_archive(tmp_path: Path) -> None:
    hub = served(tmp_path, {"k.py": b"x = 1\n"})
    hub.faults.append(Fault(r"\.git/git-upload-pack", lambda h: h.reply(500, b"") is None, times=50))
    with serving(hub) as base:
        scrape(tmp_path / "run", settings(base))
    assert list(files(tmp_path / "run")) == ["a/b:k.py"]
    assert hub.asked("archive")


def test_a_corrupt_pack_falls_back_to_the_archive(tmp_path: Path) -> None:
    hub = served(tmp_path, {"k.py": b"x = 1\n"})
    kind = {"Content-Type": "application/x-git-upload-pack-result"}
    noise = b"000dpackfile\n0020\x01PACK\x00\x00\x00\x02\x00\x00\x00\x01broken!!!!!!!0000"
    hub.faults.append(Fault(r"POST .*git-upload-pack", lambda h: h.reply(200, noise, kind) is None, times=50))
    with serving(hub) as base:
        scrape(tmp_path / "run", settings(base))
    assert list(files(tmp_path / "run")) == ["a/b:k.py"]
    assert hub.asked("archive")


def test_429_from_the_git_host_puts_it_off(tmp_path: Path) -> None:
    hub = served(tmp_path, {"k.py": b"x = 1\n"})
    hub.faults.append(Fault(r"\.git/", lambda h: h.reply(429, b"") is None, times=1))
    with serving(hub) as base:
        ended = one_fetch(tmp_path / "run", settings(base, patience=1.0), base)
    assert isinstance(ended[0], Drop)
    assert ended[0].reason == "deferred"
    assert ended[0].detail.startswith("until ")
    assert list((tmp_path / "run/waits").iterdir())


def one_fetch(run: Path, config: ScrapeConfig, base: str) -> list[SourceFile | Drop]:
    candidate = Candidate("h", f"{base}/a/b.git", "", "", Origin("github", "a/b", 1, url=f"{base}/a/b"))
    return list(ScrapeStage(config, run).work(candidate))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("https://h/o/n.git", ("https://h/o/n.git", "HEAD")),
        ("https://h/o/n@v1.2", ("https://h/o/n", "v1.2")),
        ("git@github.com:o/n.git", ("git@github.com:o/n.git", "HEAD")),
        ("git@github.com:o/n.git@" + "a" * 40, ("git@github.com:o/n.git", "a" * 40)),
        ("git@h:n.git", ("git@h:n.git", "HEAD")),
        ("git@h:n.git@v1", ("git@h:n.git", "v1")),
        ("ssh://me@h/o/n", ("ssh://me@h/o/n", "HEAD")),
        ("ssh://me@h/o/n@v1", ("ssh://me@h/o/n", "v1")),
        ("https://h/o/n@feature/x", ("https://h/o/n", "feature/x")),
        ("https://h/@o/n", ("https://h/@o/n", "HEAD")),
        ("https://h/a@b/n.git", ("https://h/a@b/n.git", "HEAD")),
        ("https://h/a@b/n.git@v1", ("https://h/a@b/n.git", "v1")),
    ],
)
def test_what_git_means(text: str, meant: tuple[str, str]) -> None:
    assert git.parse(text) == meant


def test_a_folder_beside_us_and_its_branch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    served(tmp_path, {"k.py": b"x = 1\n"})
    there = (tmp_path / "1.git").as_uri()
    assert git.parse("1.git") == (there, "HEAD")
    assert git.parse("1.git@feature/x") == git.parse("./1.git@feature/x") == (there, "feature/x")
    subprocess.run(["git", "-C", "1.git", "branch", "feature/x"], check=True)
    assert git.Git().head(there, "feature/x") == git.Git().head(there)
    (tmp_path / "odd@name").mkdir()
    assert git.parse("odd@name") == ((tmp_path / "odd@name").as_uri(), "HEAD")


@pytest.mark.parametrize("text", ["", "/no/such/place", "https://me:secret@h/o/n", "ext::sh -c id", "--upload-pack=id"])
def test_what_git_refuses(text: str) -> None:
    with pytest.raises(Misuse):
        git.parse(text)


def test_no_helper_protocol_even_if_it_is_asked_for() -> None:
    with pytest.raises(Refused):
        git.Git().head("ext::sh -c 'touch /tmp/never'")
