"""One question to a language model, over the protocol that OpenAI, Gemini, vLLM, llama.cpp and others speak.

Enters: a system prompt and a question. Leaves: the answer's text and how many tokens it cost, or `Unanswered`, which
says why in one line. Limits of the server are waited for, within `patience`.
Not covered: streaming, tools, many questions at once.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import requests

DEFAULT_URL = "https://api.openai.com/v1"
_BUSY = frozenset((408, 409, 429, 500, 502, 503, 504))


class Unanswered(Exception):
    """The server is not there, refuses, or says something that is no answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Provider:
    """The key stays in the environment: nothing that is stored or pickled holds it."""

    model: str
    url: str = ""  # '': OPENAI_BASE_URL, or OpenAI's own
    key_env: str = "OPENAI_API_KEY"
    timeout: float = 60.0  # seconds for one answer
    patience: float = 60.0  # seconds that a busy server is waited for

    @property
    def base(self) -> str:
        return (self.url or os.environ.get("OPENAI_BASE_URL") or DEFAULT_URL).rstrip("/")

    def missing(self) -> str:
        """What has to be there before anything can be asked; '' when all is."""
        if urlsplit(self.base).scheme not in ("http", "https"):
            return f"the language model's url {self.base!r} is no http(s) address: give one such as {DEFAULT_URL}"
        if self.base == DEFAULT_URL and not os.environ.get(self.key_env):
            return f"no key for {DEFAULT_URL}: set {self.key_env}, or name another server with --llm-url"
        return ""

    def ask(self, system: str, question: str) -> Answer:
        import requests

        messages = [{"role": "system", "content": system}, {"role": "user", "content": question}]
        body = {"model": self.model, "messages": messages, "temperature": 0}
        key = os.environ.get(self.key_env)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        deadline = time.monotonic() + self.patience
        pause = 1.0
        while True:
            try:
                reply = requests.post(f"{self.base}/chat/completions", json=body, headers=headers, timeout=self.timeout)
            except requests.RequestException as error:
                raise Unanswered(f"{urlsplit(self.base).netloc}: {type(error).__name__}") from error
            if reply.ok:
                return _answer(reply)
            wait = _asked_to_wait(reply, pause)
            if reply.status_code not in _BUSY or time.monotonic() + wait > deadline:
                raise Unanswered(f"{urlsplit(self.base).netloc}: {reply.status_code} {reply.text[:200]}".strip())
            time.sleep(wait)
            pause *= 2


def _asked_to_wait(reply: requests.Response, otherwise: float) -> float:
    try:
        return max(0.0, float(reply.headers.get("Retry-After", otherwise)))
    except ValueError:  # a date; our own pause is as good
        return otherwise


def _answer(reply: requests.Response) -> Answer:
    try:
        said = reply.json()
        usage = said.get("usage") or {}
        text = said["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Unanswered(f"no answer in {reply.text[:200]!r}") from error
    if not isinstance(text, str) or not text.strip():
        raise Unanswered("an empty answer")
    return Answer(text, int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0))
