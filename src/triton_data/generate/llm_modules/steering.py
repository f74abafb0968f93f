"""Which operators are drawn more often: those that lead to modules, and those that few modules have yet.

In: what came of earlier samples. Out: a weight for each operator, 1 for one that nothing is known of. Pairs count
through their operators: an operator that fails beside many others loses, one that fails beside a single one hardly.
Not covered: making a draw (sampling.py). Steered draws depend on which answers came first; `steer=false` draws do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from math import sqrt

LEAST, MOST = 0.2, 4.0
DOUBT = 4.0  # samples' worth of the mean yield that an operator starts with


@dataclass
class Tried:
    """Samples by their operators."""

    drawn: Counter[str] = field(default_factory=Counter)
    good: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)  # in good modules
    samples: int = 0
    valid: int = 0

    def add(self, operators: Iterable[str], valid: bool) -> None:
        names = sorted(set(operators))
        self.samples += 1
        self.valid += valid
        self.drawn.update(names)
        if valid:
            self.good.update(names)
            self.pairs.update(combinations(names, 2))

    def weights(self) -> dict[str, float]:
        if not self.samples:
            return {}
        mean = (self.valid + 1) / (self.samples + 2)
        usual = sum(self.good.values()) / len(self.drawn) if self.drawn else 0.0
        return {name: self._weight(name, mean, usual) for name in self.drawn}

    def _weight(self, name: str, mean: float, usual: float) -> float:
        yielded = (self.good[name] + DOUBT * mean) / (self.drawn[name] + DOUBT) / mean
        rare = sqrt((usual + 1) / (self.good[name] + 1))
        return min(MOST, max(LEAST, yielded * rare))
