"""Parquet as `datasets` and KernelBook's readers read it: shards per split, zstd, written as the rows come.

In: rows, each a dictionary for a schema. Out: `data/train-00000.parquet` and so on. Memory holds one row group,
whatever the number of rows; by the page index a viewer reads the page that it shows and no more. Not covered: the
columns (columns.py) and the card beside them (card.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from triton_data.export.rows import TRAIN

GROUP_ROWS, GROUP_BYTES = 1000, 64 << 20
SHARD_BYTES = 500 << 20  # of text, before compression


@dataclass
class Shards:
    """One split's files. Bytes are those of the texts, which is nearly all there is."""

    folder: Path
    split: str
    schema: pa.Schema
    waiting: list[dict[str, Any]] = field(default_factory=list)
    waiting_bytes: int = 0
    shard_bytes: int = 0
    number: int = 0
    writer: Any = None

    def add(self, row: dict[str, Any], size: int) -> None:
        self.waiting.append(row)
        self.waiting_bytes += size
        if len(self.waiting) >= GROUP_ROWS or self.waiting_bytes >= GROUP_BYTES:
            self.flush()

    def flush(self) -> None:
        if self.writer is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{self.split}-{self.number:05d}.parquet"
            self.writer = pq.ParquetWriter(path, self.schema, compression="zstd", write_page_index=True)
        self.writer.write_table(pa.Table.from_pylist(self.waiting, self.schema))
        self.shard_bytes += self.waiting_bytes
        self.waiting, self.waiting_bytes = [], 0
        if self.shard_bytes >= SHARD_BYTES:
            self.close()
            self.number, self.shard_bytes = self.number + 1, 0

    def close(self) -> None:
        if self.waiting:
            self.flush()
        if self.writer is not None:
            self.writer.close()
            self.writer = None


@dataclass
class Table:
    """All splits of one table. The train split is there even when it is empty, so that a reader finds the columns."""

    folder: Path
    schema: pa.Schema
    splits: dict[str, Shards] = field(default_factory=dict)

    def add(self, split: str, row: dict[str, Any], size: int) -> None:
        if split not in self.splits:
            self.splits[split] = Shards(self.folder, split, self.schema)
        self.splits[split].add(row, size)

    def close(self) -> None:
        if not self.splits:
            self.splits[TRAIN] = Shards(self.folder, TRAIN, self.schema)
            self.splits[TRAIN].flush()
        for shards in self.splits.values():
            shards.close()
