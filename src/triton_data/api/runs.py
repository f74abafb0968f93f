"""`open_run(folder)`: what a run holds, as Arrow tables and, where pandas is there, as data frames.

In: a run's folder, which is only read. Out: a `Run`. Not covered: what the records mean: records/ says it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triton_data.errors import Misuse, closest
from triton_data.records import RECORDS, Record, codec
from triton_data.store import Store

if TYPE_CHECKING:
    import pyarrow

TABLES: dict[str, type[Record]] = {kind.table: kind for kind in RECORDS}
DROPPED = ("stage", "item", "part", "reason", "detail")


@dataclass(frozen=True)
class Run:
    """`run.table("pairs")` is an Arrow table, `run.table("pairs").to_pandas()` a data frame."""

    folder: Path

    @property
    def tables(self) -> tuple[str, ...]:
        return (*TABLES, "dropped")

    def table(self, name: str) -> pyarrow.Table:
        """One row a record, its columns as the store has them; `dropped` has what was lost, and why."""
        import pyarrow

        if name not in self.tables:
            raise Misuse(f"a run has no table {name!r}{closest(name, self.tables)}")
        with Store.read(self.folder) as store:
            rows = [entry._asdict() for entry in store.dropped()] if name == "dropped" else _rows(store, TABLES[name])
        columns = DROPPED if name == "dropped" else codec.COLUMNS[TABLES[name]]
        return pyarrow.table({column: [row[column] for row in rows] for column in columns})

    def funnel(self) -> dict[str, Any]:
        from triton_data.pipeline import funnel

        with Store.read(self.folder) as store:
            return funnel(store)

    def __repr__(self) -> str:
        with Store.read(self.folder) as store:
            counts = [f"{store.count(kind)} {name}" for name, kind in TABLES.items()]
        return f"<run {self.folder}: {', '.join(count for count in counts if not count.startswith('0 '))}>"


def _rows(store: Store, kind: type[Record]) -> list[dict[str, Any]]:
    """Fields that are not plain values are JSON texts, as they are in the store: any reader can take them."""
    return [
        {
            column: value if isinstance(value, str | int | float | bool | None) else json.dumps(value)
            for column, value in zip(codec.COLUMNS[kind], codec.to_row(record), strict=True)
        }
        for record in store.records(kind)
    ]


def open_run(folder: str | Path) -> Run:
    run = Run(Path(folder))
    with Store.read(run.folder):  # a folder that is no run is said now
        return run
