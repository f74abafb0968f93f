"""One run on disk: `RUN/run.db` (SQLite, WAL) and the blobs beside it.

In: outcomes of items, each with the records it made. Out: a database; reading.py says what may be asked of it.
One process writes at a time (a lock file says who). Not covered: blobs' content (blobs.py), tables (schema.py).
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.records import Drop, Origin, Outcome, Record, codec
from triton_data.store import database, schema
from triton_data.store.blobs import Blobs
from triton_data.store.reading import Reader


class Store(Reader):
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
        with self.transaction():
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
        with self.transaction():
            self.db.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (name, value))

    def forget(self, stage: str, items: Sequence[str]) -> None:
        """As if these items had never been done; records that they made stay."""
        with self.transaction():
            for item in items:
                self.db.execute("DELETE FROM outcomes WHERE stage=? AND item=?", (stage, item))
                self.db.execute("DELETE FROM products WHERE stage=? AND item=?", (stage, item))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with database.plain_errors(self.run_dir):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:  # a full disk rolls back by itself
                    self.db.execute("ROLLBACK")
                raise


def _place(origin: Origin) -> tuple[str, str, str, str, int]:
    return origin.source, origin.repo, origin.revision, origin.path, origin.line_start or 0
