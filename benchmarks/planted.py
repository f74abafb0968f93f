"""Print what curation finds of the planted sets in tests/curate, each set apart, and flags of packages.

    python -m benchmarks.planted [FOLDER…]

In: folders of ordinary code, such as site-packages/requests. Out: the table of docs/curate.md, and below it what is
missed, by name. First sight is what the second set came to when it was first run, on the code as it was then; that
cannot be run again. Not covered: planted copies and look-alikes, which tests/curate/test_look_alikes.py counts.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tests.curate import (
    disguises,
    planted_notices,
    planted_secrets,
    second_disguises,
    second_notices,
    second_secrets,
    third_disguises,
)
from tests.curate.found import found_in, wrong

from triton_data.curate import licences, privacy
from triton_data.errors import Misuse
from triton_data.formats.repo_names import read_opted_out
from triton_data.sources.fetching.licence import from_header

SETS = ("first set", "second set", "third set")
FIRST_SIGHT = {
    "secrets found": "54 of 171", "ordinary code let alone": "64 of 67", "notices that bar": "67 of 97",
    "words that only sound so": "55 of 60", "opt-outs, by spelling": "22 of 38", "lines of others": "",
    "owners, by spelling": "9 of 12", "disguised problems": "29 of 97", "a problem and more, flagged": "19 of 19",
    "neighbours that compute something else, let alone": "36 of 61",
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    what: str
    which: str  # of SETS
    of: int
    missed: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.of - len(self.missed)} of {self.of}" if self.of else ""


def _barred(text: str) -> bool:
    return not licences.allowed(from_header(text) or "MIT", licences.PERMISSIVE)


def _secret(text: str) -> bool:
    return bool(privacy.secret(text))


def _texts(which: str, notices: ModuleType, secrets: ModuleType) -> Iterator[Figure]:
    sets: tuple[tuple[str, Mapping[str, str], Callable[[str], bool], bool], ...] = (
        ("secrets found", secrets.SECRETS, _secret, True),
        ("ordinary code let alone", secrets.ORDINARY, _secret, False),
        ("notices that bar", notices.BARRED, _barred, True),
        ("words that only sound so", notices.FREE, _barred, False),
    )
    for what, texts, finds, wanted in sets:
        yield Figure(what, which, len(texts), tuple(name for name, text in texts.items() if finds(text) is not wanted))


def _opt_outs(which: str, lines: tuple[str, ...], what: str, right: Callable[[frozenset[str]], bool]) -> Figure:
    return Figure(what, which, len(lines), tuple(line for line in lines if not right(_read(line))))


def _read(line: str) -> frozenset[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.txt"
        path.write_text(f"{line}\n")
        try:
            return read_opted_out(str(path))
        except Misuse:
            return frozenset()


def _problems(which: str, of: ModuleType) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        seen = wrong(found_in(Path(folder), of), of)
    yield Figure("disguised problems", which, len(of.SAME), tuple(sorted(seen.missed)))
    yield Figure("a problem and more, flagged", which, len(of.WITHIN), tuple(sorted(seen.not_within)))
    neighbours = "neighbours that compute something else, let alone"
    yield Figure(neighbours, which, len(of.OTHER), tuple(sorted(seen.flagged)))


def figures() -> Iterator[Figure]:
    first, second, _ = SETS
    yield from _texts(first, planted_notices, planted_secrets)
    yield from _texts(second, second_notices, second_secrets)
    spelling = "opt-outs, by spelling"
    yield _opt_outs(first, tuple(planted_secrets.OPT_OUTS), spelling, lambda names: names == {"acme/layers"})
    yield _opt_outs(second, second_secrets.OPT_OUTS, spelling, lambda names: names == {"acme/layers"})
    yield _opt_outs(second, second_secrets.OWNERS, "owners, by spelling", lambda names: names == {"acme"})
    yield _opt_outs(second, second_secrets.NOT_OPT_OUTS, "lines of others", lambda names: not names & {"acme/layers"})
    for which, of in zip(SETS, (disguises, second_disguises, third_disguises), strict=True):
        yield from _problems(which, of)


def main(folders: list[str]) -> None:
    found = {(each.what, each.which): each for each in figures()}
    print("| | first set | second set, first sight | second set, after | third set, by the author |")
    print("|---|---:|---:|---:|---:|")
    for what, sight in FIRST_SIGHT.items():
        one, two, three = (str(found.get((what, which), "")) for which in SETS)
        print(f"| {what} | {one} | {sight} | {two} | {three} |")
    for figure in found.values():
        if figure.missed:
            print(f"\n{figure.what}, {figure.which}: not so", *figure.missed, sep="\n  ")
    files = [path.read_text("utf-8", "replace") for folder in folders for path in sorted(Path(folder).rglob("*.py"))]
    started = time.perf_counter()
    flagged = sum(map(_secret, files))
    seconds = time.perf_counter() - started
    if files:
        print(f"\n{len(files)} files, {sum(map(len, files))} characters: {flagged} with a secret, {seconds:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
