"""What may be asked of a run: records, what is left to do, and what happened to every item.

In: a connection to a run's database. Out: records in the order in which they came, or in one that the content decides;
counts. All SQL that reads a run is here, in lookup.py and in ledger.py. Not covered: writing (store.py).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from triton_data.records import Candidate, Capture, Kernel, Origin, Pair, Program, Record, codec

R = TypeVar("R", bound=Record)
PAGE = 256  # rows read ahead of the stage; bounds the driver's memory
TEXTS = ("programs", "kernels", "pairs", "captures", "labels", "traces", "verdicts")  # what curation looks at
_UNFINISHED = "NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.stage=? AND o.item = t.key || ? AND o.part='')"

NAMED: tuple[tuple[type[Record], str], ...] = (
    (Program, "entry"), (Kernel, "name"), (Pair, "entry"), (Capture, "entry"), (Candidate, "address"),
)  # fmt: skip


class Dropped(NamedTuple):
    stage: str
    item: str
    part: str
    reason: str
    detail: str


class Reader:
    db: sqlite3.Connection

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

    def first(self, kind: type[R], where: str, *values: Any) -> R | None:
        select = f"SELECT {','.join(codec.COLUMNS[kind])} FROM {kind.table} t WHERE {where} ORDER BY rowid LIMIT 1"
        row = self.db.execute(select, values).fetchone()
        return None if row is None else codec.from_row(kind, row)

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

    def dropped(self, reason: str = "") -> Iterator[Dropped]:
        """What was dropped, whole items and parts of them, with a reason or all."""
        asked = "SELECT stage, item, part, reason, detail FROM outcomes WHERE status='dropped' AND (?='' OR reason=?)"
        for row in self.db.execute(f"{asked} ORDER BY stage, reason, finished, item, part", (reason, reason)):
            yield Dropped(*row)

    def origin_of(self, key: str) -> tuple[str, Origin] | None:
        """What a key names, in a word, and where it came from; None where it is no record's."""
        for kind, name in NAMED:
            row = self.db.execute(
                f"SELECT {name}, {','.join(codec.ORIGIN_COLUMNS)} FROM {kind.table} WHERE key=?", (key,)
            ).fetchone()
            if row:
                return str(row[0]), Origin(*row[1:])
        return None

    def also_seen(self, table: str, key: str) -> Iterator[Origin]:
        """Further places where a record was found."""
        asked = (
            f"SELECT {','.join(codec.ORIGIN_COLUMNS)} FROM also_seen WHERE kind=? AND key=? ORDER BY source, repo, path"
        )
        for row in self.db.execute(asked, (table, key)):
            yield Origin(*row)

    def has_outcome(self, stage: str, item: str) -> bool:
        return bool(self._scalar("SELECT COUNT(*) FROM outcomes WHERE stage=? AND item=? AND part=''", (stage, item)))

    def count(self, kind: type[Record]) -> int:
        return self._scalar(f"SELECT COUNT(*) FROM {kind.table}")

    def count_of(self, kind: type[Record], where: str, values: Sequence[Any] = (), distinct: str = "key") -> int:
        return self._scalar(f"SELECT COUNT(DISTINCT {distinct}) FROM {kind.table} WHERE {where}", values)

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
        yield from self.db.execute("SELECT stage, MIN(finished), MAX(finished) FROM outcomes GROUP BY 1 ORDER BY 2")

    def _scalar(self, sql: str, values: Sequence[Any] = ()) -> int:
        return int(self.db.execute(sql, values).fetchone()[0])

    # ---- what curation and export ask ----------------------------------------------------------------------

    def is_done(self, stage: str, item: str) -> bool:
        asked = "SELECT COUNT(*) FROM outcomes WHERE stage=? AND item=? AND status='done'"
        return bool(self._scalar(asked, (stage, item)))

    def newest_done(self, stage: str) -> str:
        """The item that a stage did last; '' where it did none."""
        asked = "SELECT item FROM outcomes WHERE stage=? AND status='done' ORDER BY finished DESC LIMIT 1"
        row = self.db.execute(asked, (stage,)).fetchone()
        return str(row[0]) if row else ""

    def state(self) -> list[tuple[int, int | None]]:
        """Changes whenever a text or something said of one is added; records are only ever added."""
        return [self.db.execute(f"SELECT COUNT(*), MAX(rowid) FROM {table}").fetchone() for table in TEXTS]

    def capture_mode(self, capture: str) -> str:
        row = self.db.execute("SELECT mode FROM captures WHERE key=?", (capture,)).fetchone()
        return str(row[0]) if row else ""

    def capture_modes(self) -> dict[str, str]:
        return dict(self.db.execute("SELECT key, mode FROM captures"))

    def is_of_one_size(self, pair: str) -> bool:
        """Whether a verdict found no other size at which it is right: it refused all of them, or there was none."""
        asked = "SELECT 1 FROM verdicts WHERE subject=? AND passed AND checks LIKE ? AND checks NOT LIKE ?"
        return self.db.execute(asked, (pair, '%"other sizes","%', '%"other sizes","right at%')).fetchone() is not None

    def rewritten_captures(self) -> set[str]:
        """Those that pairs were made of, and those that needed none: their program is right for any size."""
        done = "SELECT item FROM outcomes WHERE stage='rewrite' AND part='' AND status='done'"
        return {key for (key,) in self.db.execute(f"SELECT capture FROM pairs UNION {done}")}

    def splits(self, but_for: str) -> dict[str, str]:
        """The split of each unit as it was decided first, by decisions without this reason."""
        asked = "SELECT DISTINCT unit, split FROM decisions WHERE reasons NOT LIKE ? ORDER BY rowid DESC"
        return dict(self.db.execute(asked, (f'%"{but_for}"%',)))
