"""One question and its answer, from a real server."""

import pickle

import pytest

from triton_data.llm.provider import Provider, Unanswered

from .speaking import server


def test_asks_in_openais_words_and_counts_tokens(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    with server("four") as (url, asked):
        answer = Provider("tiny", url).ask("be brief", "two and two?")
    assert (answer.text, answer.prompt_tokens, answer.completion_tokens) == ("four", 11, 7)
    assert asked[0]["path"] == "/v1/chat/completions"
    assert asked[0]["model"] == "tiny"
    assert asked[0]["key"] == "Bearer sk-test"
    assert [m["content"] for m in asked[0]["messages"]] == ["be brief", "two and two?"]


def test_waits_as_long_as_a_busy_server_asks():
    with server((429, {"Retry-After": "0"}), (503, {"Retry-After": "0"}), "yes") as (url, asked):
        assert Provider("tiny", url).ask("", "there?").text == "yes"
    assert len(asked) == 3


def test_does_not_wait_longer_than_it_has_patience():
    with server((429, {"Retry-After": "3600"})) as (url, asked), pytest.raises(Unanswered, match="429"):
        Provider("tiny", url).ask("", "there?")
    assert len(asked) == 1


def test_a_refusal_is_final():
    with server((401, {}), "never") as (url, asked), pytest.raises(Unanswered, match="401"):
        Provider("tiny", url).ask("", "there?")
    assert len(asked) == 1


def test_nobody_there_and_nothing_said():
    with pytest.raises(Unanswered, match="ConnectionError"):
        Provider("tiny", "http://127.0.0.1:9/v1").ask("", "there?")
    with server("  ") as (url, _), pytest.raises(Unanswered, match="empty"):
        Provider("tiny", url).ask("", "there?")


def test_the_key_is_stored_nowhere(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    provider = Provider("tiny", "http://localhost:1/v1")
    assert b"sk-secret" not in pickle.dumps(provider)
    assert "sk-secret" not in repr(provider)


def test_says_what_is_missing_before_anything_is_asked(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert "OPENAI_API_KEY" in Provider("tiny").missing()
    assert Provider("tiny", "http://localhost:1/v1").missing() == ""
    assert "http" in Provider("tiny", "localhost:1").missing()
