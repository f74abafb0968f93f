"""What a word may stand for in a run: the beginning of an id, a name, a path, a reason.

In: a reader and a word. Out: keys with their kinds, outcomes, names. Not covered: what became of what is found
(report/story.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from triton_data.records import RECORDS, Record, SourceFile
from triton_data.store.reading import NAMED, Dropped, Reader

KNOWN = 20_000  # names that a misspelt word is compared with


class Ended(NamedTuple):
    stage: str
    item: str
    part: str
    status: str
    reason: str
    detail: str
    seconds: float


def by_id(reader: Reader, start: str) -> Iterator[tuple[type[Record], str]]:
    """Records whose key begins so."""
    for kind in RECORDS:
        asked = f"SELECT key FROM {kind.table} WHERE key >= ? AND key < ? ORDER BY key LIMIT 200"
        for (key,) in reader.db.execute(asked, (start, start + "g")):
            yield kind, str(key)


def by_name(reader: Reader, name: str) -> Iterator[tuple[type[Record], str]]:
    for kind, column in NAMED:
        for (key,) in reader.db.execute(f"SELECT key FROM {kind.table} WHERE {column} = ? ORDER BY rowid", (name,)):
            yield kind, str(key)


def files_at(reader: Reader, path: str) -> Iterator[str]:
    """Keys of files with this path, or whose path or repository/path ends with it."""
    asked = (
        f"SELECT key FROM {SourceFile.table} WHERE path = ?1 OR repo || '/' || path = ?1"
        " OR substr(path, -length(?1) - 1) = '/' || ?1 OR substr(?1, -length(path) - 1) = '/' || path ORDER BY rowid"
    )
    for (key,) in reader.db.execute(asked, (path,)):
        yield str(key)


def outcomes_of(reader: Reader, key: str) -> Iterator[Ended]:
    """Of the items that a record is, under all targets, modes, devices and protocols, in their order."""
    asked = (
        "SELECT stage, item, part, status, reason, detail, seconds FROM outcomes"
        " WHERE item = ? OR (item >= ? AND item < ?) ORDER BY finished, stage, item, part"
    )
    for row in reader.db.execute(asked, (key, f"{key}:", f"{key};")):
        yield Ended(*row)


def made_by(reader: Reader, kind: type[Record], key: str) -> list[tuple[str, str]]:
    """(stage, item) that made a record."""
    asked = "SELECT DISTINCT stage, item FROM products WHERE kind = ? AND key = ?"
    return [(str(stage), str(item)) for stage, item in reader.db.execute(asked, (kind.table, key))]


def dropped_parts(reader: Reader, word: str) -> Iterator[Dropped]:
    """Parts of items that were dropped: by their name, their file, or both."""
    asked = (
        "SELECT stage, item, part, reason, detail FROM outcomes WHERE status = 'dropped' AND part != '' AND"
        " (part = ?1 OR substr(part, -length(?1) - 1) = ':' || ?1 OR substr(part, 1, length(?1) + 1) = ?1 || ':')"
        " ORDER BY stage, item, part"
    )
    for row in reader.db.execute(asked, (word,)):
        yield Dropped(*row)


def reasons(reader: Reader) -> dict[tuple[str, str], int]:
    """(stage, reason) -> how many: of drops, of verdicts that are not passed, and of the newest decisions."""
    found: dict[tuple[str, str], int] = {}
    dropped = "SELECT stage, reason, COUNT(*) FROM outcomes WHERE status = 'dropped' GROUP BY 1, 2"
    judged = "SELECT 'verify', reason, COUNT(*) FROM verdicts WHERE reason != '' GROUP BY 2"
    decided = (
        "SELECT 'curate', each.value, COUNT(*) FROM decisions, json_each(decisions.reasons) AS each"
        " WHERE round = ? GROUP BY 2"
    )
    for asked, values in ((dropped, ()), (judged, ()), (decided, (reader.newest_done("curate"),))):
        for stage, reason, number in reader.db.execute(asked, values):
            found[str(stage), str(reason)] = found.get((str(stage), str(reason)), 0) + int(number)
    return found


def names(reader: Reader) -> Iterator[str]:
    """What a word could have been meant for."""
    for kind, column in (*NAMED, (SourceFile, "path")):
        for (name,) in reader.db.execute(f"SELECT DISTINCT {column} FROM {kind.table} LIMIT {KNOWN}"):
            yield str(name)
    parts = f"SELECT DISTINCT part FROM outcomes WHERE part != '' LIMIT {KNOWN}"
    for (part,) in reader.db.execute(parts):
        yield str(part).rpartition(":")[2] or str(part)
    yield from (reason for _, reason in reasons(reader))
