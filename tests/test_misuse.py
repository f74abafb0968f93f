"""A user's mistake ends as one line on stderr and exit status 2, and damages nothing."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from triton_data.store import Store, schema

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "triton_data"]


def refused(*args: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run([*COMMAND, *map(str, args)], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def config(folder: Path, text: str) -> Path:
    path = folder / "run.toml"
    path.write_text(text)
    return path


def test_unknown_verb() -> None:
    assert "did you mean 'capture'?" in refused("captur")


def test_unknown_option() -> None:
    assert "--jobz" in refused("status", "--jobz", "3")


def test_missing_config() -> None:
    assert "examples/quickstart.toml" in refused("run", "absent.toml")


def test_unknown_source(tmp_path: Path) -> None:
    assert "unknown source 'gti:x' (did you mean 'git'?)" in refused("scrape", "gti:x", "--run-dir", tmp_path)


def test_missing_folder(tmp_path: Path) -> None:
    assert f"no folder {ROOT / 'absent'}" in refused("scrape", "dir:absent", "--run-dir", tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[capture]\ntargets = ["sm_91"]', "did you mean 'sm_90'?"),
        ('[capture]\nmodes = ["inferense"]', "did you mean 'inference'?"),
        ('[export]\nformats = ["torchtone"]', "did you mean 'torchtune'?"),
        ('[scrape]\nsources = ["dir:absent"]', f"no folder {ROOT / 'absent'}"),
    ],
)
def test_unknown_names_in_a_config_are_refused_before_anything_is_written(tmp_path: Path, text: str, says: str) -> None:
    path = config(tmp_path, f'run_dir = "{tmp_path}/run"\n{text}\n')
    assert says in refused("run", path)
    assert not (tmp_path / "run").exists()


def test_a_run_dir_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert "cannot write the run directory" in refused("scrape", "dir:.", "--run-dir", tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_run_dir_that_may_not_be_written() -> None:
    assert "cannot write the run directory" in refused("scrape", "dir:.", "--run-dir", "/proc/nowhere")


def test_status_of_no_run(tmp_path: Path) -> None:
    assert "no run in" in refused("status", "--run-dir", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_of_a_newer_version(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "run.db") as db:
        db.execute(f"PRAGMA user_version={schema.VERSION + 1}")
    assert "upgrade triton-data" in refused("status", "--run-dir", tmp_path)
    assert "upgrade triton-data" in refused("scrape", "dir:.", "--run-dir", tmp_path)


def test_a_broken_database(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    whole = (tmp_path / "run.db").read_bytes()
    broken = whole[:4096] + b"\xff" * (len(whole) - 4096)
    (tmp_path / "run.db").write_bytes(broken)
    assert "damaged" in refused("status", "--run-dir", tmp_path)
    assert "damaged" in refused("scrape", "dir:examples", "--run-dir", tmp_path)
    assert (tmp_path / "run.db").read_bytes() == broken


def on_small_disk(disk: Path, script: str) -> subprocess.CompletedProcess[str]:
    """A shell script with a 1 MiB tmpfs at `disk`, in namespaces of its own so that no root is needed."""
    mount = f"mount -t tmpfs -o size=1m tmpfs '{disk}' && {script}"
    return subprocess.run(["unshare", "-Urm", "sh", "-c", mount], capture_output=True, text=True, cwd=ROOT)


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare (util-linux)")
def test_a_full_disk_while_scraping(tmp_path: Path) -> None:
    disk, big = tmp_path / "disk", tmp_path / "big"
    disk.mkdir()
    big.mkdir()
    for i in range(40):
        (big / f"m{i}.py").write_text(f"x = {i}\n" + "# filler\n" * 9000)
    run = f"'{sys.executable}' -m triton_data scrape 'dir:{big}' --run-dir '{disk}/run'"
    done = on_small_disk(disk, f"{run}; echo status $?; mount -o remount,size=20m '{disk}' && {run}; echo status $?")
    assert "status 2" in done.stdout, done
    assert "No space left" in done.stderr or "disk" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.count("status 0") == 1, done  # the same command, once there is room
    assert "40 files" in done.stdout


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare (util-linux)")
def test_a_disk_that_is_full_from_the_start(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    fill = f"head -c 2000000 /dev/zero > '{disk}/fill' 2>/dev/null"
    run = f"'{sys.executable}' -m triton_data scrape dir:examples --run-dir '{disk}/run'"
    done = on_small_disk(disk, f"{fill}; {run}; echo status $?")
    assert "status 2" in done.stdout, done
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
