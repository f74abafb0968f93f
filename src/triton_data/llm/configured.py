"""The language model that a config names, as something that a room can ask without knowing what it is.

In: an `LlmConfig`. Out: a callable that workers can pickle, or None where no model is named; a `Misuse` where one
is named that cannot be asked. Not covered: what is asked (each room), the protocol (provider.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from triton_data.config import LlmConfig
from triton_data.errors import Misuse
from triton_data.llm.answers import NoAnswer
from triton_data.llm.provider import Provider, Unanswered


@dataclass
class Asking:
    provider: Provider
    failures: int = 0  # in a row: a server that is not there is not asked for every class

    def __call__(self, system: str, question: str) -> str:
        if self.failures >= 3:
            raise NoAnswer("not asked: it did not answer three times")
        try:
            answer = self.provider.ask(system, question)
        except Unanswered as error:
            self.failures += 1
            raise NoAnswer(str(error)) from error
        self.failures = 0
        return answer.text


def asking(config: LlmConfig) -> Asking | None:
    return Asking(_provider(config)) if config.model else None


def check(config: LlmConfig) -> None:
    if config.url and not config.model:
        raise Misuse("a language model's url without its name: add --llm-model NAME")
    if config.model and (missing := _provider(config).missing()):
        raise Misuse(missing)


def _provider(config: LlmConfig) -> Provider:
    return Provider(config.model, config.url, config.key_env, config.timeout)
