"""Whatever a task makes of its scratch can be measured and removed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from triton_data.jail.outside import scratch


def dig(top: Path, depth: int) -> None:
    """Deeper than a path can name."""
    at = os.open(top, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=at)
        inner = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(os.open("file", os.O_CREAT, dir_fd=at))
    os.close(at)


def test_deeper_than_any_path_is_removed(tmp_path: Path) -> None:
    top = tmp_path / "scratch"
    top.mkdir()
    dig(top, 3000)
    scratch.remove(str(top))
    assert not top.exists()


def test_links_are_removed_and_not_followed(tmp_path: Path) -> None:
    top, precious = tmp_path / "scratch", tmp_path / "precious"
    for folder in (top / "a" / "b", precious):
        folder.mkdir(parents=True)
    (precious / "file").write_text("treasure")
    (top / "a" / "b" / "link").symlink_to(precious)
    (top / "link").symlink_to(precious)
    (top / "a" / "shut").mkdir(mode=0)
    (top / ".flat-1").mkdir()
    scratch.remove(str(top))
    assert not top.exists()
    assert (precious / "file").read_text() == "treasure"


@pytest.mark.parametrize(("size", "files", "over"), [(1 << 20, 100, False), (1 << 10, 100, True), (1 << 20, 2, True)])
def test_measured(tmp_path: Path, size: int, files: int, over: bool) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("one", "two", "folder/three"):
        (tmp_path / name).write_bytes(b"x" * 5000)
    assert scratch.overfull(str(tmp_path), [os.getpid()], size, files) is over


def test_nested_to_hide_is_over(tmp_path: Path) -> None:
    dig(tmp_path, 3000)
    assert scratch.overfull(str(tmp_path), [os.getpid()], 1 << 30, 10**6)
    scratch.remove(str(tmp_path))


def test_deleted_but_open_counts(tmp_path: Path) -> None:
    (tmp_path / "seen").touch()
    with (tmp_path / "gone").open("wb") as file:
        (tmp_path / "gone").unlink()
        file.write(b"x" * (1 << 20))
        file.flush()
        assert scratch.overfull(str(tmp_path), [os.getpid()], 1 << 19, 100)
