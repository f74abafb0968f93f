"""Guesses at a constructor's arguments, corrected after each error where they are to blame.

In: an `Attempt` and a class; and for each instance why no forward arguments were found for it. Out: instances, one at
a time. A choice says which of its values each parameter has; the one that is closest to the first guess is tried next.
Runs in the jail. Not covered: evidence (construct.py), forward arguments (forward.py).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

from triton_data.extract.jailed.attempt import Attempt, Result
from triton_data.extract.jailed.guess.config_objects import options as values_by_name
from triton_data.extract.jailed.guess.guess import constructor_values, keyword
from triton_data.extract.jailed.guess.instances import construct_with, eighth, parameters
from triton_data.extract.jailed.repair.better_values import reordered
from triton_data.extract.jailed.repair.blame import blamed_for
from triton_data.extract.jailed.repair.unfixable_errors import beyond_arguments
from triton_data.extract.jailed.search.constructor_parameters import (
    missing_keywords,
    of_bases,
    open_values,
    takes_keywords,
)

MAX_GUESSES = 60
MAX_INSTANCES = 4  # whose forward is searched
MAX_UNFIXABLE = 6  # failures for want of a package or a type, after which no argument is thought to go around it
Choice = tuple[tuple[str, int], ...]  # (parameter, which of its values), sorted but for the first


@dataclass(frozen=True, slots=True)
class Guessed:
    model: Any
    kwargs: dict[str, str]


class ConstructorGuesses:
    def __init__(self, attempt: Attempt, cls: type) -> None:
        self.attempt, self.cls = attempt, cls
        self.known = [*parameters(cls), *of_bases(cls)]
        self.required = [p.name for p in parameters(cls) if p.default is p.empty]
        self.values = {p.name: open_values(attempt, cls, p) for p in self.known}
        self.settings: list[str] = []  # asked for in a config, and varied like parameters
        self.furthest: Result | None = None  # of those that could not be constructed
        self._choice: Choice = tuple((name, 0) for name in self.required)
        self._queue: list[tuple[int, int, Choice]] = [(0, 0, self._choice)]
        self._prefer_small_sizes()
        self._seen = {choice for *_, choice in self._queue}
        self._tried = self._instances = self._unfixable = 0

    def next(self) -> Guessed | None:
        """Another instance. What became of the last one is to be said before, with `refused`."""
        while self._queue and not self._enough():
            *_, self._choice = heapq.heappop(self._queue)
            self._tried += 1
            values = {name: self.values[name][place] for name, place in self._choice}
            arguments = {name: text for name, text in values.items() if name not in self.settings}
            settings = {name: text for name, text in values.items() if name in self.settings}
            constructed = construct_with(self.attempt, self.cls, arguments, settings)
            self._vary_settings(constructed.settings)
            result = constructed.result
            if result.ok:
                self._instances += 1
                return Guessed(result.value, constructed.kwargs)
            if self.furthest is None or result.progress >= self.furthest.progress:
                self.furthest = result
            self._correct(result, blamed_for(result, self.known, self.settings))
        return None

    def refused(self, result: Result) -> None:
        """No forward arguments were found for the last instance: another one may take some."""
        blamed = blamed_for(result, self.known, self.settings)
        self._correct(result, list(dict.fromkeys(blamed + self.required)))

    def _enough(self) -> bool:
        return (
            self._tried >= MAX_GUESSES
            or self._instances >= MAX_INSTANCES
            or self._unfixable >= MAX_UNFIXABLE
            or self.attempt.budget.spent()
        )

    def _prefer_small_sizes(self) -> None:
        """Where kernels run in an interpreter: first an eighth of the sizes that are published."""
        smaller = {p.name: str(eighth(p)) for p in self.known if eighth(p)} if self.attempt.interpreted else {}
        if smaller:
            first = self._choice
            self.values.update({name: [size, *self.values[name]] for name, size in smaller.items()})
            small = tuple(sorted({**dict(first), **dict.fromkeys(smaller, 0)}.items()))
            self._queue = [(-1, 0, small), (0, 1, first)]

    def _vary_settings(self, names: tuple[str, ...]) -> None:
        for name in names:
            if name not in self.values:
                self.values[name] = values_by_name(name, self.attempt)
                self.settings.append(name)

    def _correct(self, result: Result, blamed: list[str]) -> None:
        """Choices beside the one that failed: each blamed parameter's next value."""
        chosen = {**dict.fromkeys(self.settings, 0), **dict(self._choice)}
        self._unfixable += beyond_arguments(result, self.attempt.namespace)
        for name in missing_keywords(result, chosen) if takes_keywords(self.cls) else ():
            if name not in self.values:
                self.values[name] = constructor_values(keyword(name), self.attempt.namespace, self.attempt.literals)
            blamed = [name, *blamed]
        self.values |= reordered(result, blamed, self.values, chosen, self.attempt)
        for name in blamed:
            place = chosen.get(name, -1) + 1
            if place < len(self.values[name]):
                self._push(tuple(sorted({**dict(self._choice), name: place}.items())))

    def _push(self, choice: Choice) -> None:
        if choice not in self._seen:
            self._seen.add(choice)
            distance = sum(place for _, place in choice)
            heapq.heappush(self._queue, (distance, self._tried * 100 + len(self._seen), choice))
