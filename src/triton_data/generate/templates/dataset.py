"""The dataset as a folder: which entries there are, and `dataset/{train,validation,test}/FAMILY.jsonl`.

In: how many entries, a seed, families. Out: entries in a fixed order, and files that are written whole or not at all,
so that a run that was cut off is continued. Entries that differ only in size, type or block lie on one side of the
split. Not covered: whether entries are right (testing.py, the judge).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from triton_data.errors import Misuse, closest
from triton_data.generate.templates.entry import Entry
from triton_data.generate.templates.families import families
from triton_data.generate.templates.family import Family
from triton_data.generate.templates.render import render
from triton_data.generate.templates.variants import combinations, variants
from triton_data.records import digest

DEFAULT_COUNT = 12_000
SPLITS = ("train", "validation", "test")
SHARES = (80, 90, 100)  # of a hundred, added up: where each split ends


def shares(named: Sequence[Family], count: int) -> dict[str, int]:
    """How many entries of each family: as many as of the next one, where it has so many."""
    wanted: dict[str, int] = {}
    left = count
    for place, family in enumerate(sorted(named, key=lambda each: (combinations(each), each.name))):
        wanted[family.name] = min(combinations(family), -(-left // (len(named) - place)))
        left -= wanted[family.name]
    return wanted


def chosen(count: int = 0, seed: int = 0, names: Iterable[str] | None = None) -> list[Entry]:
    """Distinct entries, family after family; a larger count or fewer families change no entry's text."""
    known = families()
    picked = [known[name] for name in (known if names is None else checked_names(names))]
    wanted = shares(picked, count or DEFAULT_COUNT)
    found: dict[str, Entry] = {}
    for family in picked:
        for variant in variants(family, seed, wanted[family.name]):
            entry = render(variant)
            found.setdefault(entry.pair, entry)
    return list(found.values())


def checked_names(names: Iterable[str]) -> list[str]:
    known = families()
    for name in (listed := list(names)):
        if name not in known:
            raise Misuse(f"unknown family {name!r}{closest(name, known)}; --list names all {len(known)}")
    return list(dict.fromkeys(listed))


def split_of(entry: Entry) -> str:
    """By what it computes and not by its size: a kernel in the test split is not in the others at another size."""
    place = int.from_bytes(hashlib.sha256(digest(entry.family, entry.group).encode()).digest()[:4], "big") % 100
    return next(split for split, end in zip(SPLITS, SHARES, strict=True) if place < end)


def write(entries: Sequence[Entry], out: Path) -> Counter[str]:
    """Entries by split. Files of an earlier call are replaced; those of families that are not asked for go."""
    files: dict[Path, list[Entry]] = {}
    for entry in entries:
        files.setdefault(out / split_of(entry) / f"{entry.family}.jsonl", []).append(entry)
    for split in SPLITS:
        (out / split).mkdir(parents=True, exist_ok=True)
        for stale in set((out / split).glob("*.jsonl")) - files.keys():
            stale.unlink()
    for path, own in files.items():
        _write(path, "".join(json.dumps(each.to_json()) + "\n" for each in own))
    return Counter(split_of(entry) for entry in entries)


def _write(path: Path, text: str) -> None:
    if path.exists() and path.read_text("utf-8") == text:
        return
    temporary = path.with_suffix(".part")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)
