"""What a generation would cost, before anything is asked.

In: settings, and a run that may have answers already. Out: questions, tokens and money, likely and at most. Tokens are
counted by characters; how long answers are and how many are good is taken from the run where it has some, and assumed
where it has none. Not covered: time.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from triton_data.generate.llm_modules import prompts
from triton_data.generate.llm_modules.sampling import draw
from triton_data.generate.llm_modules.settings import OFFLINE, Settings
from triton_data.llm.prices import Price, dollars, likely_tokens, most_tokens
from triton_data.pipeline.synthesis.sources import price_of, read_prices, writes
from triton_data.records import Attempt, Sample
from triton_data.store import Store

LOOKED_AT = 200  # samples
ANSWER = 900  # tokens of a module, about
FAILS = 0.4  # answers


@dataclass(frozen=True)
class Past:
    """What a run tells of answers so far."""

    done: int = 0  # samples
    answers: int = 0
    failed: int = 0
    tokens: int = 0  # of answers


@dataclass(frozen=True)
class Estimate:
    model: str
    samples: int  # that are left
    questions: float
    prompt_tokens: float
    completion_tokens: float
    nanodollars: float | None
    nanodollars_at_most: float | None
    price_date: str
    from_run: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def words(self) -> str:
        if self.model == OFFLINE:
            return f"{self.samples} samples, composed here: no model is asked, nothing is spent"
        money = "its price is not known: name a file with prices= (--prices)"
        if self.nanodollars is not None and self.nanodollars_at_most is not None:
            money = (f"about {dollars(self.nanodollars)}, at most {dollars(self.nanodollars_at_most)}"
                     f" (prices of {self.price_date})")  # fmt: skip
        how = (
            "as this run's answers so far"
            if self.from_run
            else f"taking {ANSWER} tokens an answer and {FAILS:.0%} failures"
        )
        return (
            f"{self.model}: {self.samples} samples left, about {self.questions:.0f} questions,"
            f" {self.prompt_tokens:,.0f} tokens asked and {self.completion_tokens:,.0f} answered ({how}): {money}"
        )


def estimate(settings: Settings, run_dir: Path, folders: tuple[Path, ...]) -> Estimate:
    past = _past(settings, run_dir)
    left = max(0, settings.num_total_samples - past.done)
    endpoint = writes(settings, folders)
    if endpoint is None:
        return Estimate(OFFLINE, left, 0, 0, 0, 0, 0, "", past.answers > 0)
    price = price_of(settings, endpoint)
    fails = past.failed / past.answers if past.answers else FAILS
    answer = past.tokens / past.answers if past.tokens else float(ANSWER)
    prompt, worst = _prompt_tokens(settings, min(left, LOOKED_AT))
    turns = [fails**number for number in range(settings.max_retries + 1)]
    asked = sum(turn * (prompt + number * (answer + 150)) for number, turn in enumerate(turns)) * left
    answered = sum(turns) * answer * left
    part = read_prices(settings).batch if settings.batch else 1.0
    return Estimate(
        f"{endpoint.provider}/{endpoint.model}", left, sum(turns) * left, asked, answered,
        price.cost(round(asked), round(answered), part) if price else None,
        round(_at_most(price, settings, worst, left) * part) if price else None,
        price.date if price else "", past.answers > 0,
    )  # fmt: skip


def _at_most(price: Price, settings: Settings, prompt: float, left: int) -> int:
    """Every answer as long as it may be, and every one wrong."""
    turns = range(settings.max_retries + 1)
    asked = sum(prompt + turn * (settings.max_tokens * 4 + prompts.ERROR_CHARACTERS + 400) for turn in turns)
    return price.cost(round(asked) * left, settings.max_tokens * len(turns) * left)


def _prompt_tokens(settings: Settings, number: int) -> tuple[float, float]:
    loaded = prompts.load(settings.prompts)
    aims = {name: tuple(prompt.aims) for name, prompt in loaded.items()}
    likely = worst = 0
    for index in range(number):
        sample = draw(settings, index, {}, aims)
        messages = loaded[sample.prompt].ask(sample)
        likely += sum(likely_tokens(text) for _, text in messages)
        worst += most_tokens(messages)
    return likely / max(number, 1), worst / max(number, 1)


def _past(settings: Settings, run_dir: Path) -> Past:
    if not (run_dir / "run.db").exists():
        return Past()
    with Store.read(run_dir) as store:
        mine = {sample.key for sample in store.records(Sample, "t.settings = ?", (settings.digest,))}
        attempts = [attempt for attempt in store.records(Attempt) if attempt.sample in mine]
    failed = sum(1 for attempt in attempts if attempt.category)
    tokens = sum(attempt.completion_tokens for attempt in attempts)
    return Past(len({attempt.sample for attempt in attempts}), len(attempts), failed, tokens)
