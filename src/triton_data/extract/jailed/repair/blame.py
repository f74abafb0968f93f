"""What a failed constructor objects to: which arguments are to blame, and what would have been taken.

Enters: the `Result` of an attempt, the parameters, and the values that are open to each of them. Leaves: names, the
likeliest first; and the values of those moved, what the message asks for to the front. Runs in the jail.
Not covered: trying them (jailed/search/construct.py).
"""

from __future__ import annotations

import enum
import inspect
import re
from collections.abc import Iterable
from typing import Any

from triton_data.extract.jailed.attempt import Attempt, Result, TooSlow, _identifiers
from triton_data.extract.jailed.guess.config_objects import part_text
from triton_data.extract.jailed.guess.instances import large

_ITERATED = re.compile(r"'(int|float)' object is not (iterable|subscriptable|reversible)|non-iterable")
_PARTS = f"torch.nn.ModuleList([{part_text()}, {part_text()}])"
# (what the error says, what kind of value would not have raised it)
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
_ASKED = re.compile(r"indices must be integers.*not '?str|object has no attribute|type '?\w+'? is not subscriptable")
_QUOTED = re.compile(r"['\"`]([A-Za-z][\w-]{0,24})['\"`]")
_NUMBERS = re.compile(
    r"(?:must be|should be|has to be|one of|only|expect\w*) (?:\w+ ){0,2}?\W?(\d+(?:\W+(?:or |and )?\d+)*)"
)
_CHANNELS = re.compile(r"to have (\d+) channels, but got (\d+) channels")
_CHOICES = re.compile(
    r"must be|one of|[Uu]nknown|[Ii]nvalid|[Uu]nsupported|choose|[Ee]xpected|not in|interpret|KeyError"
)


def tell(
    result: Result,
    blamed: list[str],
    options: dict[str, list[str]],
    chosen: dict[str, int],
    attempt: Attempt,
) -> None:
    """Move what the error message asks for to the front: an instance of a class of the file that it names, a kind of
    value, or one of the choices that it quotes."""
    namespace = attempt.namespace
    wants = re.search("must|should|(?<!un)expected|extend|instance|subclass", result.error)
    asks = wants is not None and "missing" not in result.error
    named = [word for word in _identifiers(result.error) if asks and isinstance(namespace.get(word), type)]
    told = [way for name in dict.fromkeys(named) for way in _instances(name, namespace)]
    valid = re.search(r"is not a valid (\w+)", result.error)
    kinds = namespace.get(valid[1]) if valid else None
    if isinstance(kinds, type) and issubclass(kinds, enum.Enum):
        told += [repr(kind.value) for kind in kinds]
    for pattern, values in _WANTED:
        if re.search(pattern, result.error):
            told += values
    fixed = _CHANNELS.search(result.error)
    given = [options[name][chosen[name]] for name in blamed if name in chosen and name in options]
    if fixed is not None and fixed[1] in given:  # what the model itself makes has another number of them
        told.append(fixed[2])
    if not told and _CHOICES.search(result.error):
        quoted = _QUOTED.findall(re.sub("<class '.*?'>", "", result.error))
        told = [repr(word) for word in quoted if word not in options][:6]
    if not told and (found := _NUMBERS.search(result.error)):
        told = re.findall(r"\d+", found[1])[:4]
    if _OUTSIDE.match(result.error):
        told = ["None", "False"]
    for name in blamed[:3]:
        known, tried = options.get(name, []), chosen.get(name, -1) + 1
        asked = [attempt.questions.stand_in(name)] if _ASKED.search(result.error) else []
        ideas = dict.fromkeys([*_twice(result, told, known[:tried]), *_called(result, known[:tried]), *told, *asked])
        fresh = [value for value in ideas if value not in known[:tried]]
        options[name] = [*known[:tried], *fresh, *(value for value in known[tried:] if value not in fresh)]


def _instances(name: str, namespace: dict[str, Any]) -> list[str]:
    """Of the class, and of what inherits from it: bases are often not meant to be called."""
    base = namespace[name]
    if issubclass(base, BaseException):
        return []
    heirs = [n for n, v in namespace.items() if isinstance(v, type) and v is not base and issubclass(v, base)]
    return [f"⟦new {n}⟧" for n in (*heirs[:2], name)]


# published weights are neither there nor wanted: the network and the home folder are out of reach
_OUTSIDE = re.compile(
    r"(PermissionError|URLError|gaierror|FileNotFoundError|OSError|LocalEntryNotFound|OfflineMode|MaxRetry|HTTPError|"
    r"ConnectionError|ConnectError|NameResolution|.*([Dd]ownload|Temporary failure in name resolution|proxy))"
)


def blamed_for(result: Result, known: list[inspect.Parameter], settings: Iterable[str]) -> list[str]:
    """Parameters and settings named on the failing line; those named in the message; else what is required."""
    names = [*(p.name for p in known), *settings]
    if _OUTSIDE.match(result.error):
        fetching = [name for name in names if re.search("weights|pretrain|checkpoint|ckpt|download|url|hub", name)]
        if fetching:
            return fetching
    if result.raised[:1] == (TooSlow,) or re.match("MemoryError|.*can't allocate", result.error):
        return [p.name for p in known if large(p)] or names
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
    inner = [name for line in reversed(result.lines) for name in names if name in _identifiers(line)]
    return list(dict.fromkeys(by_message + inner[:1] + by_line + inner)) or required


def _twice(result: Result, told: list[str], tried: list[str]) -> list[str]:
    """A pair of the number that was tried last, where the constructor wanted to go through it."""
    last = tried[-1] if tried else ""
    pairs = told and _ITERATED.search(result.error) and last.replace(".", "").isdigit()
    return [f"({last}, {last})"] if pairs else []


def _called(result: Result, tried: list[str]) -> list[str]:
    """Not settings but a part; not a list of numbers but of parts."""
    if "SimpleNamespace' object is not callable" in result.error:
        return ["⟦module⟧"]
    listed = bool(tried) and tried[-1].startswith(("[", "("))
    return [_PARTS] if listed and "object is not callable" in result.error else []
