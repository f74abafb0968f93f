"""`dir:`: folders as people have them, and folders made to harm."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.sources.conftest import drops, files, scrape
from triton_data.config import ScrapeConfig
from triton_data.errors import Misuse
from triton_data.sources.folder import Folder

WHO = ("-c", "user.name=t", "-c", "user.email=t@example.org")


def git(folder: Path, *args: str) -> None:
    subprocess.run(["git", "-C", str(folder), *WHO, *args], check=True, capture_output=True)


def checkout(folder: Path, **contents: str) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    for name, text in contents.items():
        (folder / f"{name}.py").write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


def test_what_a_folder_may_hold_besides_files(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "inner/deep").mkdir(parents=True)
    (source / "pkg.py").mkdir()
    (source / "ok.py").write_text("x = 1\n")
    (source / "pkg.py/in.py").write_text("x = 2\n")
    (source / "inner/deep/up").symlink_to("../..")
    (source / "loop.py").symlink_to("loop.py")
    (source / "passwd.py").symlink_to("/etc/passwd")
    os.mkfifo(source / "pipe.py")
    (source / "huge.py").write_bytes(b"#" * 2000)
    (source / os.fsdecode(b"caf\xe9.py")).write_text("x = 3\n")
    (source / "new\nline.py").write_text("x = 4\n")
    (source / "latin.py").write_bytes("name = 'café'\n".encode("latin-1"))
    scrape(tmp_path / "run", ScrapeConfig(sources=(f"dir:{source}",), max_file_bytes=1000))
    assert sorted(files(tmp_path / "run")) == ["source:latin.py", "source:ok.py", "source:pkg.py/in.py"]
    assert drops(tmp_path / "run") == {"link": 2, "unreadable": 1, "too_large": 1, "odd_name": 2}


def test_repositories_inside_a_checkout_are_part_of_the_folder(tmp_path: Path) -> None:
    outer = checkout(tmp_path / "outer", a="x = 1\n")
    inner = checkout(outer / "clones/inner", b="x = 2\n")
    (inner / ".gitignore").write_text("c.py\n")
    (inner / "c.py").write_text("x = 3\n")
    assert Folder(outer).paths() == ["a.py", "clones/inner/b.py"]


def test_a_folder_that_its_repository_ignores_can_be_asked_for(tmp_path: Path) -> None:
    outer = checkout(tmp_path / "outer", a="x = 1\n")
    (outer / ".gitignore").write_text("runs/\n")
    (outer / "runs/out").mkdir(parents=True)
    (outer / "runs/out/b.py").write_text("x = 2\n")
    assert Folder(outer).paths() == ["a.py"]
    assert Folder(outer / "runs/out").paths() == ["b.py"]


def test_a_file_deleted_but_still_listed_by_git(tmp_path: Path) -> None:
    source = checkout(tmp_path / "source", a="x = 1\n", b="x = 2\n")
    clean = Folder(source).revision()
    (source / "b.py").unlink()
    assert Folder(source).paths() == ["a.py"]
    assert Folder(source).revision() != clean
    git(source, "checkout", "-q", "b.py")
    assert Folder(source).revision() == clean and len(clean) == 40


def test_settings_of_a_checkout_run_nothing(tmp_path: Path) -> None:
    """Someone else's folder may come with a .git that names commands."""
    source = checkout(tmp_path / "source", a="x = 1\n")
    trace = tmp_path / "ran"
    command = f"touch {trace}; cat"
    (source / ".gitattributes").write_text("*.py filter=evil\n")
    git(source, "config", "filter.evil.clean", command)
    git(source, "config", "core.fsmonitor", command)
    hook = source / ".git/hooks/post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{command}\n")
    hook.chmod(0o755)
    os.utime(source / "a.py", (1, 1))
    scrape(tmp_path / "run", ScrapeConfig(sources=(f"dir:{source}",)))
    assert list(files(tmp_path / "run")) == ["source:a.py"]
    assert not trace.exists()
    git(source, "status")
    assert trace.exists(), "or the test shows nothing"


def test_the_environment_of_a_hook_does_not_lead_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = checkout(tmp_path / "other", other="x = 1\n")
    source = checkout(tmp_path / "source", a="x = 1\n")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert Folder(source).paths() == ["a.py"]


@pytest.mark.parametrize(("text", "says"), [("", "no folder"), ("/no/such", "no folder"), (__file__, "is a file")])
def test_what_is_no_folder(text: str, says: str) -> None:
    with pytest.raises(Misuse, match=says):
        Folder.parse(text)
