"""What the tests of the client share: questions, an Asker over a run of its own, and many questions at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from triton_data.llm.client import Asker
from triton_data.llm.endpoints import endpoint
from triton_data.llm.limits import Gate
from triton_data.llm.prices import Price
from triton_data.llm.question import Question
from triton_data.store import Store
from triton_data.store.ledger import Ledger, Spending

DOLLAR = 1_000_000_000
PRICE = Price(1.0, 2.0, "today")  # a question and its answer cost 120,000 nanodollars at 20 and 50 tokens
KEY = "sk-very-secret"


def question(number: int, words: str = "how many?") -> Question:
    return Question("openai", "tiny", (("user", f"{words} {number}"),), 64, 0.5)


def ask_all(run_dir: Path, url: str, questions: Iterable[Question], most: int = 20, key: str = KEY,
            **more: Any) -> tuple[list[Any], Spending]:  # fmt: skip
    """Replies, or what was raised, in the order of the questions."""
    gate = more.pop("gate", None) or Gate(most)

    async def together(ledger: Ledger) -> list[Any]:
        target = endpoint("openai", url, "tiny", {"OPENAI_API_KEY": key})
        async with Asker(target, ledger, gate, PRICE, **more) as asker:
            return await asyncio.gather(*(asker.ask(each) for each in questions), return_exceptions=True)

    with Store.open(run_dir) as store:
        ledger = Ledger(store)
        return asyncio.run(together(ledger)), ledger.spending()
