"""Batches against aimock's files and batches: half the price, found again after a kill, and never sent twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
import requests

from tests.generate.mock import LOCK, mocked
from tests.npm import NotInstalled, install
from triton_data.errors import Misuse
from triton_data.llm.batches import Batcher
from triton_data.llm.client import Asker, OverBudget, PutOff
from triton_data.llm.endpoints import endpoint
from triton_data.llm.limits import Gate
from triton_data.llm.question import Question, Reply
from triton_data.store import Store
from triton_data.store.ledger import Ledger

from .asking import PRICE, question

pytest.importorskip("openai")
pytestmark = pytest.mark.network
SCRIPT = {"*": [[{"content": "four"}]]}


@pytest.fixture(scope="session", autouse=True)
def installed():
    try:
        install(LOCK)
    except NotInstalled as missing:
        pytest.skip(str(missing))


def in_batches(run_dir: Path, url: str, questions: Iterable[Question], provider: str = "openai", **more):
    stopping, budget = more.pop("stopping", lambda: False), more.pop("budget", None)

    async def together(ledger):
        target = endpoint(provider, url, "tiny", {"OPENAI_API_KEY": "sk-none"})
        asker = Asker(target, ledger, Gate(4), PRICE, budget)
        async with Batcher(asker, 0.5, stopping, quiet=0.2, look=0.05) as batcher:
            return await asyncio.gather(*(batcher.ask(each) for each in questions), return_exceptions=True)

    with Store.open(run_dir) as store:
        ledger = Ledger(store)
        return asyncio.run(together(ledger)), ledger.spending()


def batches_of(server):
    return requests.get(f"{server.url}/batches", timeout=10).json()["data"]


def test_many_questions_are_one_batch_at_half_the_price(tmp_path):
    with mocked(SCRIPT) as server:
        replies, spent = in_batches(tmp_path, server.url, map(question, range(20)))
        assert all(isinstance(reply, Reply) for reply in replies), replies
        assert len(batches_of(server)) == 1
        again, later = in_batches(tmp_path, server.url, map(question, range(20)))
        assert len(batches_of(server)) == 1 and later == spent
    assert [reply.text for reply in replies] == [reply.text for reply in again]
    full = sum(PRICE.cost(reply.prompt_tokens, reply.completion_tokens) for reply in replies)
    assert spent.answers == 20 and abs(spent.cost - full / 2) <= 20 and spent.unsure == 0


def test_a_batch_that_was_left_is_collected_and_not_sent_again(tmp_path):
    """Ended while it waits, and ended between sending and noting that it was sent."""
    with mocked(SCRIPT) as server:
        looks = iter([False, False, False, False, True])
        stopped, _ = in_batches(tmp_path, server.url, map(question, range(3)), stopping=lambda: next(looks, True))
        if any(isinstance(each, PutOff) for each in stopped):
            assert "under way" in str(next(each for each in stopped if isinstance(each, PutOff)))
        with Store.open(tmp_path) as store, store.transaction():
            store.db.execute("UPDATE batches SET id = '', state = 'submitting'")
            store.db.execute("UPDATE questions SET reply = NULL")
        replies, spent = in_batches(tmp_path, server.url, map(question, range(3)))
        assert [type(reply) for reply in replies] == [Reply] * 3
        assert len(batches_of(server)) == 1
    assert spent.answers == 3


def test_a_batch_that_never_arrived_is_sent(tmp_path):
    with mocked(SCRIPT) as server:
        with Store.open(tmp_path) as store:
            one = question(1)
            Ledger(store).batching("lost", "openai", [(one.key, one.model, one.request, 500)])
            assert Ledger(store).spending().unsure == 500
        replies, spent = in_batches(tmp_path, server.url, [question(1)])
        assert isinstance(replies[0], Reply) and len(batches_of(server)) == 1
    assert spent.unsure == 0


def test_a_budget_holds_for_batches_too(tmp_path):
    with mocked(SCRIPT) as server:
        worst = PRICE.cost(len("how many? 1") + 16, 64) // 2
        replies, spent = in_batches(tmp_path, server.url, map(question, range(10)), budget=4 * worst)
        assert spent.most <= 4 * worst
        assert sum(isinstance(each, Reply) for each in replies) >= 4
        assert len(batches_of(server)) > 1, "the rest waits until it is known what the first ones cost"
        assert all(isinstance(each, Reply | OverBudget) for each in replies)


def test_who_has_no_batches_is_told_so(tmp_path):
    with pytest.raises(Misuse, match="no batch API"):
        in_batches(tmp_path, "http://127.0.0.1:9/v1", [question(1)], provider="local")


def test_a_key_in_a_batch_is_that_of_the_question():
    assert json.loads(question(3).request)["messages"][0]["content"] == "how many? 3"


def test_nothing_is_sent_that_the_budget_does_not_hold(tmp_path):
    with mocked(SCRIPT) as server:
        replies, spent = in_batches(tmp_path, server.url, map(question, range(3)), budget=10)
        assert all(isinstance(each, OverBudget) for each in replies)
        assert (len(batches_of(server)), spent.most) == (0, 0)
