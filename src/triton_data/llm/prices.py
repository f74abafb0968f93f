"""What an answer costs: a small dated table of our own, or the user's.

In: a provider, a model, tokens. Out: nanodollars, rounded up; None where no price is known. Not covered: discounts
for cached questions, taxes, and whether the table is still true: it says of when it is.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse

OWN = Path(__file__).with_name("prices.toml")
NANO = 1_000_000_000
BYTES_A_TOKEN = 3.5  # of code and English, about; no token is less than one byte
ENVELOPE = 16  # tokens around each message, at most
_DATED = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{3,8}|latest|preview.*)$")


@dataclass(frozen=True, slots=True)
class Price:
    question: float  # dollars for a million tokens
    answer: float
    date: str

    def cost(self, prompt_tokens: int, completion_tokens: int, part: float = 1.0) -> int:
        dollars = (prompt_tokens * self.question + completion_tokens * self.answer) / 1e6
        return ceil(round(dollars * part * NANO, 3))


@dataclass(frozen=True, slots=True)
class Prices:
    date: str
    batch: float
    models: dict[str, dict[str, tuple[float, float]]]

    def of(self, provider: str, model: str) -> Price | None:
        table = self.models.get(provider, {})
        name = model.removeprefix("models/")
        for known in (name, _DATED.sub("", name), "*"):
            if known in table:
                return Price(*table[known], self.date)
        return None


def read(path: Path | None = None) -> Prices:
    try:
        values = tomllib.loads((path or OWN).read_text("utf-8"))
        return _parsed(values)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError, TypeError) as error:
        raise Misuse(f"cannot read the prices in {path}: {error}; {OWN} shows the form") from error


def _parsed(values: dict[str, Any]) -> Prices:
    tables = {name: table for name, table in values.items() if isinstance(table, dict)}
    models = {}
    for provider, table in tables.items():
        models[provider] = {model: (float(question), float(answer)) for model, (question, answer) in table.items()}
        if any(min(pair) < 0 for pair in models[provider].values()):
            raise ValueError(f"a price of {provider} is below zero")
    return Prices(str(values.get("date", "undated")), float(values.get("batch", 1.0)), models)


def most_tokens(messages: tuple[tuple[str, str], ...]) -> int:
    """No tokenizer makes more of them."""
    return sum(len(text.encode("utf-8", "replace")) + ENVELOPE for _, text in messages)


def likely_tokens(text: str) -> int:
    return ceil(len(text.encode("utf-8", "replace")) / BYTES_A_TOKEN)


def dollars(nano: int | float) -> str:
    return f"${nano / NANO:.4f}" if nano < NANO else f"${nano / NANO:.2f}"
