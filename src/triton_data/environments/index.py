"""Where packages come from: the index that pip is configured with, asked of pip itself."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

PYPI = "https://pypi.org/simple"


@cache
def configured_indexes() -> tuple[str, ...]:
    """Once a process: files, environment variables and command defaults are pip's business."""
    done = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    found: dict[str, list[str]] = {"index-url": [], "extra-index-url": []}
    for line in done.stdout.splitlines():
        name, _, value = line.partition("=")
        option = name.rpartition(".")[2]
        if option in found:
            found[option] += value.strip().strip("'\"").split()
    return (*(found["index-url"][-1:] or [PYPI]), *found["extra-index-url"])
