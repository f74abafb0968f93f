"""Which files of a repository are wanted, and whether a path may be used at all.

In: a path inside a repository. Out: yes or no, or the reason against it. Not covered: what is in the file.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from triton_data.sources.fetching.licence import is_licence_file
from triton_data.sources.reasons import Reason

SUFFIXES = {".py", ".md", ".rst", ".txt", ".toml", ".cfg", ".ipynb"}
SKIPPED_FOLDERS = {"__pycache__", "node_modules", "site-packages", ".git", ".venv", "venv", ".tox", ".eggs"}


def wanted(name: str) -> bool:
    path = PurePosixPath(name)
    return (path.suffix in SUFFIXES or is_licence_file(name)) and not SKIPPED_FOLDERS.intersection(path.parts)


def odd(name: str) -> Reason | None:
    """A path that could leave its folder, or that a line, a terminal or UTF-8 could not carry."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or (len(name) > 1 and name[1] == ":"):
        return Reason.UNSAFE_PATH
    if any(ord(char) < 32 or ord(char) == 127 or 0xD800 <= ord(char) <= 0xDFFF for char in name):
        return Reason.ODD_NAME
    return None
