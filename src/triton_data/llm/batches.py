"""Asking through a provider's batch API: half the price, hours of waiting, and nothing lost when we end meanwhile.

In: Questions, one at a time, from as many callers as there are. Out: a Reply each, when its batch is done. What comes
in within a moment goes out as one batch. Each is written down before it is sent and carries our name for it, so that a
batch which we had no time to note is found again, and not sent twice. Not covered: providers whose endpoint takes no
files (endpoints.py says which).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from triton_data.errors import Misuse
from triton_data.llm.client import MALFORMED, Asker, NoReply, OverBudget, PutOff, masked
from triton_data.llm.prices import dollars
from triton_data.llm.question import Question, Reply, reply_of
from triton_data.records import digest
from triton_data.store.ledger import Batch

ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
LABEL = "triton_data"  # of our name in the provider's metadata
MOST = 20_000  # questions in one batch
QUIET = 2.0  # seconds without a new question, after which a batch goes out
FIRST_LOOK, LONGEST_LOOK = 1.0, 60.0  # seconds between looks at a batch
TICK = 0.1
_ENDED = ("completed", "failed", "expired", "cancelled")


@dataclass
class Waiting:
    question: Question
    answer: asyncio.Future[Reply]
    tries: int = 0


@dataclass
class Batcher:
    asker: Asker
    part: float  # of the usual price
    stopping: Callable[[], bool] = lambda: False
    quiet: float = QUIET
    look: float = FIRST_LOOK
    queue: dict[str, Waiting] = field(default_factory=dict)  # by key: not sent yet
    under_way: dict[str, Waiting] = field(default_factory=dict)
    last: float = 0.0  # when the newest question came
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Batcher:
        if not self.asker.endpoint.known.batches:
            raise Misuse(f"{self.asker.endpoint.provider} has no batch API that takes files: leave batch (--batch) out")
        await self.asker.__aenter__()
        for batch in await self._known():
            self._start(self._collected(batch))
        self._start(self._sending())
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.asker.__aexit__()

    async def ask(self, question: Question) -> Reply:
        key = question.key
        if (known := self.asker.ledger.reply(key)) is not None:
            return Reply.from_json(known)
        waiting = self.queue.get(key) or self.under_way.get(key)
        if waiting is None:
            waiting = self.queue[key] = Waiting(question, asyncio.get_running_loop().create_future())
            self.last = time.monotonic()
        waiting.question = question
        return await asyncio.shield(waiting.answer)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _guarded(self, work: Any) -> None:
        """Whatever ends the sending ends the waiting: nobody waits for an answer that cannot come."""
        try:
            await work
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - told to everyone who waits, who raise it
            self._tell_all(error)

    def _tell_all(self, error: Exception) -> None:
        for waiting in (*self.queue.values(), *self.under_way.values()):
            if not waiting.answer.done():
                waiting.answer.set_exception(error)
                waiting.answer.exception()
        self.queue.clear()

    # ---- sending ---------------------------------------------------------------------------------------------

    async def _sending(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            if self.stopping():
                self._tell_all(PutOff(f"{len(self.under_way)} questions are under way in batches"))
            elif self.queue and time.monotonic() - self.last >= self.quiet:
                batch = await self._submitted(self._affordable())
                self._start(self._collected(batch))

    def _affordable(self) -> list[Waiting]:
        """As many as the budget holds if all are as dear as they may be."""
        asker = self.asker
        chosen: list[Waiting] = []
        for waiting in list(self.queue.values())[:MOST]:
            worst = self._worst(waiting.question)
            if asker.budget is not None and asker.committed + worst > asker.budget:
                break
            asker.committed += worst
            chosen.append(waiting)
        if not chosen and not self.under_way:
            raise OverBudget(f"{dollars(max(0, (asker.budget or 0) - asker.committed))} of it are left")
        return chosen

    def _worst(self, question: Question) -> int:
        return round(self.asker.worst(question) * self.part)

    async def _submitted(self, chosen: list[Waiting]) -> Batch:
        asker, client = self.asker, self.asker.client
        assert client is not None, "asked while it is open"
        keys = [waiting.question.key for waiting in chosen]
        name = digest("batch", str(time.time_ns()), *keys)
        for key, waiting in zip(keys, chosen, strict=True):
            self.under_way[key] = self.queue.pop(key, waiting)
        rows = [(w.question.key, w.question.model, w.question.request, self._worst(w.question)) for w in chosen]
        asker.ledger.batching(name, asker.endpoint.provider, rows)
        lines = [
            json.dumps({"custom_id": key, "method": "POST", "url": ENDPOINT, "body": waiting.question.body})
            for key, waiting in zip(keys, chosen, strict=True)
        ]
        file = await client.files.create(file=(f"{name}.jsonl", "\n".join(lines).encode()), purpose="batch")
        made = await client.batches.create(
            input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h", metadata={LABEL: name}
        )
        asker.ledger.submitted(name, made.id)
        return Batch(name, made.id, tuple(keys))

    # ---- collecting ------------------------------------------------------------------------------------------

    async def _known(self) -> list[Batch]:
        """Those that an earlier call left open; one that the provider never heard of is none."""
        ledger, provider = self.asker.ledger, self.asker.endpoint.provider
        found = []
        for batch in ledger.open_batches(provider):
            id = batch.id or await self._id_of(batch.name)
            if not id:
                ledger.collected(batch.name)
                continue
            ledger.submitted(batch.name, id)
            for key in batch.questions:
                answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
                self.under_way[key] = Waiting(Question(provider, "", (), 1), answer)
            found.append(Batch(batch.name, id, batch.questions))
        return found

    async def _id_of(self, name: str) -> str:
        assert self.asker.client is not None, "asked while it is open"
        async for batch in self.asker.client.batches.list(limit=100):
            if (batch.metadata or {}).get(LABEL) == name:
                return batch.id
        return ""

    async def _collected(self, batch: Batch) -> None:
        client = self.asker.client
        assert client is not None, "asked while it is open"
        look = self.look
        while (found := await client.batches.retrieve(batch.id)).status not in _ENDED:
            await asyncio.sleep(look)
            look = min(look * 1.5, LONGEST_LOOK)
        errors: dict[str, str] = {}
        for file in filter(None, (found.output_file_id, found.error_file_id)):
            for line in (await client.files.content(file)).text.splitlines():
                self._take(json.loads(line), errors)
        self.asker.ledger.collected(batch.name)
        self.asker.committed = self.asker.ledger.spending().most
        self._tell(batch, errors, found.status)

    def _take(self, line: dict[str, Any], errors: dict[str, str]) -> None:
        """The answer goes into the ledger before anybody is told of it."""
        key = str(line.get("custom_id"))
        response = line.get("response") or {}
        reply = reply_of(response.get("body") or {}) if response.get("status_code") == 200 else None
        if reply is None:
            errors[key] = masked(str(line.get("error") or response.get("body")), self.asker.endpoint.key)[:300]
            return
        ledger = self.asker.ledger
        worst = ledger.unsure(key)
        ledger.answered(key, reply.to_json(), self.asker.bill(reply, worst, self.part), worst)

    def _tell(self, batch: Batch, errors: dict[str, str], status: str) -> None:
        """What was neither answered nor refused goes into the next batch, a few times."""
        for key in batch.questions:
            waiting = self.under_way.pop(key, None)
            if waiting is None or waiting.answer.done():
                continue
            known = self.asker.ledger.reply(key)
            waiting.tries += 1
            if known is not None:
                waiting.answer.set_result(Reply.from_json(known))
            elif key in errors or waiting.tries >= MALFORMED:
                waiting.answer.set_exception(NoReply(errors.get(key, f"the batch {status}")))
                waiting.answer.exception()
            elif waiting.question.messages:
                self.queue[key] = waiting
                self.last = time.monotonic()
