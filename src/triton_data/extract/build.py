"""Ways to construct a class: those that evidence shows, then guesses corrected after each error.

Enters: an `Attempt`, a class, and evidence. Leaves: `Built` models, and a `Result` for why the guesses failed.
A guess is corrected where it is to blame: the parameters named on the failing line of the constructor.
Runs in the jail. Not covered: forward arguments (forward.py).
"""

from __future__ import annotations

import heapq
import inspect
import re
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
    options = {p.name: _options(attempt, cls, p) for p in known}
    required = [p.name for p in known if p.default is p.empty]
    first = tuple((name, 0) for name in required)
    queue: list[tuple[int, int, tuple[tuple[str, int], ...]]] = [(0, 0, first)]
    seen = {first}
    tried, worth, last = 0, 0, None
    while queue and tried < MAX_GUESSES and worth < _WORTH and not attempt.budget.spent():
        *_, choice = heapq.heappop(queue)
        tried += 1
        kwargs = {name: options[name][n] for name, n in choice}
        made, kwargs = _construct(attempt, cls, known, kwargs)
        if made.ok:
            worth += 1
            yield Built(cls, made.value, [], kwargs, "deduced")
            blamed = required
        else:
            if last is None or made.progress >= last.progress:
                last = made
            blamed = _blamed(made, known)
        for name in _accepted_missing(made, dict(choice)):
            if name not in options:
                options[name] = constructor_values(_keyword(name), attempt.namespace, attempt.literals)
            blamed = [name, *blamed]
        if not made.ok:
            _told(made, blamed, options)
        for name, step in _neighbours(choice, blamed, options):
            other = tuple(sorted({**dict(choice), name: step}.items()))
            if other not in seen:
                seen.add(other)
                heapq.heappush(queue, (sum(n for _, n in other), tried * 100 + len(seen), other))
    if last is not None:
        yield last


def _options(attempt: Attempt, cls: type, parameter: inspect.Parameter) -> list[str]:
    if isinstance(parameter.default, bool):
        return [str(not parameter.default)]
    values = constructor_values(parameter, attempt.namespace, attempt.literals)
    if "⟦config⟧" in values:
        declared = getattr(getattr(cls, "config_class", None), "__name__", "")
        known = [n for n, v in attempt.namespace.items() if isinstance(v, type) and n.endswith("Config")]
        configs = [name for name in (declared, *known) if name in attempt.namespace]
        values = [*(f"⟦new {name}⟧" for name in dict.fromkeys(configs)), *values]
    return list(dict.fromkeys(values))


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
        if parameter.default is parameter.empty or _large(parameter):
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


def _large(parameter: inspect.Parameter) -> bool:
    """A published model's size: nobody needs 24 layers of 2048 to see what a class does."""
    default, name = parameter.default, parameter.name.lower()
    if type(default) is not int or re.search(r"_id$|token_id|idx|seed|theta|size_limit", name):
        return False
    return default >= 256 or (default > 4 and re.search(r"layers?$|depth|blocks?$", name) is not None)


def _keyword(name: str) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY)


def _accepted_missing(result: Result, chosen: dict[str, int]) -> list[str]:
    """Arguments that a base class asks for through `**kwargs`."""
    asked = re.findall(r"'(\w+)'", result.error) if re.search("required|KeyError", result.error) else []
    return [name for name in asked if name not in chosen and name.isidentifier()]


# (what the error says, what kind of value would not have raised it)
_WANTED = (
    (r"'(int|float)' object is not (iterable|subscriptable|reversible)|type 'int' has no len|not iterable",
     ("[64, 64]", "(2, 2)", "[2, 2, 2, 2]")),
    (r"'(int|str|float|list)' object is not callable", ("torch.nn.ReLU", "torch.nn.Identity()")),
    (r"should be of type int|unsupported operand|not supported between|not all arguments converted|"
     r"cannot be interpreted as an integer|must be .*?int|can't multiply|divmod", ("64", "2", "4")),
    (r"has no attribute '(lower|upper|startswith|split|endswith)'", ("'relu'", "'mean'", "'LSTM'", "'gelu'")),
    (r"is not a Module subclass|has no attribute '(parameters|named_parameters|children|train)'",
     ("torch.nn.Identity()", "torch.nn.Linear(64, 64)")),
)  # fmt: skip
_CHOICES = re.compile(
    r"must be|one of|[Uu]nknown|[Ii]nvalid|[Uu]nsupported|choose|[Ee]xpected|not in|interpret|KeyError"
)


def _told(result: Result, blamed: list[str], options: dict[str, list[str]]) -> None:
    """Move what the error message asks for to the front: a kind of value, or one of the choices that it quotes."""
    told: list[str] = []
    for pattern, values in _WANTED:
        if re.search(pattern, result.error):
            told += values
    if not told and _CHOICES.search(result.error):
        told = [repr(word) for word in re.findall(r"['\"`]([A-Za-z][\w-]{0,24})['\"`]", result.error)][:6]
    for name in blamed[:3]:
        known = options.get(name, [])
        fresh = [value for value in told if value not in known[:2]]
        options[name] = [*known[:1], *fresh, *(value for value in known[1:] if value not in fresh)]


def _blamed(result: Result, known: list[inspect.Parameter]) -> list[str]:
    """Parameters named on the constructor's failing line; those named in the message; else all required ones."""
    names = [p.name for p in known]
    if re.match("TooSlow|MemoryError|.*can't allocate", result.error):
        return [p.name for p in known if _large(p)] or names
    missing = re.findall(r"'(\w+)'", result.error) if "required" in result.error else []
    said = set(_identifiers(result.error))
    by_message = [name for name in names if name in missing or (len(name) > 2 and name in said)]
    words: set[str] = set()
    for (where, _, _), line in zip(result.frames, result.lines, strict=True):
        if where == "__init__":
            words |= set(_identifiers(line))
            break
    by_line = [name for name in names if name in words]
    required = [p.name for p in known if p.default is p.empty]
    inner = [name for name in names if any(name in _identifiers(line) for line in result.lines)]
    return list(dict.fromkeys(by_message + by_line + inner)) or required
