"""Values that must be made themselves: configs, and instances of the file's own classes.

In: an `Attempt`, a class and keyword arguments with marks such as ⟦new Config⟧. Out: the `Result` of
constructing it and the arguments as they were in the end. A config of unknown class is a `ConfigObject`.
Runs in the jail. Not covered: which arguments to give (jailed/search/construct.py).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from triton_data.extract.jailed.attempt import Attempt, Result
from triton_data.extract.jailed.guess.config_objects import Answers, ConfigModule, ConfigObject, ask_later, text_of
from triton_data.extract.jailed.guess.guess import INSTANCES, constructor_values

_LAYERS = r"layers?$|depth|blocks?$"
_MARKS = re.compile(rf"⟦({'|'.join(INSTANCES)}) (\w+)⟧")
_MARKED = re.compile(rf"⟦({'|'.join(INSTANCES)}) (.*)⟧$")


def parameters(function: object) -> list[inspect.Parameter]:
    try:
        found = list(inspect.signature(function).parameters.values())  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return []
    return [p for p in found if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def unwritten(forward: Any) -> bool:
    """The one that every module has, which only raises."""
    return getattr(forward, "__func__", None) is torch.nn.Module.forward


def called(model: Any) -> Any:
    """What a call of the model asks for: as `forward` does, or where the class has no use for hooks a `__call__` of its
    own; if that hands on whatever it is given, `forward` knows what."""
    own = type(model).__call__
    hands_on = not parameters(model.__call__) and not unwritten(model.forward)
    return model.forward if own is torch.nn.Module.__call__ or hands_on else model.__call__


def instances_of(name: str) -> list[str]:
    """Ways to make one. Published sizes are too large to try, but belong together: so small sizes, then the same sizes
    with few layers, then all of them an eighth, then nothing but what is required."""
    return [f"⟦{how} {name}⟧" for how in INSTANCES]


def lists_of_records(name: str, attempt: Attempt) -> list[str]:
    """`columns` that the code tells apart with isinstance: of each plain class whose name shares a word with it."""
    if not name.endswith("s"):
        return []
    words = [word for word in name.lower().rstrip("s").split("_") if len(word) > 3]
    found = []
    for kind in attempt.questions.kinds:
        known = attempt.namespace.get(kind)
        if not isinstance(known, type) or known.__module__ != "standalone":
            continue
        parts = [part.lower() for part in re.findall(r"[A-Z][a-z]+", kind) if len(part) > 3]
        alike = any(word.startswith(part) or part.startswith(word) for word in words for part in parts)
        if alike and not issubclass(known, torch.nn.Module | torch.Tensor | BaseException):
            found.append(f"[⟦new {kind}⟧]")
    return found


@dataclass(frozen=True, slots=True)
class ConstructedWith:
    result: Result
    kwargs: dict[str, str]
    settings: tuple[str, ...] = ()  # settings that were asked for by name


def construct_with(attempt: Attempt, cls: type, kwargs: dict[str, str], chosen: dict[str, str]) -> ConstructedWith:
    """Values that must be made themselves: another class of the file, or settings, answered by what is `chosen`."""
    kwargs = dict(kwargs)
    answers = Answers(attempt, chosen)
    objects: dict[str, ConfigObject | ConfigModule] = {}
    for name, text in kwargs.items():
        marked = _MARKED.match(text)
        if marked:
            kwargs[name] = _instance_text(attempt, marked[2], _HOW[marked[1]])
        elif text.startswith("[⟦"):
            kwargs[name] = _MARKS.sub(lambda one: _instance_text(attempt, one[2], _HOW[one[1]]), text)
        elif text == "⟦config⟧":
            objects[name] = ConfigObject(name, answers)
        elif text == "⟦module⟧":
            objects[name] = ConfigModule(name, answers)
        elif text == "⟦identity⟧":
            kwargs[name] = "torch.nn.Identity()"
    if not objects:
        return ConstructedWith(attempt.construct(cls, [], kwargs), kwargs)
    plain_kwargs = {name: text for name, text in kwargs.items() if name not in objects}
    result = attempt.construct(cls, [], plain_kwargs, objects)
    if result.ok:
        for each in objects.values():
            ask_later(each, attempt)
        kwargs |= {name: text_of(each) for name, each in objects.items()}
        result = attempt.construct(cls, [], kwargs)
    return ConstructedWith(result, kwargs, tuple(answers.given))


_How = Callable[[inspect.Parameter], int | None]  # another default, 0: guess one; None: leave it


def _small(parameter: inspect.Parameter) -> int | None:
    return 0 if large(parameter) else None


def _shallow(parameter: inspect.Parameter) -> int | None:
    if not large(parameter):
        return None
    layers = re.search(_LAYERS, parameter.name.lower())
    return 2 if layers else 1000 if parameter.default >= 16384 else None


def eighth(parameter: inspect.Parameter) -> int | None:
    if not large(parameter):
        return None
    return 2 if re.search(_LAYERS, parameter.name.lower()) else max(1, parameter.default // 8)


_HOW: dict[str, _How] = {"new": _small, "shallow": _shallow, "eighth": eighth, "plain": lambda parameter: None}


def _instance_text(attempt: Attempt, name: str, how: _How, depth: int = 0) -> str:
    """An instance of a class of the file, with guesses for what it requires."""
    cls = attempt.namespace[name]
    parts = []
    for parameter in parameters(cls):
        size = 0 if parameter.default is parameter.empty else how(parameter)
        if size:
            parts.append(f"{parameter.name}={size}")
        elif size == 0:
            value = constructor_values(parameter, attempt.namespace, attempt.literals)[0]
            if attempt.interpreted and value == "2" and re.search(_LAYERS, parameter.name.lower()):
                value = "1"  # another would take as long again
            marked = _MARKED.match(value)
            if value == "⟦config⟧":
                value = "types.SimpleNamespace()"
            elif marked:
                value = _instance_text(attempt, marked[2], how, depth + 1) if depth < 3 else "None"
            parts.append(f"{parameter.name}={value}")
    return f"⟦{name}⟧({', '.join(parts)})"


def large(parameter: inspect.Parameter) -> bool:
    """A published model's size: nobody needs 24 layers of 2048 to see what a class does."""
    default, name = parameter.default, parameter.name.lower()
    if type(default) is not int or re.search(r"_id$|token_id|idx|seed|theta|size_limit", name):
        return False
    return default >= 256 or (default > 4 and re.search(_LAYERS, name) is not None)
