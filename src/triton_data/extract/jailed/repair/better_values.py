"""What a failed constructor would have taken instead.

In: the `Result` of an attempt, the parameters to blame, and the values that are open to each of them. Out: the same
values in another order, what the message asks for first. Runs in the jail.
Not covered: who is to blame (blame.py), trying them (jailed/search/guess_constructor.py).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import Any

from triton_data.extract.jailed.attempt import Attempt, Result, identifiers
from triton_data.extract.jailed.guess.config_objects import part_text
from triton_data.extract.jailed.repair.blame import OUTSIDE

MAX_BLAMED = 3
_ITERATED = re.compile(r"'(int|float)' object is not (iterable|subscriptable|reversible)|non-iterable")
_PARTS = f"torch.nn.ModuleList([{part_text()}, {part_text()}])"
# (what the error says, values of a kind that would not have raised it)
_WANTED = (
    (r"'(int|float)' object is not (iterable|subscriptable|reversible)|of type '(int|type)' has no len|not iterable|"
     r"non-iterable|must be tuple of ints, not int",
     ("[64, 64]", "(2, 2)", "[2, 2, 2, 2]")),
    (r"Dimension out of range|out of bounds for dimension", ("1", "-1", "0")),
    (r"(list|tuple) index out of range", ("[64, 64, 64, 64]", "[2, 2, 2, 2]")),
    (r"'(int|str|float|list)' object is not callable", ("torch.nn.ReLU", "torch.nn.Identity()", _PARTS)),
    (r"should be of type int|unsupported operand|not supported between|not all arguments converted|"
     r"cannot be interpreted as an integer|must be .*?int|can't multiply|divmod", ("64", "2", "4")),
    (r"has no attribute '(shape|size|to|dim|device|dtype|view|reshape|clone|float|ndim|unsqueeze|numel)'|"
     r"(not|be|[Ee]xpected) (an? )?(torch\.)?[Tt]ensor\b",
     ("torch.randn(64, 64)", "torch.randn(64)", "torch.eye(64)")),
    (r"has no attribute '(lower|upper|startswith|split|endswith|partition|replace|strip)'",
     ("'relu'", "'mean'", "'LSTM'", "'gelu'")),
    (r"Identity\.forward\(\) (got an unexpected|takes)", ("⟦module⟧", _PARTS)),
    (r"is not a Module subclass|has no attribute '(parameters|named_parameters|children|train)'",
     ("torch.nn.Identity()", "torch.nn.Linear(64, 64)")),
)  # fmt: skip
_ASKS_OF_IT = re.compile(
    r"indices must be integers.*not '?str|object has no attribute|type '?\w+'? is not subscriptable"
)
_QUOTED = re.compile(r"['\"`]([A-Za-z][\w-]{0,24})['\"`]")
_NUMBERS = re.compile(
    r"(?:must be|should be|has to be|one of|only|expect\w*) (?:\w+ ){0,2}?\W?(\d+(?:\W+(?:or |and )?\d+)*)"
)
_CHANNELS = re.compile(r"to have (\d+) channels, but got (\d+) channels")
_CHOICES = re.compile(
    r"must be|one of|[Uu]nknown|[Ii]nvalid|[Uu]nsupported|choose|[Ee]xpected|not in|interpret|KeyError"
)


def reordered(
    result: Result, blamed: list[str], values: Mapping[str, list[str]], chosen: Mapping[str, int], attempt: Attempt
) -> dict[str, list[str]]:
    """For those that are most to blame: what was tried so far, then what the message asks for, then the rest.
    `chosen` says which value of a parameter was the last."""
    given = [values[name][chosen[name]] for name in blamed if name in chosen and name in values]
    asked_for = _asked_for(result, given, values, attempt)
    better: dict[str, list[str]] = {}
    for name in blamed[:MAX_BLAMED]:
        known, count = values.get(name, []), chosen.get(name, -1) + 1
        tried = known[:count]
        answering = [attempt.questions.mark_for(name)] if _ASKS_OF_IT.search(result.error) else []
        ideas = dict.fromkeys([*_twice(result, asked_for, tried), *_called(result, tried), *asked_for, *answering])
        fresh = [value for value in ideas if value not in tried]
        better[name] = [*tried, *fresh, *(value for value in known[count:] if value not in fresh)]
    return better


def _asked_for(result: Result, given: list[str], values: Mapping[str, list[str]], attempt: Attempt) -> list[str]:
    """An instance of a class of the file that the message names, a kind of value, or one of the choices it quotes."""
    if OUTSIDE.match(result.error):
        return ["None", "False"]
    asked_for = [*_named_classes(result, attempt.namespace)]
    for pattern, kinds in _WANTED:
        if re.search(pattern, result.error):
            asked_for += kinds
    fixed = _CHANNELS.search(result.error)
    if fixed is not None and fixed[1] in given:  # what the model itself makes has another number of them
        asked_for.append(fixed[2])
    if not asked_for and _CHOICES.search(result.error):
        quoted = _QUOTED.findall(re.sub("<class '.*?'>", "", result.error))
        asked_for = [repr(word) for word in quoted if word not in values][:6]
    if not asked_for and (numbers := _NUMBERS.search(result.error)):
        asked_for = re.findall(r"\d+", numbers[1])[:4]
    return asked_for


def _named_classes(result: Result, namespace: dict[str, Any]) -> list[str]:
    wants = re.search("must|should|(?<!un)expected|extend|instance|subclass", result.error)
    asks = wants is not None and "missing" not in result.error
    named = [word for word in identifiers(result.error) if asks and isinstance(namespace.get(word), type)]
    instances = [way for name in dict.fromkeys(named) for way in _instances(name, namespace)]
    valid = re.search(r"is not a valid (\w+)", result.error)
    kinds = namespace.get(valid[1]) if valid else None
    if isinstance(kinds, type) and issubclass(kinds, enum.Enum):
        instances += [repr(kind.value) for kind in kinds]
    return instances


def _instances(name: str, namespace: dict[str, Any]) -> list[str]:
    """Of the class, and of what inherits from it: bases are often not meant to be called."""
    base = namespace[name]
    if issubclass(base, BaseException):
        return []
    subclasses = [n for n, v in namespace.items() if isinstance(v, type) and v is not base and issubclass(v, base)]
    return [f"⟦new {n}⟧" for n in (*subclasses[:2], name)]


def _twice(result: Result, asked_for: list[str], tried: list[str]) -> list[str]:
    """A pair of the number that was tried last, where the constructor wanted to go through it."""
    last = tried[-1] if tried else ""
    pairs = asked_for and _ITERATED.search(result.error) and last.replace(".", "").isdigit()
    return [f"({last}, {last})"] if pairs else []


def _called(result: Result, tried: list[str]) -> list[str]:
    """Not settings but a part; not a list of numbers but of parts."""
    if "SimpleNamespace' object is not callable" in result.error:
        return ["⟦module⟧"]
    listed = bool(tried) and tried[-1].startswith(("[", "("))
    return [_PARTS] if listed and "object is not callable" in result.error else []
