"""Ways to construct a class: those that evidence shows, then guesses.

In: an `Attempt`, a class, evidence, and for each instance why no forward arguments were found for it. Out: `Built`
models, one at a time, and a `Result` that says why there is none. Runs in the jail.
Not covered: how guesses are corrected (guess_constructor.py), forward arguments (forward.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from triton_data.extract.jailed.attempt import Attempt, Result
from triton_data.extract.jailed.search.guess_constructor import ConstructorGuesses
from triton_data.extract.wire import Call, Evidence, InputSource


@dataclass(frozen=True, slots=True)
class Built:
    cls: type
    model: Any
    args: tuple[str, ...]
    kwargs: dict[str, str]
    source: InputSource
    calls: tuple[Call, ...] = ()  # that evidence shows


class Constructions:
    def __init__(self, attempt: Attempt, cls: type, evidence: Sequence[Evidence], guess: bool) -> None:
        self.attempt, self.cls = attempt, cls
        self._evidence = iter(evidence)
        self._may_guess = guess
        self._guesses: ConstructorGuesses | None = None  # once evidence is used up
        self._failed: Result | None = None  # of the first evidence that does not work here

    def next(self) -> Built | None:
        """Another instance. What became of the last one is to be said before, with `refused`."""
        for entry in self._evidence:
            result = self.attempt.construct(self.cls, entry.init, entry.init_kw)
            if result.ok:
                return Built(self.cls, result.value, entry.init, entry.init_kw, entry.source, entry.calls)
            self._failed = self._failed or result
        if self._guesses is None and self._may_guess:
            self._guesses = ConstructorGuesses(self.attempt, self.cls)
        guessed = self._guesses.next() if self._guesses is not None else None
        return Built(self.cls, guessed.model, (), guessed.kwargs, InputSource.DEDUCED) if guessed else None

    def refused(self, result: Result) -> None:
        """No forward arguments were found for the last instance; evidence is not corrected, guesses are."""
        if self._guesses is not None:
            self._guesses.refused(result)

    @property
    def failure(self) -> Result | None:
        """Why it could not be constructed."""
        return self._failed or (self._guesses.furthest if self._guesses else None)
