"""Objects for what a constructor asks things of: settings (`config["width"]`, `config.model.width`) and collections
of facts (`data.num(field)`).

In: an `Attempt`, and which answers were chosen before. Out: objects that answer whatever they are asked with a
guess by the name that they are asked by, and that can then be written as source text of plain Python: a namespace, a
dictionary, a function that always answers the same, or a module that hands on what it is called with. Runs in the jail.
Not covered: settings that are looked through (`for key in config`), answers that depend on the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from triton_data.extract.jailed.attempt import Attempt
from triton_data.extract.jailed.guess.guess import constructor_values, keyword

MAX_DEPTH = 6
_NOBODY = "types.SimpleNamespace()"


@dataclass(eq=False)
class Answers:
    """One set of guesses for all stand-ins of one constructor; `given` are the answers by name that were tried."""

    attempt: Attempt
    chosen: Mapping[str, str]
    given: dict[str, str] = field(default_factory=dict)

    def to(self, name: str, owner: str, depth: int) -> tuple[Any, str]:
        """A value and its text; a stand-in writes its own text when it has been asked."""
        questions = self.attempt.questions
        function = (owner, name) in questions.called
        text = self.chosen.get(name) or options(name, self.attempt)[0]
        asked = name not in self.chosen and (function or questions.asked(name))
        if text == "⟦module⟧":
            return ConfigModule(name, self), ""
        if depth < MAX_DEPTH and (asked or text == "⟦config⟧"):
            return ConfigObject(name, self, depth + 1), ""
        self.given[name] = text
        return self.attempt.value(text), text


def options(name: str, attempt: Attempt) -> list[str]:
    known = keyword(re.sub(r"\W", "_", name))
    plain = {"⟦config⟧": _NOBODY, "⟦identity⟧": "2"}
    return [plain.get(value, value) for value in constructor_values(known, {}, attempt.literals)]


class ConfigObject:
    """Everything but its answers is kept in one place, out of the way of the names that it may be asked for."""

    def __init__(self, name: str, answers: Answers, depth: int = 0) -> None:
        self._asked_of = _AskedOf(name, answers, depth)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_asked_of":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self._asked_of.answer(self._asked_of.attributes, name)

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str | int):
            raise TypeError(f"settings are not asked for by {type(key).__name__}")
        return self._asked_of.answer(self._asked_of.items, key)

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self._asked_of.answer(self._asked_of.results, self._asked_of.name)

    def __contains__(self, key: object) -> bool:
        return key in self._asked_of.items

    def __deepcopy__(self, memory: Any) -> ConfigObject:
        return self

    def copy(self) -> ConfigObject:
        return self

    def keys(self) -> tuple[str, ...]:
        return ()

    def items(self) -> tuple[tuple[str, Any], ...]:
        self._asked_of.mapping = True
        return ()

    def get(self, key: Any, default: Any = None) -> Any:
        """As a dictionary that lacks the key, which the text that is written lacks as well."""
        self._asked_of.mapping = True
        return self._asked_of.items[key][0] if key in self._asked_of.items else default


class ConfigModule(torch.nn.Module):  # type: ignore[misc]
    """A part that a model calls and asks for its sizes, as `encoder.dim`."""

    def __init__(self, name: str, answers: Answers) -> None:
        super().__init__()
        object.__setattr__(self, "_asked_of", _AskedOf(name, answers, 0))

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_"):
                raise
            return self._asked_of.answer(self._asked_of.attributes, name)

    def forward(self, x: Any, *_: Any, **__: Any) -> Any:
        """As its text does."""
        count = _results(self)
        return (x, *[None] * (count - 1)) if count else x


def _results(part: ConfigModule) -> int:
    asked: _AskedOf = part._asked_of
    return asked.answers.attempt.questions.results.get(asked.name, 0)


@dataclass(eq=False)
class _AskedOf:
    name: str
    answers: Answers
    depth: int
    attributes: dict[Any, tuple[Any, str]] = field(default_factory=dict)
    items: dict[Any, tuple[Any, str]] = field(default_factory=dict)
    results: dict[Any, tuple[Any, str]] = field(default_factory=dict)
    mapping: bool = False

    def answer(self, table: dict[Any, tuple[Any, str]], key: Any) -> Any:
        if key not in table:
            owner = "" if table is self.results else self.name  # what a function returns is no function
            table[key] = self.answers.to(str(key), owner, self.depth)
        return table[key][0]


def text_of(value: ConfigObject | ConfigModule) -> str:
    asked: _AskedOf = value._asked_of

    def written(table: dict[Any, tuple[Any, str]], form: str) -> list[str]:
        return [form.format(key, text or text_of(answer)) for key, (answer, text) in table.items()]

    if isinstance(value, ConfigModule):
        result = f"({', '.join(['x', *['None'] * (count - 1)])},)" if (count := _results(value)) else "x"
        return part_text(result, written(asked.attributes, "{0!r}: {1}"))
    if asked.results:
        return f"lambda *_, **__: {written(asked.results, '{1}')[0]}"
    if not asked.items and not asked.mapping:
        return f"types.SimpleNamespace({', '.join(written(asked.attributes, '{0}={1}'))})"
    items = "{" + ", ".join(written({**asked.attributes, **asked.items}, "{0!r}: {1}")) + "}"
    if not asked.attributes:
        return items
    return f"type('Settings', (dict,), {{'__getattr__': dict.__getitem__}})({items})"


def part_text(result: str = "x", attributes: Iterable[str] = ()) -> str:
    """A module that hands on what it is called with, whatever else it is given."""
    inside = ", ".join([*attributes, f"'forward': lambda self, x, *_, **__: {result}"])
    return f"type('Part', (torch.nn.Identity,), {{{inside}}})()"


def ask_later(value: ConfigObject | ConfigModule, attempt: Attempt) -> None:
    """What `forward` will ask of the settings that the model keeps; what it calls then is a part."""
    asked: _AskedOf = value._asked_of
    for name, by_key in attempt.questions.later(asked.name):
        if not by_key:
            answer = getattr(value, name)
            if isinstance(answer, ConfigObject) and (asked.name, name) in attempt.questions.called:
                asked.attributes[name] = (ConfigModule(name, asked.answers), "")
        elif isinstance(value, ConfigObject):
            value[name]
