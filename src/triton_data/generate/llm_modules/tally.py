"""What a running generation shows: how many are done and valid, lately too, what it cost, and why answers failed.

In: outcomes as they come. Out: words. Not covered: what is left and how fast (running/progress.py), the analysis
afterwards (report/synthesis.py).
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

from triton_data.records import Attempt, Outcome

LATELY = 100


@dataclass
class Tally:
    done: int = 0
    valid: int = 0
    answers: int = 0
    lately: deque[bool] = field(default_factory=lambda: deque(maxlen=LATELY))
    failed: Counter[str] = field(default_factory=Counter)  # answers by category
    pairs: Counter[str] = field(default_factory=Counter)
    tokens: int = 0
    cost: int = 0  # nanodollars, of what this call has seen

    def add(self, outcome: Outcome) -> None:
        valid = not any(not drop.part for drop in outcome.drops)
        self.done += 1
        self.valid += valid
        self.lately.append(valid)
        for attempt in (each for each in outcome.outputs if isinstance(each, Attempt)):
            self.answers += 1
            self.tokens += attempt.prompt_tokens + attempt.completion_tokens
            self.cost += attempt.cost
            if attempt.category:
                self.failed[attempt.category] += 1
            if attempt.pair:
                self.pairs[attempt.pair] += 1

    def words(self, money: str) -> str:
        """`money` is what was spent in all, as it is written."""
        if not self.done:
            return "nothing done yet"
        parts = [f"{self.valid} valid, yield {self.valid / self.done:.0%}"]
        if self.done > LATELY:
            parts.append(f"last {LATELY} {sum(self.lately) / len(self.lately):.0%}")
        if self.tokens:
            parts.append(f"{self.tokens:,} tokens, {money}")
        if self.failed:
            parts.append(" ".join(f"{name} {number}" for name, number in self.failed.most_common(5)))
        return ", ".join(parts)
