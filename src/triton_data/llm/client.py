"""Asking a model many questions at once, none of them twice: cache first, then the server, as fast as it bears.

In: Questions. Out: a Reply each, which is in the ledger before anybody sees it; or `NoReply` for a question that will
not be answered, `PutOff` where the server wants more patience than there is, `OverBudget` before money is spent that
nobody allowed, a `Misuse` where nothing can be answered before somebody mends something. The key is in no message.
Not covered: what is asked and what an answer is worth (rooms); batches (batches.py).
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from triton_data.errors import MissingExtra, Misuse
from triton_data.llm import refusals
from triton_data.llm.endpoints import Endpoint
from triton_data.llm.limits import LOOK, Gate
from triton_data.llm.prices import NANO, Price, dollars, likely_tokens, most_tokens
from triton_data.llm.question import Question, Reply, reply_of
from triton_data.llm.refusals import Kind, Refusal
from triton_data.store.ledger import Bill, Ledger

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MALFORMED = 3  # answers in a row that are none, to one question


class NoReply(Exception):
    """This question will not be answered; others may."""


class PutOff(Exception):
    """Nothing is lost: the same command asks again, later."""


class Closed(Exception):
    """We were asked to stop before this question was sent."""


class OverBudget(Exception):
    """The next question could cost more than is left."""


@dataclass
class Asker:
    endpoint: Endpoint
    ledger: Ledger
    gate: Gate
    price: Price | None = None
    budget: int | None = None  # nanodollars
    patience: float = 900.0  # seconds that a busy or absent server is waited for
    timeout: float = 300.0  # seconds without a byte
    client: AsyncOpenAI | None = None
    committed: int = 0  # nanodollars: spent, and what is under way at its highest price
    sent: int = 0
    reserved: int = 0  # questions whose price is not known yet
    _flying: dict[str, asyncio.Future[Reply]] = field(default_factory=dict)

    async def __aenter__(self) -> Asker:
        self.client = open_client(self.endpoint, self.timeout)
        self.committed = self.ledger.spending().most
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.client is not None:
            await self.client.close()

    async def ask(self, question: Question) -> Reply:
        key = question.key
        if (known := self.ledger.reply(key)) is not None:
            return Reply.from_json(known)
        if key in self._flying:
            return await asyncio.shield(self._flying[key])
        answer = self._flying[key] = asyncio.get_running_loop().create_future()
        try:
            reply = await self._asked(question, key)
            answer.set_result(reply)
        except BaseException as error:
            answer.set_exception(error)
            answer.exception()  # seen, also where nobody else waits for it
            raise
        finally:
            del self._flying[key]
        return reply

    async def _asked(self, question: Question, key: str) -> Reply:
        """Until it is answered; every pass is one request."""
        first_trouble: float | None = None
        tries = malformed = 0
        while True:
            outcome = await self._send(question, key)
            if isinstance(outcome, Reply):
                return outcome
            if outcome.kind == Kind.MISUSE:
                raise Misuse(f"{self.endpoint.provider} ({self.endpoint.url}): {outcome.words}")
            malformed += outcome.words.startswith("no answer in")
            if outcome.kind == Kind.QUESTION or malformed >= MALFORMED:
                raise NoReply(outcome.words)
            now = time.monotonic()
            first_trouble = now if first_trouble is None else first_trouble
            wait = outcome.wait if outcome.wait is not None else refusals.pause(tries)
            if outcome.wait is None:
                wait *= random.uniform(0.75, 1.25)  # so that a crowd does not come back as one
            if now - first_trouble + wait > self.patience:
                raise PutOff(_until(wait, outcome.words))
            tries += 1
            if outcome.kind == Kind.PASSING:
                await self.gate.pause(wait)

    async def _send(self, question: Question, key: str) -> Reply | Refusal:
        tokens = likely_tokens(question.request) + question.max_tokens
        worst = self.worst(question)
        async with self.gate.place(tokens) as began:
            if self.gate.stopping():
                raise Closed
            await self._afford(worst)
            self.sent += 1
            self.ledger.sending(key, question.provider, question.model, question.request, worst)
            try:
                outcome = await request(self.client, question.body, self.endpoint.key)
            finally:
                self.reserved -= 1
            if isinstance(outcome, Reply):
                self._bill(key, outcome, worst)
                self.gate.good()
                return outcome
            if not outcome.billed:
                self.ledger.not_billed(key, worst)
                self.committed -= worst
            if outcome.kind == Kind.BUSY:
                self.gate.busy(began, outcome.wait if outcome.wait is not None else refusals.FIRST_PAUSE)
            return outcome

    async def _afford(self, worst: int) -> None:
        while self.budget is not None and self.committed + worst > self.budget:
            if not self.reserved:
                left = dollars(max(0, self.budget - self.committed))
                raise OverBudget(
                    f"{left} of {dollars(self.budget)} are left, and the next question may cost {dollars(worst)}"
                )
            await asyncio.sleep(LOOK)
        self.committed += worst
        self.reserved += 1

    def worst(self, question: Question) -> int:
        return self.price.cost(most_tokens(question.messages), question.max_tokens) if self.price else 0

    def _bill(self, key: str, reply: Reply, worst: int) -> None:
        bill = self.bill(reply, worst)
        self.ledger.answered(key, reply.to_json(), bill, worst)
        self.committed += bill.cost - worst

    def bill(self, reply: Reply, worst: int, part: float = 1.0) -> Bill:
        """A server that does not say how much it was has made it as dear as it can be."""
        tokens = (reply.prompt_tokens, reply.completion_tokens)
        cost = self.price.cost(*tokens, part) if self.price else 0
        return Bill(*tokens, cost if any(tokens) else worst)


def open_client(endpoint: Endpoint, timeout: float) -> AsyncOpenAI:
    """Its own retries are off: waiting is ours, because it must be seen, counted and survive a restart."""
    try:
        import openai
    except ImportError as error:
        raise MissingExtra("llm", f"asking {endpoint.provider}") from error
    return openai.AsyncOpenAI(
        api_key=endpoint.key or "none",
        base_url=endpoint.url,
        max_retries=0,
        timeout=timeout,
        organization="",
        project="",
    )


async def request(client: AsyncOpenAI | None, body: dict[str, Any], key: str) -> Reply | Refusal:
    import openai

    assert client is not None, "an Asker is asked while it is open"
    try:
        raw = await client.chat.completions.with_raw_response.create(**body)
        completion = raw.http_response.json()
    except openai.APIStatusError as error:
        headers = {name.lower(): value for name, value in error.response.headers.items()}
        return refusals.of_status(error.status_code, headers, masked(_words(error), key))
    except openai.APIConnectionError as error:
        cause = type(error.__cause__).__name__
        return Refusal(Kind.PASSING, f"{type(error).__name__}: {cause}", billed=not cause.startswith("Connect"))
    except ValueError as error:  # not JSON
        return Refusal(Kind.PASSING, f"no answer in what it said: {type(error).__name__}", wait=0.0, billed=True)
    reply = reply_of(completion) if isinstance(completion, dict) else None
    return reply or Refusal(Kind.PASSING, f"no answer in {masked(str(completion), key)[:200]!r}", wait=0.0, billed=True)


def _words(error: Any) -> str:
    """The server's own message, without our SDK's words around it."""
    body = error.body
    said = body.get("message") if isinstance(body, dict) else body
    code = body.get("code") if isinstance(body, dict) else None
    return " ".join(" ".join(str(each) for each in (code, said or error.message) if each).split())[:300]


def masked(words: str, key: str) -> str:
    return words.replace(key, "…") if key else words


def _until(wait: float, words: str) -> str:
    until = datetime.fromtimestamp(time.time() + wait, UTC).isoformat(timespec="seconds")
    return f"put off until {until}: {words}"


def in_nano(budget: float) -> int:
    return round(budget * NANO)
