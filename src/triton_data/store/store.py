"""One run on disk: `RUN/run.db` (SQLite, WAL) and the blobs beside it.

In: outcomes of items, each with the records it made. Out: records, what is left to do, and the funnel.
One process writes at a time (a lock file says who). Not covered: blobs' content (blobs.py), SQL text (schema.py).
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from triton_data.errors import Misuse
from triton_data.records import Drop, Origin, Outcome, Record, codec
from triton_data.store import database, schema
from triton_data.store.blobs import Blobs

R = TypeVar("R", bound=Record)
PAGE = 256  # rows read ahead of the stage; bounds the driver's memory


class Store:
    """Open with `Store.open` (one writer) or `Store.read` (any number of readers)."""

    def __init__(self, run_dir: Path, connection: sqlite3.Connection, lock: int | None) -> None:
        self.run_dir = run_dir
        self.blobs = Blobs(run_dir / "blobs")
        self.db = connection
        self._lock = lock

    @classmethod
    def open(cls, run_dir: Path) -> Store:
        try:
            run_dir.mkdir(parents=True, exist_ok=True)
            lock = database.lock(run_dir / "lock")
        except OSError as error:
            raise Misuse(
                f"cannot write the run directory {run_dir}: {error.strerror}; name another --run-dir"
            ) from error
        with database.plain_errors(run_dir):
            connection = sqlite3.connect(run_dir / "run.db", isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            database.migrate(connection, run_dir)
        return cls(run_dir, connection, lock)

    @classmethod
    def read(cls, run_dir: Path) -> Store:
        path = run_dir / "run.db"
        if not path.is_file():
            raise Misuse(f"no run in {run_dir}: start one with `triton-data run CONFIG.toml` or name its --run-dir")
        with database.plain_errors(run_dir):
            connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
            if database.refuse_newer(connection, run_dir) < schema.VERSION:
                connection = database.upgraded_copy(connection, run_dir)
        return cls(run_dir, connection, None)

    def close(self) -> None:
        self.db.close()
        if self._lock is not None:
            os.close(self._lock)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.close()
        if isinstance(error, sqlite3.DatabaseError):  # raised by a read: writes are translated where they happen
            with database.plain_errors(self.run_dir):
                raise error

    # ---- writing -----------------------------------------------------------------------------------------

    def commit(self, stage: str, outcomes: Sequence[Outcome]) -> None:
        """All of it or nothing: each item's records, drops and outcome in one transaction."""
        with self._transaction():
            for outcome in outcomes:
                try:
                    self._commit_one(stage, outcome)
                except UnicodeEncodeError as error:  # a lone surrogate: nothing that reads UTF-8 could read it back
                    self.db.execute("DELETE FROM products WHERE stage=? AND item=?", (stage, outcome.item))
                    self.db.execute("DELETE FROM outcomes WHERE stage=? AND item=?", (stage, outcome.item))
                    self._commit_one(stage, Outcome(outcome.item, (), (Drop("not_utf8", ascii(str(error))),)))

    def _commit_one(self, stage: str, outcome: Outcome) -> None:
        whole = [drop for drop in outcome.drops if not drop.part]
        status, reason, detail = ("dropped", whole[0].reason, whole[0].detail) if whole else ("done", "", "")
        row = (stage, outcome.item, "", status, reason, detail, outcome.seconds, outcome.worker, time.time())
        insert = "INSERT INTO outcomes VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"
        if self.db.execute(insert, row).rowcount == 0:
            return  # the same item twice in one todo: the first outcome stands
        for drop in outcome.drops:
            if drop.part:
                self.db.execute(insert, (stage, outcome.item, drop.part, "dropped", drop.reason, drop.detail, *row[6:]))
        for record in outcome.outputs:
            self._put(record)
            self.db.execute(
                "INSERT INTO products VALUES (?,?,?,?) ON CONFLICT DO NOTHING",
                (stage, outcome.item, record.table, record.key),
            )

    def _put(self, record: Record) -> None:
        names = codec.COLUMNS[type(record)]
        marks = ",".join("?" * len(names))
        insert = f"INSERT INTO {record.table} ({','.join(names)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        if self.db.execute(insert, codec.to_row(record)).rowcount == 0:
            self._also_seen(record)

    def _also_seen(self, record: Record) -> None:
        """The first origin in alphabetical order stays with the record, whichever worker was faster."""
        columns = ",".join(codec.ORIGIN_COLUMNS)
        select = f"SELECT {columns} FROM {record.table} WHERE key=?"
        known = self.db.execute(select, (record.key,)).fetchone()
        new = codec.origin_row(record.origin)
        if _place(record.origin) < _place(Origin(*known)):
            pairs = ",".join(f"{name}=?" for name in codec.ORIGIN_COLUMNS)
            self.db.execute(f"UPDATE {record.table} SET {pairs} WHERE key=?", (*new, record.key))
            new = known
        marks = ",".join("?" * (2 + len(new)))
        self.db.execute(f"INSERT INTO also_seen VALUES ({marks})", (record.table, record.key, *new))

    def set_meta(self, name: str, value: str) -> None:
        with self._transaction():
            self.db.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (name, value))

    def forget(self, stage: str, items: Sequence[str]) -> None:
        """As if these items had never been done; records that they made stay."""
        with self._transaction():
            for item in items:
                self.db.execute("DELETE FROM outcomes WHERE stage=? AND item=?", (stage, item))
                self.db.execute("DELETE FROM products WHERE stage=? AND item=?", (stage, item))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with database.plain_errors(self.run_dir):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:  # a full disk rolls back by itself
                    self.db.execute("ROLLBACK")
                raise

    # ---- reading -----------------------------------------------------------------------------------------

    def meta(self, name: str) -> str | None:
        row = self.db.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def records(self, kind: type[R], where: str = "1", values: Sequence[Any] = ()) -> Iterator[R]:
        """Every record of a kind, oldest first, read in pages: the caller may write meanwhile."""
        select = (
            f"SELECT rowid, {','.join(codec.COLUMNS[kind])} FROM {kind.table} t"
            f" WHERE rowid > ? AND ({where}) ORDER BY rowid LIMIT {PAGE}"
        )
        last = 0
        while rows := self.db.execute(select, (last, *values)).fetchall():
            last = rows[-1][0]
            for row in rows:
                yield codec.from_row(kind, row[1:])

    def sorted(self, kind: type[R]) -> Iterator[R]:
        """Every record of a kind by where it comes from: the same order for the same content."""
        select = (
            f"SELECT {','.join(codec.COLUMNS[kind])} FROM {kind.table} ORDER BY source, repo, path, line_start, key"
        )
        for row in self.db.execute(select):
            yield codec.from_row(kind, row)

    def products(self, kind: type[R], stage: str, item: str) -> Iterator[R]:
        """The records that one item of a stage made."""
        made = "t.key IN (SELECT key FROM products WHERE stage=? AND kind=? AND item=?)"
        return self.records(kind, made, (stage, kind.table, item))

    def items_done(self, stage: str, without: str) -> list[str]:
        """Items done in `stage` that have no outcome yet in the stage `without`."""
        rows = self.db.execute(
            "SELECT item FROM outcomes o WHERE stage=? AND part='' AND status='done' AND NOT EXISTS"
            " (SELECT 1 FROM outcomes p WHERE p.stage=? AND p.item=o.item AND p.part='') ORDER BY finished, item",
            (stage, without),
        )
        return [row[0] for row in rows]

    def unfinished(self, kind: type[R], stage: str, suffix: str = "", where: str = "1") -> Iterator[R]:
        """Records with no outcome yet in `stage`, where the item's key is the record's key + suffix."""
        return self.records(kind, f"{_UNFINISHED} AND {where}", (stage, suffix))

    def count_unfinished(self, kind: type[Record], stage: str, suffix: str = "", where: str = "1") -> int:
        return self._scalar(f"SELECT COUNT(*) FROM {kind.table} t WHERE {_UNFINISHED} AND {where}", (stage, suffix))

    def ended(self, stage: str, reason: str | None = None) -> list[tuple[str, str]]:
        """Items with an outcome in `stage` and its detail; with a reason, those dropped for it."""
        asked = "SELECT item, detail FROM outcomes WHERE stage=? AND part='' AND (? IS NULL OR reason=?)"
        return self.db.execute(asked, (stage, reason, reason)).fetchall()

    def has_outcome(self, stage: str, item: str) -> bool:
        return bool(self._scalar("SELECT COUNT(*) FROM outcomes WHERE stage=? AND item=? AND part=''", (stage, item)))

    def count(self, kind: type[Record]) -> int:
        return self._scalar(f"SELECT COUNT(*) FROM {kind.table}")

    def count_distinct(self, table: str, column: str) -> int:
        return self._scalar(f"SELECT COUNT(DISTINCT {column}) FROM {table}")

    def outcome_counts(self) -> Iterator[tuple[str, str, str, str, int, float]]:
        """(stage, 'item' or 'part', status, reason, how many, seconds of work)."""
        yield from self.db.execute(
            "SELECT stage, CASE part WHEN '' THEN 'item' ELSE 'part' END AS what, status, reason, COUNT(*),"
            " SUM(CASE part WHEN '' THEN seconds ELSE 0 END) FROM outcomes GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
        )

    def product_counts(self) -> Iterator[tuple[str, str, int]]:
        """(stage, record kind, distinct records)."""
        yield from self.db.execute("SELECT stage, kind, COUNT(DISTINCT key) FROM products GROUP BY 1, 2 ORDER BY 1, 2")

    def spans(self) -> Iterator[tuple[str, float, float]]:
        """(stage, first and last moment an item finished)."""
        yield from self.db.execute("SELECT stage, MIN(finished), MAX(finished) FROM outcomes GROUP BY 1")

    def _scalar(self, sql: str, values: Sequence[Any] = ()) -> int:
        return int(self.db.execute(sql, values).fetchone()[0])


_UNFINISHED = "NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.stage=? AND o.item = t.key || ? AND o.part='')"


def _place(origin: Origin) -> tuple[str, str, str, str, int]:
    return origin.source, origin.repo, origin.revision, origin.path, origin.line_start or 0
