"""Ways to construct a class: those that evidence shows, then guesses corrected after each error.

Enters: an `Attempt`, a class, and evidence. Leaves: `Built` models, and a `Result` for why the guesses failed.
A guess is corrected where it is to blame: the parameters named on the failing line of the constructor.
Runs in the jail. Not covered: forward arguments (forward.py).
"""

from __future__ import annotations

import heapq
import inspect
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .attempt import Attempt, Result, _identifiers
from .guess import constructor_values

MAX_GUESSES = 60
_WORTH = 4  # constructions whose forward is searched


@dataclass(eq=False)
class Built:
    cls: type
    model: Any
    args: list[str]
    kwargs: dict[str, str]
    source: str  # usage or deduced
    calls: list[dict[str, Any]] = field(default_factory=list)


def constructions(attempt: Attempt, cls: type, evidence: list[dict[str, Any]]) -> Iterator[Built | Result]:
    for entry in evidence:
        made = attempt.construct(cls, entry["init"], entry["init_kw"])
        if made.ok:
            yield Built(cls, made.value, entry["init"], entry["init_kw"], entry["source"], entry["calls"])
        else:
            yield made
    yield from _guessed(attempt, cls)


def parameters(function: Any) -> list[inspect.Parameter]:
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return []
    return [p for p in found if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def _guessed(attempt: Attempt, cls: type) -> Iterator[Built | Result]:
    known = parameters(cls)
    options = {p.name: _options(attempt, p) for p in known}
    required = [p.name for p in known if p.default is p.empty]
    first = tuple((name, 0) for name in required)
    queue: list[tuple[int, int, tuple[tuple[str, int], ...], dict[str, str]]] = [(0, 0, first, {})]
    seen = {first}
    tried, worth, last = 0, 0, None
    while queue and tried < MAX_GUESSES and worth < _WORTH and not attempt.budget.spent():
        _, _, choice, extra = heapq.heappop(queue)
        tried += 1
        kwargs = {name: options[name][n] for name, n in choice}
        made, kwargs = _construct(attempt, cls, known, kwargs)
        if made.ok:
            worth += 1
            yield Built(cls, made.value, [], kwargs, "deduced")
            blamed = required
        else:
            last = made
            blamed = _blamed(made, known)
        for name in _accepted_missing(made, known, options):
            options[name] = constructor_values(_keyword(name), attempt.namespace, attempt.literals)
            blamed = [name, *blamed]
        for name in _told(made, blamed, options):
            blamed = [name, *blamed]
        for name, step in _neighbours(choice, blamed, options):
            other = tuple(sorted({**dict(choice), name: step}.items()))
            if other not in seen:
                seen.add(other)
                heapq.heappush(queue, (sum(n for _, n in other), tried * 100 + len(seen), other, {}))
    if last is not None:
        yield last


def _options(attempt: Attempt, parameter: inspect.Parameter) -> list[str]:
    if isinstance(parameter.default, bool):
        return [str(not parameter.default)]
    return constructor_values(parameter, attempt.namespace, attempt.literals)


def _neighbours(
    choice: tuple[tuple[str, int], ...], blamed: list[str], options: dict[str, list[str]]
) -> list[tuple[str, int]]:
    chosen = dict(choice)
    return [(name, chosen.get(name, -1) + 1) for name in blamed if chosen.get(name, -1) + 1 < len(options[name])]


def _construct(
    attempt: Attempt, cls: type, known: list[inspect.Parameter], kwargs: dict[str, str]
) -> tuple[Result, dict[str, str]]:
    """Values that must be made themselves (a config, another class of the file) grow attribute by attribute."""
    kwargs = dict(kwargs)
    for name, text in kwargs.items():
        if text.startswith("⟦new "):
            kwargs[name] = _new(attempt, text[5:-1])
        elif text == "⟦config⟧":
            kwargs[name] = "types.SimpleNamespace()"
        elif text == "⟦identity⟧":
            kwargs[name] = "torch.nn.Identity()"
    result = attempt.construct(cls, [], kwargs)
    for _ in range(60):
        grown = _grow(attempt, result, kwargs)
        if grown is None:
            break
        kwargs = grown
        result = attempt.construct(cls, [], kwargs)
    return result, kwargs


def _new(attempt: Attempt, name: str, depth: int = 0) -> str:
    """An instance of a class of the file, with guesses for what it requires."""
    cls = attempt.namespace[name]
    parts = []
    for parameter in parameters(cls):
        if parameter.default is parameter.empty:
            value = constructor_values(parameter, attempt.namespace, attempt.literals)[0]
            if value.startswith("⟦new "):
                value = _new(attempt, value[5:-1], depth + 1) if depth < 3 else "None"
            parts.append(f"{parameter.name}={value}")
    return f"⟦{name}⟧({', '.join(parts)})"


_NO_ATTRIBUTE = re.compile(
    r"'types\.SimpleNamespace' object has no attribute '(\w+)'|'SimpleNamespace' object has no attribute '(\w+)'"
)


def _grow(attempt: Attempt, result: Result, kwargs: dict[str, str]) -> dict[str, str] | None:
    found = _NO_ATTRIBUTE.search(result.error)
    holder = next((name for name, text in kwargs.items() if text.startswith("types.SimpleNamespace(")), None)
    if result.ok or not found or holder is None:
        return None
    attribute = found[1] or found[2]
    value = constructor_values(_keyword(attribute), {}, attempt.literals)[0]
    value = {"⟦config⟧": "types.SimpleNamespace()", "⟦identity⟧": "2"}.get(value, value)
    inner = kwargs[holder].removeprefix("types.SimpleNamespace(").removesuffix(")")
    if re.search(rf"\b{attribute}=", inner):
        return None
    return {**kwargs, holder: f"types.SimpleNamespace({inner}{', ' if inner else ''}{attribute}={value})"}


def _keyword(name: str) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY)


