"""Ways to construct a class: those that evidence shows, then guesses corrected after each error.

Enters: an `Attempt`, a class, and evidence. Leaves: `Built` models, and a `Result` for why the guesses failed.
A guess is corrected where it is to blame: the parameters named on the failing line of the constructor.
Runs in the jail. Not covered: forward arguments (forward.py).
"""

from __future__ import annotations

import heapq
import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from triton_data.extract.jailed.attempt import Attempt, Result
from triton_data.extract.jailed.guess.config_objects import options as answers_by_name
from triton_data.extract.jailed.guess.guess import constructor_values, keyword
from triton_data.extract.jailed.guess.instances import (
    construct_with,
    eighth,
    instances_of,
    lists_of_records,
    parameters,
)
from triton_data.extract.jailed.repair.blame import blamed_for, tell
from triton_data.extract.jailed.repair.unfixable_errors import beyond_arguments
from triton_data.extract.wire import Call, Evidence, InputSource

MAX_GUESSES = 60
_WORTH = 4  # constructions whose forward is searched
_LACKING = 6  # failures for want of a package or a type, after which no argument is thought to go around it


@dataclass(eq=False)
class Built:
    cls: type
    model: Any
    args: tuple[str, ...]
    kwargs: dict[str, str]
    source: InputSource
    calls: tuple[Call, ...] = ()  # that evidence shows
    refused: Result | None = None  # why no forward arguments were found; set before the next one is asked for


def constructions(
    attempt: Attempt, cls: type, evidence: Iterable[Evidence], guess: bool = True
) -> Iterator[Built | Result]:
    for entry in evidence:
        result = attempt.construct(cls, entry.init, entry.init_kw)
        yield Built(cls, result.value, entry.init, entry.init_kw, entry.source, entry.calls) if result.ok else result
    if guess:
        yield from _guessed(attempt, cls)


def _guessed(attempt: Attempt, cls: type) -> Iterator[Built | Result]:
    known = [*parameters(cls), *_of_bases(cls)]
    options = {p.name: _options(attempt, cls, p) for p in known}
    required = [p.name for p in parameters(cls) if p.default is p.empty]
    first = tuple((name, 0) for name in required)
    queue: list[tuple[int, int, tuple[tuple[str, int], ...]]] = [(0, 0, first)]
    if attempt.interpreted and (smaller := {p.name: str(eighth(p)) for p in known if eighth(p)}):
        options.update({name: [size, *options[name]] for name, size in smaller.items()})
        queue = [(-1, 0, tuple(sorted({**dict(first), **dict.fromkeys(smaller, 0)}.items()))), (0, 1, first)]
    seen = {choice for *_, choice in queue}
    tried, worth, lacking, last = 0, 0, 0, None
    settings: list[str] = []  # asked for in a config, and varied like parameters
    while queue and tried < MAX_GUESSES and worth < _WORTH and lacking < _LACKING and not attempt.budget.spent():
        *_, choice = heapq.heappop(queue)
        tried += 1
        texts = {name: options[name][n] for name, n in choice}
        told = {name: text for name, text in texts.items() if name not in settings}
        constructed = construct_with(attempt, cls, told, {n: t for n, t in texts.items() if n in settings})
        made = constructed.result
        for name in constructed.asked:
            if name not in options:
                options[name] = answers_by_name(name, attempt)
                settings.append(name)
        chosen = {**dict.fromkeys(settings, 0), **dict(choice)}
        if made.ok:
            worth += 1
            built = Built(cls, made.value, (), constructed.kwargs, InputSource.DEDUCED)
            yield built
            made = built.refused or made
            blamed = list(dict.fromkeys(blamed_for(made, known, settings) + required)) if built.refused else required
        else:
            if last is None or made.progress >= last.progress:
                last = made
            blamed = blamed_for(made, known, settings)
        lacking += beyond_arguments(made, attempt.namespace)
        for name in _accepted_missing(made, chosen) if _takes_keywords(cls) else ():
            if name not in options:
                options[name] = constructor_values(keyword(name), attempt.namespace, attempt.literals)
            blamed = [name, *blamed]
        if not made.ok:
            tell(made, blamed, options, chosen, attempt)
        for name, step in _neighbours(chosen, blamed, options):
            other = tuple(sorted({**dict(choice), name: step}.items()))
            if other not in seen:
                seen.add(other)
                heapq.heappush(queue, (sum(n for _, n in other), tried * 100 + len(seen), other))
    if last is not None:
        yield last


def _of_bases(cls: type) -> list[inspect.Parameter]:
    """What `**kwargs` hands on: parameters of the bases' constructors."""
    own = {p.name for p in parameters(cls)}
    found: dict[str, inspect.Parameter] = {}
    for base in (cls, *cls.__mro__[1:]):
        init = base.__dict__.get("__init__")
        if base is torch.nn.Module or base is object:
            break
        for parameter in parameters(init) if init is not None else ():
            if parameter.name not in own and parameter.name != "self":
                found.setdefault(parameter.name, parameter)
        if init is not None and not _takes_keywords(init):
            break
    return list(found.values())


def _takes_keywords(function: Any) -> bool:
    try:
        known = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(p.kind is p.VAR_KEYWORD for p in known)


def _options(attempt: Attempt, cls: type, parameter: inspect.Parameter) -> list[str]:
    if isinstance(parameter.default, bool):
        return [str(not parameter.default)]
    values = constructor_values(parameter, attempt.namespace, attempt.literals)
    if "⟦config⟧" in values:
        declared = getattr(getattr(cls, "config_class", None), "__name__", "")
        known = [n for n, v in attempt.namespace.items() if isinstance(v, type) and n.endswith("Config")]
        configs = [name for name in (declared, *known) if name in attempt.namespace]
        values = [*(way for name in dict.fromkeys(configs) for way in instances_of(name)), *values]
    elif attempt.questions.asked(parameter.name):
        later = values[0].startswith("⟦")
        values = [*values[:later], attempt.questions.stand_in(parameter.name), *values[later:]]
    if parameter.annotation is parameter.empty:
        values = [*lists_of_records(parameter.name, attempt), *values]
    return list(dict.fromkeys(values))


def _neighbours(chosen: dict[str, int], blamed: list[str], options: dict[str, list[str]]) -> list[tuple[str, int]]:
    return [(name, chosen.get(name, -1) + 1) for name in blamed if chosen.get(name, -1) + 1 < len(options[name])]


def _accepted_missing(result: Result, chosen: dict[str, int]) -> list[str]:
    """Arguments that a base class, or what else they are handed on to, asks for through `**kwargs`."""
    asks = re.search("required|KeyError|must be (given|provided|specified|set|passed)", result.error)
    asked = re.findall(r"['`\"](\w+)['`\"]", result.error) if asks else []
    return [name for name in asked if name not in chosen and name.isidentifier()]
