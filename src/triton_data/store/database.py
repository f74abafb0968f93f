"""Opening a run's database: who writes, which version it has, and what SQLite's errors mean to a user.

In: a run's folder or a connection to its database. Out: a lock, a database of this version, or a `Misuse` of one line.
Not covered: what is in it (store.py, schema.py).
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.store import schema


@contextmanager
def plain_errors(run_dir: Path) -> Iterator[None]:
    """What SQLite says of a broken file or a full disk, in words that say what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "full" in str(error) or "disk I/O" in str(error):
            raise Misuse(f"the disk under {run_dir} is full: free some space and run the same command again") from error
        if "readonly" in str(error) or "unable to open" in str(error):
            raise Misuse(f"cannot write {run_dir / 'run.db'}: {error}; name another --run-dir") from error
        raise
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.InterfaceError):
            raise
        raise Misuse(f"{run_dir / 'run.db'} is damaged ({error}): move it away and start the run again") from error


def lock(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 32, 0).decode(errors="replace").strip() or "?"
        os.close(handle)
        raise Misuse(f"{path.parent} is in use by process {holder}: wait for it, or name another --run-dir") from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    return handle


def refuse_newer(connection: sqlite3.Connection, run_dir: Path) -> int:
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    tables = {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    if tables and "outcomes" not in tables:
        raise Misuse(f"{run_dir / 'run.db'} is somebody else's database: name another --run-dir")
    if found > schema.VERSION:
        raise Misuse(
            f"{run_dir} was made by a newer triton-data (schema {found}, this one knows {schema.VERSION}):"
            " upgrade triton-data, or name another --run-dir"
        )
    return found


def migrate(connection: sqlite3.Connection, run_dir: Path) -> None:
    found = refuse_newer(connection, run_dir)
    for number, script in enumerate(schema.MIGRATIONS[found:], start=found + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version={number}; COMMIT;")


def upgraded_copy(connection: sqlite3.Connection, run_dir: Path) -> sqlite3.Connection:
    """A run that an older program made, as this one reads it; the run itself waits for its next writer."""
    copy = sqlite3.connect("", isolation_level=None)  # private, and on disk where it is large
    connection.backup(copy)
    connection.close()
    migrate(copy, run_dir)
    return copy
