"""A lock becomes a folder that can be imported from: wheels unpacked, nothing of them run.

In: a `Lock` and a place. Out: the folder, read-only, or `NotInstalled`. It is watched while it grows, because an index
need not tell the truth about sizes and an archive may hold more than it weighs; what is in it that Python would run
unasked (`.pth` files) or that only a person would run (scripts) is removed. Not covered: who may read it (jail/).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from triton_data.environments.lock import Lock, environment, failure_of, index_options, uv

LOOK_S = 0.25
MIB = 1 << 20
ABOUT = "triton-data.json"  # which distribution brought which modules
LOCKFILE = "pylock.triton-data.toml"


@dataclass(frozen=True)
class Limits:
    download: int = 1024 * MIB  # of all wheels of one environment
    installed: int = 4096 * MIB  # unpacked
    files: int = 200_000
    seconds: float = 600.0


class NotInstalled(Exception):
    """Too large, too slow, or an archive that the installer refuses."""


def install(lock: Lock, root: Path, cache_folder: Path, limits: Limits, index: str = "") -> Path:
    """Once, however many ask at the same time."""
    place = root / lock.key
    if place.is_dir():
        return place
    root.mkdir(parents=True, exist_ok=True)
    with _locked(root / f"{lock.key}.lock"):
        if not place.is_dir():
            scratch = root / f".new-{lock.key}-{os.getpid()}"
            try:
                _unpack(lock, scratch, cache_folder, limits, index)
                _tidy(scratch)
                scratch.rename(place)
            finally:
                remove(scratch)
    return place


def remove(folder: Path) -> None:
    if folder.exists():
        for path in [folder, *(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())]:
            path.chmod(0o700)
        shutil.rmtree(folder)


def _unpack(lock: Lock, place: Path, cache_folder: Path, limits: Limits, index: str) -> None:
    place.mkdir(mode=0o755)
    (place / LOCKFILE).write_text(lock.text)
    command = [uv(), "pip", "install", "--no-deps", "--only-binary", ":all:", "--target", str(place), "--python",
               sys.executable, "-r", str(place / LOCKFILE), "--quiet", "--compile-bytecode", "--cache-dir",
               str(cache_folder), *index_options(index)]  # fmt: skip
    log = place.with_suffix(".log")
    with log.open("w+", errors="replace") as written:
        process = subprocess.Popen(command, stdout=written, stderr=written, cwd=place.parent, env=environment())
        try:
            _watch(process, place, cache_folder, limits)
            written.seek(0)
            if process.returncode:
                raise failure_of(written.read(), NotInstalled)
        finally:
            process.kill()
            process.wait()
            log.unlink(missing_ok=True)


def _watch(process: subprocess.Popen[bytes], place: Path, cache_folder: Path, limits: Limits) -> None:
    """What is downloaded and unpacked before it is put in its place lies in the cache."""
    before = sum(weight(cache_folder))
    deadline = time.monotonic() + limits.seconds
    pause = LOOK_S
    while process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(pause)
        started = time.monotonic()
        if started > deadline:
            raise NotInstalled(f"it took more than {limits.seconds:.0f} s")
        size, files = weight(place)
        grown = sum(weight(cache_folder)) - before
        if max(size, grown) > limits.installed:
            raise NotInstalled(f"it unpacks to more than {limits.installed >> 20} MiB")
        if files > limits.files:
            raise NotInstalled(f"it has more than {limits.files} files")
        pause = max(LOOK_S, 4 * (time.monotonic() - started))


def weight(folder: Path) -> tuple[int, int]:
    """(bytes, files); while others write there."""
    size = files = 0
    for here, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                size += os.lstat(f"{here}/{name}").st_size
                files += 1
    return size, files


def _tidy(place: Path) -> None:
    """What Python would run unasked goes, with what is no module; then it is written to no more."""
    for path in [*place.glob("*.pth"), place / "sitecustomize.py", place / "usercustomize.py"]:
        path.unlink(missing_ok=True)
    for name in ("bin", "share", "etc", "man", "include"):
        if not (place / name / "__init__.py").exists():
            shutil.rmtree(place / name, ignore_errors=True)
    about = {"packages": {name: {"version": version, "modules": tops} for name, version, tops in _contents(place)}}
    (place / ABOUT).write_text(json.dumps(about, indent=1, sort_keys=True))
    for path in [*place.rglob("*"), place]:
        if path.is_symlink():  # no wheel has one
            path.unlink()
        else:
            path.chmod(0o555 if path.is_dir() else 0o444)


def _contents(place: Path) -> Iterator[tuple[str, str, list[str]]]:
    for folder in sorted(place.glob("*.dist-info")):
        name, _, version = folder.name.removesuffix(".dist-info").partition("-")
        record = folder / "RECORD"
        tops: set[str] = set()
        for line in record.read_text("utf-8", "replace").splitlines() if record.is_file() else ():
            path = line.partition(",")[0].strip('"')
            first, slash, _ = path.partition("/")
            if first.isidentifier() and slash:
                tops.add(first)
            elif not slash and first.endswith((".py", ".so")):
                tops.add(first.partition(".")[0])
        yield str(canonicalize_name(name)), version, sorted(tops - {"bin", "__pycache__"})


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
