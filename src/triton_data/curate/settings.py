"""What may be asked of curation, checked before anything is done.

In: the settings. Out: nothing, or a Misuse that says what to write instead. Not covered: what they do (decide.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from triton_data.config import CurateConfig
from triton_data.errors import Misuse, closest
from triton_data.formats.repo_names import read_opted_out

CHOICES = {
    "dedup": ("off", "exact", "tree", "near"),
    "decontaminate": ("off", "flag", "drop"),
    "unknown_licence": ("keep", "own", "drop"),
    "verified": ("any", "not_failed", "passed"),
    "personal": ("off", "flag", "drop"),
    "split_by": ("repository", "cluster"),
}


def check(config: CurateConfig) -> None:
    for name, allowed in CHOICES.items():
        value = str(getattr(config, name))
        if value not in allowed:
            raise Misuse(f"curate.{name} cannot be {value!r}{closest(value, allowed)}")
    if min(config.validation, config.test) < 0 or config.validation + config.test > 100:
        raise Misuse("curate.validation and curate.test are percentages: give two that add up to 100 at most")
    for path in config.benchmarks:
        from triton_data.curate.benchmarks import fingerprints

        fingerprints.read(Path(path))
    opted_out(config.opt_out)


def opted_out(path: str) -> set[str]:
    """Owners and owner/name in small letters, from every spelling: a URL, git@host:owner/name, owner/name.git. A line
    that names nobody is a Misuse: whoever wrote it asked to be left out."""
    return set(read_opted_out(path)) if path else set()


def unmatched(opted: Collection[str], repos: Iterable[str]) -> list[str]:
    """Who asked to be left out and is in none of these repositories: perhaps another spelling was meant."""
    known = {part for repo in repos for part in (repo.lower(), repo.lower().partition("/")[0])}
    return sorted(set(opted) - known)
