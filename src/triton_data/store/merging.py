"""One run's records and outcomes, added to another's: for those who shard by hand.

In: a store to write, the folder of a run to read. Out: how many of each kind were new, were there already, and differ.
A record is one with its equal, whichever run came first: the first place in alphabetical order is the record's own,
what is done beats what was dropped, an answer beats none, a verdict that did not pass one that did. What differs
otherwise stays as it is, and is counted. All of a run comes or nothing; the same run twice changes nothing. Decisions
of curation stay behind: they are about a whole run. Not covered: settings (pipeline/), what a run keeps beside its
database but blobs and environments.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.records import codec
from triton_data.records.records import RECORDS
from triton_data.store import database
from triton_data.store.store import Store

CURATION = "curate"
ORIGIN = codec.ORIGIN_COLUMNS
PLACE = "{0}.source, {0}.repo, {0}.revision, {0}.path, COALESCE({0}.line_start, 0)"
SAID = {"layers", "toolchain", *ORIGIN}  # of the machine that did it: two that differ in these alone are equal
FOLDERS = ("blobs", "environments")  # named by what they hold


@dataclass(frozen=True)
class Merged:
    """Of one table."""

    table: str
    new: int
    equal: int
    differ: int  # the same key and something else in it

    def __str__(self) -> str:
        differ = f", {self.differ} differ" if self.differ else ""
        return f"{self.table}: {self.new} new, {self.equal} there already{differ}"


def merge(store: Store, run_dir: Path) -> list[Merged]:
    if run_dir.resolve() == store.run_dir.resolve():
        raise Misuse(f"{run_dir} cannot be merged into itself: name another folder after --into")
    for name in FOLDERS:
        _link(run_dir / name, store.run_dir / name)
    with _attached(store, run_dir), store.transaction():
        found = [
            _records(store.db, kind.table, codec.OWN_COLUMNS[kind]) for kind in RECORDS if kind.table != "decisions"
        ]
        _also_seen(store.db)
        found.append(_outcomes(store.db))
        _products(store.db)
        found.append(_questions(store.db))
    return found


@contextmanager
def _attached(store: Store, run_dir: Path) -> Iterator[None]:
    """As `other`, of this version and for reading: an older run is read from a copy, and stays as it is."""
    with tempfile.TemporaryDirectory(prefix="merge-", dir=store.run_dir) as scratch:
        with Store.read(run_dir) as source, database.plain_errors(run_dir):
            copied = source.db.execute("PRAGMA database_list").fetchone()[2] == ""
            path = Path(scratch) / "older.db" if copied else (run_dir / "run.db").resolve()
            if copied:
                with closing(sqlite3.connect(path)) as copy:
                    source.db.backup(copy)
        store.db.execute("ATTACH ? AS other", (str(path),))
        try:
            yield
        finally:
            store.db.execute("DETACH other")


def _records(db: sqlite3.Connection, table: str, own: tuple[str, ...]) -> Merged:
    names = ", ".join(("key", *own, *ORIGIN))
    compared = [name for name in own if name not in SAID]
    unlike = " OR ".join(f"m.{name} IS NOT o.{name}" for name in compared)
    both = f"other.{table} o JOIN main.{table} m USING (key)"
    equal, differ = _two(db, f"SELECT COUNT(*), COALESCE(SUM({unlike}), 0) FROM {both}")
    if table == "verdicts":
        db.execute(
            "DELETE FROM main.verdicts WHERE passed AND key IN (SELECT key FROM other.verdicts WHERE NOT passed)"
        )
    else:
        _places(db, table)
    insert = f"INSERT INTO main.{table} ({names}) SELECT {names} FROM other.{table} WHERE TRUE ON CONFLICT DO NOTHING"
    (total,) = db.execute(f"SELECT COUNT(*) FROM other.{table}").fetchone()
    db.execute(insert)
    return Merged(table, total - equal, equal - differ, differ)


def _places(db: sqlite3.Connection, table: str) -> None:
    """Of two places where the same record was found the first stays with it, the other is one more."""
    mine, theirs = PLACE.format("m"), PLACE.format("o")
    both = f"other.{table} o JOIN main.{table} m USING (key)"
    for loser, lost in (("o", f"({theirs}) > ({mine})"), ("m", f"({theirs}) < ({mine})")):
        columns = ", ".join(f"{loser}.{name}" for name in ORIGIN)
        db.execute(
            f"INSERT INTO main.also_seen SELECT '{table}', key, {columns} FROM {both} WHERE {lost}"
            " EXCEPT SELECT * FROM main.also_seen"
        )
    pairs = ", ".join(f"{name}=o.{name}" for name in ORIGIN)
    db.execute(
        f"UPDATE main.{table} AS m SET {pairs} FROM other.{table} AS o WHERE m.key = o.key AND ({theirs}) < ({mine})"
    )


def _also_seen(db: sqlite3.Connection) -> None:
    db.execute(
        "INSERT INTO main.also_seen SELECT * FROM other.also_seen WHERE kind != 'decisions'"
        " EXCEPT SELECT * FROM main.also_seen"
    )


def _outcomes(db: sqlite3.Connection) -> Merged:
    """An item that was done somewhere is done; what inside of it was dropped there comes along, and not what was
    dropped where it failed."""
    both = "other.outcomes o JOIN main.outcomes m USING (stage, item, part)"
    equal, differ = _two(db, f"SELECT COUNT(*), COALESCE(SUM(o.reason != m.reason), 0) FROM {both} WHERE part=''")
    count = f"SELECT COUNT(*) FROM other.outcomes WHERE part='' AND stage != '{CURATION}'"
    (total,) = db.execute(count).fetchone()
    mended = (
        f"SELECT stage, item FROM {both} WHERE part='' AND m.status='dropped' AND o.status='done'",
        f"SELECT stage, item FROM {both} WHERE part='' AND m.status='done' AND o.status='dropped'",
    )
    db.execute(f"DELETE FROM main.outcomes WHERE (stage, item) IN ({mended[0]})")
    db.execute(
        f"INSERT INTO main.outcomes SELECT * FROM other.outcomes WHERE stage != '{CURATION}'"
        f" AND (stage, item) NOT IN ({mended[1]}) ON CONFLICT DO NOTHING"
    )
    return Merged("outcomes", total - equal, equal - differ, differ)


def _products(db: sqlite3.Connection) -> None:
    db.execute(
        f"INSERT INTO main.products SELECT * FROM other.products WHERE stage != '{CURATION}' ON CONFLICT DO NOTHING"
    )


def _questions(db: sqlite3.Connection) -> Merged:
    """No answer is lost that was paid for."""
    (total,) = db.execute("SELECT COUNT(*) FROM other.questions").fetchone()
    both = "other.questions o JOIN main.questions m USING (key)"
    equal, differ = _two(db, f"SELECT COUNT(*), COALESCE(SUM(o.reply IS NOT m.reply), 0) FROM {both}")
    db.execute(
        "DELETE FROM main.questions WHERE reply IS NULL"
        " AND key IN (SELECT key FROM other.questions WHERE reply IS NOT NULL)"
    )
    for table in ("questions", "batches"):
        db.execute(f"INSERT INTO main.{table} SELECT * FROM other.{table} WHERE TRUE ON CONFLICT DO NOTHING")
    return Merged("questions", total - equal, equal - differ, differ)


def _two(db: sqlite3.Connection, statement: str) -> tuple[int, int]:
    first, second = db.execute(statement).fetchone()
    return int(first), int(second)


def _link(source: Path, target: Path) -> None:
    """Files that are the same for ever: linked where both lie on one disk, else copied; whole or not at all."""
    for folder, _, names in os.walk(source):
        into = target / Path(folder).relative_to(source)
        for name in names:
            if name.startswith(".part-") or (into / name).exists():
                continue
            into.mkdir(parents=True, exist_ok=True)
            try:
                os.link(Path(folder) / name, into / name)
            except OSError:
                part = into / f".part-{os.getpid()}-{name}"
                shutil.copy2(Path(folder) / name, part)
                part.replace(into / name)
