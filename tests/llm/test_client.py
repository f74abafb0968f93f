"""Many questions at once over a real connection: none billed twice, limits and budgets kept, every end told apart."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from triton_data.errors import Misuse
from triton_data.llm.client import Closed, NoReply, OverBudget, PutOff
from triton_data.llm.limits import Gate
from triton_data.llm.question import Reply
from triton_data.store.ledger import Spending

from .asking import DOLLAR, KEY, ask_all, question
from .billing import Billing, Trouble, completion, listening

pytest.importorskip("openai")


def texts(replies):
    return [reply.text if isinstance(reply, Reply) else repr(reply) for reply in replies]


def test_the_same_question_is_billed_once_however_often_it_is_asked(tmp_path):
    with listening(Billing(delay=0.05)) as server:
        both = [question(1), question(1), question(2)]
        first, spent = ask_all(tmp_path, server.url, both)
        again, later = ask_all(tmp_path, server.url, both)
    assert texts(first) == texts(again) == ["four"] * 3
    assert sorted(server.bills.values()) == [1, 1]
    assert spent == later
    assert spent == Spending(answers=2, prompt_tokens=40, completion_tokens=100, cost=240_000, unsure=0)


def crowd(tmp_path, number):
    """All at once against a server that bears ten."""
    with listening(Billing(delay=0.02, most=10)) as server:
        replies, spent = ask_all(tmp_path, server.url, map(question, range(number)), most=number)
    assert texts(replies) == ["four"] * number
    assert len(server.bills) == number and set(server.bills.values()) == {1}
    assert spent.cost == number * 120_000 and spent.unsure == 0
    assert server.refused < number, "it learns how much the server bears"


def test_two_hundred_at_once_against_a_server_that_bears_ten(tmp_path):
    crowd(tmp_path, 200)


@pytest.mark.slow
def test_a_thousand_at_once_against_a_server_that_bears_ten(tmp_path):
    crowd(tmp_path, 1000)


def test_starts_with_few_and_goes_up_to_what_it_may(tmp_path):
    gate = Gate(8)
    assert gate.limit == 4
    with listening(Billing(delay=0.02)) as server:
        ask_all(tmp_path, server.url, map(question, range(100)), gate=gate)
    assert gate.limit == 8 and 4 <= server.highest <= 8


@pytest.mark.parametrize("status", [0, -1])
def test_a_lost_answer_is_asked_again_and_counted_as_perhaps_billed(tmp_path, monkeypatch, status):
    monkeypatch.setattr("triton_data.llm.refusals.FIRST_PAUSE", 0.01)
    with listening(Billing(lambda body, number: Trouble(status, billed=True) if number == 1 else "four")) as server:
        replies, spent = ask_all(tmp_path, server.url, [question(1)])
    assert texts(replies) == ["four"]
    assert sum(server.bills.values()) == 2
    assert spent.cost == 120_000 and spent.unsure > 120_000
    assert spent.most >= sum(server.bills.values()) * 120_000


def test_a_refusal_costs_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("triton_data.llm.refusals.FIRST_PAUSE", 0.01)
    replies = {1: Trouble(429, {"Retry-After": "0"}), 2: Trouble(503), 3: Trouble(500)}
    with listening(Billing(lambda body, number: replies.get(number, "four"))) as server:
        said, spent = ask_all(tmp_path, server.url, [question(1)])
    assert texts(said) == ["four"] and server.requests == 4
    assert spent.cost == spent.most == 120_000


def test_waits_as_long_as_the_server_says_and_not_longer_than_it_has_patience(tmp_path):
    with listening(
        Billing(lambda body, number: Trouble(429, {"Retry-After": "0.4"}) if number == 1 else "four")
    ) as server:
        assert texts(ask_all(tmp_path / "a", server.url, [question(1)])[0]) == ["four"]
        assert server.times[1] - server.times[0] >= 0.4
    with listening(Billing(lambda body, number: Trouble(429, {"Retry-After": "3600"}))) as server:
        replies, spent = ask_all(tmp_path / "b", server.url, [question(1)], patience=5.0)
        assert isinstance(replies[0], PutOff) and "put off until 20" in str(replies[0])
        assert server.requests == 1 and spent.most == 0


def test_a_server_that_is_gone_and_comes_back(tmp_path, monkeypatch):
    monkeypatch.setattr("triton_data.llm.refusals.FIRST_PAUSE", 0.05)
    server = Billing(delay=0.01)
    with listening(server):
        pass
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ask_all, tmp_path, server.url, list(map(question, range(5))))
        time.sleep(0.3)
        with listening(server):
            replies, spent = waiting.result(30)
    assert texts(replies) == ["four"] * 5
    assert spent.unsure == 0, "a connection that was never made cost nothing"


def test_nobody_there_is_put_off(tmp_path):
    replies, spent = ask_all(tmp_path, "http://127.0.0.1:9/v1", [question(1)], patience=0.0)
    assert isinstance(replies[0], PutOff) and spent.most == 0


@pytest.mark.parametrize(
    ("status", "words", "says"),
    [
        (401, f"Incorrect API key provided: {KEY}", "the key was refused"),
        (404, "model tiny does not exist", "no such model"),
        (429, "insufficient_quota", "nothing left"),
    ],
)
def test_what_somebody_has_to_mend_is_one_line_without_the_key(tmp_path, status, words, says):
    with listening(Billing(lambda body, number: Trouble(status, words=words))) as server:
        replies, _ = ask_all(tmp_path, server.url, [question(1)])
    assert isinstance(replies[0], Misuse) and says in str(replies[0])
    assert KEY not in str(replies[0]) and server.requests == 1


def test_a_question_that_is_refused_is_that_question_alone(tmp_path):
    with listening(Billing(lambda body, number: Trouble(400, words="too long") if number == 1 else "four")) as server:
        replies, _ = ask_all(tmp_path, server.url, [question(1), question(2)], most=1)
    assert [type(each) for each in replies] == [NoReply, Reply]


@pytest.mark.parametrize("said", [{"choices": []}, {"choices": [{"message": None}]}, {"detail": "?"}])
def test_an_answer_that_is_none_is_asked_for_three_times(tmp_path, said):
    with listening(Billing(lambda body, number: said)) as server:
        replies, spent = ask_all(tmp_path, server.url, [question(1)])
    assert isinstance(replies[0], NoReply) and server.requests == 3
    assert spent.most >= 3 * 120_000, "it may have been billed"


def test_a_budget_is_never_exceeded_and_nearly_used_up(tmp_path):
    worst = 64 * 2000 + 60 * 1000  # an answer as long as it may be, and the question
    budget = 20 * 120_000 + worst
    with listening(Billing(delay=0.01)) as server:
        replies, spent = ask_all(tmp_path, server.url, map(question, range(100)), budget=budget)
    billed = sum(server.bills.values()) * 120_000
    assert billed == spent.cost <= budget
    assert budget - billed < 120_000 + worst
    stopped = [each for each in replies if isinstance(each, OverBudget)]
    assert len(stopped) == 100 - len(server.bills)
    assert spent.cost < DOLLAR


def test_a_server_that_names_no_price_is_taken_to_be_dear(tmp_path):
    said = {"choices": [{"message": {"role": "assistant", "content": "four"}, "finish_reason": "stop"}]}
    with listening(Billing(lambda body, number: said)) as server:
        _, spent = ask_all(tmp_path, server.url, [question(1)])
    assert spent.cost > 100_000 and spent.unsure == 0


def test_asked_to_stop_it_sends_nothing_more_and_keeps_what_comes_in(tmp_path):
    gate = Gate(2)
    with listening(Billing(delay=0.1)) as server:
        gate.stopping = lambda: server.requests >= 3
        replies, spent = ask_all(tmp_path, server.url, map(question, range(50)), gate=gate)
    assert 3 <= server.requests <= 5
    assert [type(each) for each in replies].count(Reply) == spent.answers == server.requests
    assert [type(each) for each in replies].count(Closed) == 50 - server.requests


def test_so_many_requests_and_tokens_a_minute():
    now = [0.0]
    gate = Gate(100, requests_a_minute=3, tokens_a_minute=1000, clock=lambda: now[0])
    taken = []

    def take(tokens):
        if gate._wait(tokens) > 0:
            return False
        gate.requests.take(1)
        gate.tokens.take(tokens)
        taken.append(now[0])
        return True

    assert [take(300) for _ in range(4)] == [True, True, True, False]
    now[0] = 59.9
    assert not take(1)
    now[0] = 60.1
    assert [take(600), take(600)] == [True, False]
    now[0] = -1e6  # a clock that jumps is not this one, but a wait must not be for ever
    assert gate.tokens.wait(10) >= 0


def test_the_key_is_nowhere_in_the_run(tmp_path):
    with listening(Billing(lambda body, number: Trouble(500, words=KEY) if number == 1 else "four")) as server:
        ask_all(tmp_path, server.url, [question(1)])
        assert server.heads[0]["authorization"] == f"Bearer {KEY}"
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()


def test_an_answer_in_parts_and_a_tool_call_are_read(tmp_path):
    call = {"id": "1", "type": "function", "function": {"name": "write", "arguments": '{"code": "x = 1"}'}}
    said = {1: completion("", content=[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]),
            2: completion("", content=None, tool_calls=[call])}  # fmt: skip
    with listening(Billing(lambda body, number: said[number])) as server:
        replies, _ = ask_all(tmp_path, server.url, [question(1), question(2)], most=1)
    assert (replies[0].text, replies[1].arguments) == ("ab", '{"code": "x = 1"}')


KILLED = """
import sys
from pathlib import Path
from tests.llm.asking import ask_all, question
ask_all(Path(sys.argv[1]), sys.argv[2], map(question, range(int(sys.argv[3]))), most=6)
print("done")
"""


def killed_often(tmp_path: Path, kills: int, questions: int, seed: int) -> None:
    """No answer that the ledger has is asked for again; what was under way when we died may be, and is counted."""
    rng = random.Random(seed)
    with listening(Billing(delay=0.03)) as server:
        command = [sys.executable, "-c", KILLED, str(tmp_path), server.url, str(questions)]
        for _ in range(kills):
            before = server.requests
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            while server.requests == before and process.poll() is None:
                time.sleep(0.005)
            time.sleep(rng.uniform(0.0, 0.25))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            assert server.requests > before
        known = (
            sqlite3.connect(tmp_path / "run.db")
            .execute("SELECT request FROM questions WHERE reply IS NOT NULL")
            .fetchall()
        )
        had = {row[0] for row in known}
        bills = dict(server.bills)
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.stdout == "done\n", done.stderr
        replies, spent = ask_all(tmp_path, server.url, map(question, range(questions)))
    assert texts(replies) == ["four"] * questions
    assert all(server.bills[request] == bills[request] for request in had), (
        "an answer that was there was asked for again"
    )
    twice = sum(number - 1 for number in server.bills.values())
    assert twice <= 6 * kills, "more than what was under way"
    assert spent.cost == questions * 120_000
    assert spent.most >= sum(server.bills.values()) * 120_000, "the ledger never says less than what was billed"


@pytest.mark.slow
def test_killed_at_some_moments(tmp_path):
    killed_often(tmp_path, kills=3, questions=60, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_twenty_moments(tmp_path):
    killed_often(tmp_path, kills=20, questions=200, seed=2)
