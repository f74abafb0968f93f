"""What was asked of language models, what they said and what it cost: the tables `questions` and `batches`.

In: questions by their keys, before they are sent; replies, when they come. Out: replies that are there already, and
sums. Written ahead: a send counts as its highest price until its answer, or a refusal that costs nothing, is known, so
that a process killed at any moment leaves a sum that is never too low. Every method is one transaction.
Not covered: asking (llm/), what an answer is worth (rooms).
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass

from triton_data.store.store import Store


@dataclass(frozen=True, slots=True)
class Spending:
    """Money in nanodollars."""

    answers: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: int = 0
    unsure: int = 0  # sends that got no answer, at the highest price

    @property
    def most(self) -> int:
        return self.cost + self.unsure


@dataclass(frozen=True, slots=True)
class Bill:
    prompt_tokens: int
    completion_tokens: int
    cost: int


@dataclass(frozen=True, slots=True)
class Batch:
    name: str
    id: str
    questions: tuple[str, ...]


class Ledger:
    """Of a store that is open for writing."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.db: sqlite3.Connection = store.db

    def reply(self, key: str) -> str | None:
        row = self.db.execute("SELECT reply FROM questions WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def bill(self, key: str) -> Bill:
        asked = "SELECT prompt_tokens, completion_tokens, cost FROM questions WHERE key = ?"
        row = self.db.execute(asked, (key,)).fetchone()
        return Bill(*row) if row else Bill(0, 0, 0)

    def sending(self, key: str, provider: str, model: str, request: str, worst: int) -> None:
        with self.store.transaction():
            self._sending(key, provider, model, request, worst, "")

    def _sending(self, key: str, provider: str, model: str, request: str, worst: int, batch: str) -> None:
        self.db.execute(
            "INSERT INTO questions (key, provider, model, request, sends, unsure, batch, asked)"
            " VALUES (?,?,?,?,1,?,?,?) ON CONFLICT (key) DO UPDATE SET"
            " sends = sends + 1, unsure = unsure + excluded.unsure, batch = excluded.batch",
            (key, provider, model, request, worst, batch, time.time()),
        )

    def not_billed(self, key: str, worst: int) -> None:
        """The server refused it, which costs nothing."""
        with self.store.transaction():
            self.db.execute("UPDATE questions SET unsure = unsure - ? WHERE key = ?", (worst, key))

    def answered(self, key: str, reply: str, bill: Bill, worst: int) -> None:
        with self.store.transaction():
            self.db.execute(
                "UPDATE questions SET reply = ?, prompt_tokens = ?, completion_tokens = ?, cost = ?,"
                " unsure = unsure - ?, answered = ? WHERE key = ?",
                (reply, bill.prompt_tokens, bill.completion_tokens, bill.cost, worst, time.time(), key),
            )

    def spending(self) -> Spending:
        return spending(self.store)

    # ---- batches -------------------------------------------------------------------------------------------

    def batching(self, name: str, provider: str, questions: Sequence[tuple[str, str, str, int]]) -> None:
        """`questions`: (key, model, request, worst). Nothing is sent before this is written."""
        with self.store.transaction():
            keys = json.dumps([key for key, *_ in questions])
            values = (name, provider, "", keys, "submitting", time.time())
            self.db.execute("INSERT INTO batches VALUES (?,?,?,?,?,?)", values)
            for key, model, request, worst in questions:
                self._sending(key, provider, model, request, worst, name)

    def submitted(self, name: str, id: str) -> None:
        with self.store.transaction():
            self.db.execute("UPDATE batches SET id = ?, state = 'submitted' WHERE name = ?", (id, name))

    def collected(self, name: str) -> None:
        """What of it has no answer by now was not answered, and costs nothing."""
        with self.store.transaction():
            self.db.execute("UPDATE batches SET state = 'collected' WHERE name = ?", (name,))
            self.db.execute("UPDATE questions SET unsure = 0, batch = '' WHERE batch = ? AND reply IS NULL", (name,))

    def open_batches(self, provider: str) -> list[Batch]:
        asked = "SELECT name, id, questions FROM batches WHERE provider = ? AND state != 'collected' ORDER BY submitted"
        return [Batch(name, id, tuple(json.loads(keys))) for name, id, keys in self.db.execute(asked, (provider,))]

    def unsure(self, key: str) -> int:
        row = self.db.execute("SELECT unsure FROM questions WHERE key = ?", (key,)).fetchone()
        return int(row[0]) if row else 0


def spending(store: Store) -> Spending:
    """Of a store that is open, for reading or for writing."""
    asked = "SELECT COUNT(reply), SUM(prompt_tokens), SUM(completion_tokens), SUM(cost), SUM(unsure) FROM questions"
    return Spending(*(value or 0 for value in store.db.execute(asked).fetchone()))
