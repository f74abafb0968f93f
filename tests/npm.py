"""Packages from npm that tests need, installed from a lock file; kept outside of the checkout.

In: a folder with package.json and package-lock.json. Out: a folder with node_modules, or one line that says what is
missing. Nothing of a package runs while it is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

SECONDS = 240  # for all that npm has to fetch: 60 MB where its own cache is empty


class NotInstalled(Exception):
    """One line: what is missing."""


def install(lock: Path) -> Path:
    """The folder with everything in it; made once for each state of `lock`, never inside the checkout."""
    files = sorted(path for path in lock.iterdir() if path.is_file())
    state = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "triton-data-tests"
    target = cache / f"npm-{state}"
    if not target.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="npm-part-") as folder:
            part = Path(folder) / "new"
            part.mkdir()
            for path in files:
                shutil.copy(path, part)
            _npm_ci(part)
            try:
                part.rename(target)
            except OSError:  # another process was faster
                if not target.exists():
                    raise
    return target


def _npm_ci(folder: Path) -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
    except FileNotFoundError:
        raise NotInstalled("npm is not installed") from None
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"npm took over {SECONDS} s") from None
    if done.returncode:
        lines = (line.removeprefix("npm error ") for line in done.stderr.splitlines() if line.startswith("npm error"))
        said = [line for line in lines if " " in line and not line.startswith(("code ", "errno "))]
        raise NotInstalled(f"npm ci failed: {(said or [str(done.returncode)])[-1]}")