def _accepted_missing(result: Result, known: list[inspect.Parameter], options: dict[str, list[str]]) -> list[str]:
    """Arguments that a base class asks for through `**kwargs`."""
    asked = re.findall(r"'(\w+)'", result.error) if re.search("required|KeyError", result.error) else []
    return [name for name in asked if name not in options and name.isidentifier()]


def _told(result: Result, blamed: list[str], options: dict[str, list[str]]) -> list[str]:
    """What an error message says that it wants: quoted choices, or the kind of thing whose method is missing."""
    if result.ok:
        return []
    told = [repr(word) for word in re.findall(r"['\"`]([A-Za-z][\w-]{0,24})['\"`]", result.error)][:6]
    if re.search(r"has no attribute '(lower|upper|startswith|split|endswith)'", result.error):
        told = ["'relu'", "'mean'", "'LSTM'", "'gelu'"]
    for name in blamed[:3]:
        fresh = [value for value in told if value not in options.get(name, ())]
        if re.search(r"must be|one of|[Uu]nknown|[Ii]nvalid|[Uu]nsupported|choose|expected|attribute '(lower|upper)", result.error):
            options[name] = [*options.get(name, [])[:1], *fresh, *options.get(name, [])[1:]]
    return []


def _blamed(result: Result, known: list[inspect.Parameter]) -> list[str]:
    """Parameters named on the constructor's failing line; those named in the message; else all required ones."""
    names = [p.name for p in known]
    missing = re.findall(r"'(\w+)'", result.error) if "required" in result.error else []
    by_message = [name for name in names if name in missing]
    words: set[str] = set()
    for (where, _, _), line in zip(result.frames, result.lines, strict=True):
        if where == "__init__":
            words |= set(_identifiers(line))
            break
    by_line = [name for name in names if name in words]
    required = [p.name for p in known if p.default is p.empty]
    inner = [name for name in names if any(name in _identifiers(line) for line in result.lines)]
    return list(dict.fromkeys(by_message + by_line + inner)) or required


def is_namespace(value: Any) -> bool:
    return isinstance(value, types.SimpleNamespace)
