"""Who writes the modules: a model over the network, a function of the user's, or typed construction.

In: settings, a ledger. Out: a `Source` that is open while the loop runs. What stands between a model and its bill is
llm/client.py's. Not covered: batches (batching.py).
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse
from triton_data.generate.llm_modules.offline.compose import compose
from triton_data.generate.llm_modules.settings import OFFLINE, Settings
from triton_data.generate.llm_modules.writing import Written
from triton_data.llm import endpoints, prices
from triton_data.llm.batches import Batcher
from triton_data.llm.client import Asker, NoReply, in_nano, open_client
from triton_data.llm.endpoints import Endpoint
from triton_data.llm.limits import Gate
from triton_data.llm.question import Messages, Question, Reply
from triton_data.records import Sample
from triton_data.store.ledger import Ledger

NOTICE = (
    "model_name=offline is no language model: modules are composed from the operator lists by typed construction,"
    " for trying everything out without a key and a network"
)
_TERMS = "composed by triton-data itself: no provider's terms"
CUSTOM = "generate_custom_llm"


@dataclass
class Composed:
    """No model: the same sample gives the same module."""

    settings: Settings

    async def __call__(self, sample: Sample, number: int, messages: Messages) -> Written:
        seed = f"{self.settings.seed}:{sample.number}:{number}"
        text = compose(sample.operators, sample.name, seed)
        return Written(Reply(text, "stop"), OFFLINE, OFFLINE, f"seed={seed}", _TERMS)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[object]:
        yield self


@dataclass
class OwnFunction:
    """`generate_custom_llm(prompt, **kwargs)` of a file of the user's own: their code, in this process."""

    settings: Settings
    function: Callable[..., Any]
    ledger: Ledger

    async def __call__(self, sample: Sample, number: int, messages: Messages) -> Written:
        question = Question("custom", CUSTOM, messages, self.settings.max_tokens, self.settings.temperature,
                            rollout=sample.number)  # fmt: skip
        key = question.key
        known = self.ledger.reply(key)
        if known is None:
            prompt = "\n\n".join(text for _, text in messages)
            more = {"temperature": self.settings.temperature, "max_tokens": self.settings.max_tokens}
            self.ledger.sending(key, "custom", CUSTOM, question.request, 0)
            said = await self._called(prompt, messages=question.body["messages"], **more)
            reply = Reply(str(said or ""), "stop", version=CUSTOM)
            self.ledger.answered(key, reply.to_json(), self.ledger.bill(key), 0)
        else:
            reply = Reply.from_json(known)
        return Written(reply, "custom", CUSTOM, question.sampling, endpoints.KNOWN["custom"].terms, key)

    async def _called(self, prompt: str, **more: Any) -> Any:
        try:
            return await asyncio.to_thread(self.function, prompt, **more)
        except NotImplementedError as error:
            raise Misuse(f"{CUSTOM} is not written yet: {error}") from error
        except Exception as error:
            raise NoReply(f"{CUSTOM} raised {type(error).__name__}: {str(error)[:200]}") from error

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[object]:
        yield self


@dataclass
class Asked:
    """A server that speaks OpenAI's protocol, question by question or in batches."""

    settings: Settings
    asker: Asker
    batcher: Batcher | None = None

    async def __call__(self, sample: Sample, number: int, messages: Messages) -> Written:
        question = self.question(sample, messages)
        reply = await (self.batcher or self.asker).ask(question)
        known = self.asker.endpoint.known
        cost = self.asker.ledger.bill(question.key).cost
        provider, model = question.provider, question.model
        return Written(reply, provider, model, question.sampling, known.terms, question.key, cost)

    def stop_when(self, stopping: Callable[[], bool]) -> None:
        """What is not sent by then is not sent; what is under way comes in, or is left with the provider."""
        self.asker.gate.stopping = stopping
        if self.batcher:
            self.batcher.stopping = stopping

    def question(self, sample: Sample, messages: Messages) -> Question:
        endpoint, settings = self.asker.endpoint, self.settings
        temperature = None if _reasons(endpoint) else settings.temperature
        seed = settings.seed * 1_000_003 + sample.number if endpoint.known.seeds else None
        return Question(endpoint.provider, endpoint.model, messages, settings.max_tokens, temperature, seed,
                        sample.number, endpoint.known.limit)  # fmt: skip

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[object]:
        async with self.batcher or self.asker:
            yield self


