"""What may be asked of curation, checked before anything is done.

In: the settings. Out: nothing, or a Misuse that says what to write instead. Not covered: what they do (decide.py).
"""

from __future__ import annotations

from pathlib import Path

from triton_data.config import CurateConfig
from triton_data.curate.benchmarks import fingerprints
from triton_data.errors import Misuse, closest

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
        fingerprints.read(Path(path))
    opted_out(config.opt_out)


def opted_out(path: str) -> set[str]:
    """Owners and owner/name in small letters."""
    if not path:
        return set()
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"cannot read the opt-out file {path}: {error}") from error
    return {line.split("#")[0].strip().lower() for line in lines} - {""}
