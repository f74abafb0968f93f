"""The names that keep their identity when text is compared: operators of torch and Triton, keywords and builtins.

In: vocabulary.txt, kept fixed so that fingerprints made on one day compare with those of another. Out: two sets.
Not covered: what an operator computes (families.py) and names that people give to their own things.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("vocabulary.txt")


@cache
def _sections() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    name = ""
    for line in _FILE.read_text("utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif not line.startswith("#"):
            found.setdefault(name, set()).update(line.split())
    return {section: frozenset(words) for section, words in found.items()}


def operators() -> frozenset[str]:
    return _sections()["operators"]


def words() -> frozenset[str]:
    return _sections()["words"]