def _reasons(endpoint: Endpoint) -> bool:
    """OpenAI's reasoning models refuse a temperature."""
    return endpoint.provider == "openai" and endpoint.model.startswith(("gpt-5", "o1", "o3", "o4"))


def writes(settings: Settings, folders: tuple[Path, ...]) -> Endpoint | None:
    """Who is asked over the network; None for what needs none. Raises a Misuse where a key or an address is missing."""
    if settings.provider == OFFLINE:
        return None
    values = endpoints.environment(*folders)
    if settings.provider == "custom" and not (settings.base_url or values.get("CUSTOM_BASE_URL")):
        own_function(Path(settings.custom))
        return None
    found = endpoints.endpoint(settings.model_name, settings.base_url, settings.model, values, settings.dry_run)
    return with_model(found, settings)


def with_model(endpoint: Endpoint, settings: Settings) -> Endpoint:
    """A local server is asked which model it runs, where none was named."""
    if endpoint.model or settings.dry_run:
        return endpoint

    async def first() -> str:
        client = open_client(endpoint, 10.0)
        async with client:
            page = await client.models.list()
            return page.data[0].id if page.data else ""

    import openai

    try:
        name = asyncio.run(first())
    except openai.OpenAIError as error:
        raise Misuse(
            f"no model server answers at {endpoint.url} ({type(error).__name__}): start one, or name it with"
            " base_url=http://HOST:PORT/v1 (--base-url)"
        ) from error
    if not name:
        raise Misuse(f"{endpoint.url} says of no model that it has it: name one with model=NAME (--model)")
    return Endpoint(endpoint.provider, endpoint.url, name, endpoint.key, endpoint.known)


def source(settings: Settings, endpoint: Endpoint | None, ledger: Ledger) -> Composed | OwnFunction | Asked:
    if settings.provider == OFFLINE:
        return Composed(settings)
    if endpoint is None:
        return OwnFunction(settings, own_function(Path(settings.custom)), ledger)
    gate = Gate(settings.num_worker, settings.requests_per_minute, settings.tokens_per_minute)
    price = price_of(settings, endpoint)
    budget = in_nano(settings.budget) if settings.budget else None
    asker = Asker(endpoint, ledger, gate, price, budget, settings.patience)
    return Asked(settings, asker, Batcher(asker, read_prices(settings).batch) if settings.batch else None)


def read_prices(settings: Settings) -> prices.Prices:
    return prices.read(Path(settings.prices) if settings.prices else None)


def price_of(settings: Settings, endpoint: Endpoint) -> prices.Price | None:
    found = read_prices(settings).of(endpoint.provider, endpoint.model)
    if found is None and settings.budget:
        raise Misuse(
            f"no price is known for {endpoint.provider}/{endpoint.model}, so no budget can be kept: name a file with"
            f" prices=FILE.toml (--prices); {prices.OWN} shows the form"
        )
    return found


def own_function(path: Path) -> Callable[..., Any]:
    if not path.is_file():
        raise Misuse(
            f"model_name=custom needs a server (base_url=http://HOST:PORT/v1) or a file with {CUSTOM}(prompt,"
            f" **kwargs): there is no {path}; name one with custom=FILE.py"
        )
    spec = importlib.util.spec_from_file_location("custom_llm", path)
    assert spec is not None and spec.loader is not None, "a path that ends in .py has a loader"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function = getattr(module, CUSTOM, None)
    if not callable(function):
        raise Misuse(f"{path} has no function {CUSTOM}(prompt, **kwargs)")
    return function  # type: ignore[no-any-return]


__all__ = ["Asked", "Composed", "NoReply", "OwnFunction", "source", "writes"]
