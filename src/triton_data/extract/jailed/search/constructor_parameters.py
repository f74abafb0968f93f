"""What a constructor can be given: its parameters with those that it hands on, and the values that are open to each.

In: an `Attempt` and a class. Out: parameters, and expressions for them, the likeliest first. Runs in the jail.
Not covered: which of the values to try (guess_constructor.py), guesses by name alone (jailed/guess/guess.py).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Container
from typing import Any

import torch

from triton_data.extract.jailed.attempt import Attempt, Result
from triton_data.extract.jailed.guess.guess import constructor_values
from triton_data.extract.jailed.guess.instances import instances_of, lists_of_records, parameters


def of_bases(cls: type) -> list[inspect.Parameter]:
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
        if init is not None and not takes_keywords(init):
            break
    return list(found.values())


def takes_keywords(function: Any) -> bool:
    try:
        known = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(p.kind is p.VAR_KEYWORD for p in known)


def open_values(attempt: Attempt, cls: type, parameter: inspect.Parameter) -> list[str]:
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
        values = [*values[:later], attempt.questions.mark_for(parameter.name), *values[later:]]
    if parameter.annotation is parameter.empty:
        values = [*lists_of_records(parameter.name, attempt), *values]
    return list(dict.fromkeys(values))


def missing_keywords(result: Result, chosen: Container[str]) -> list[str]:
    """Arguments that a base class, or what else they are handed on to, asks for through `**kwargs`."""
    asks = re.search("required|KeyError|must be (given|provided|specified|set|passed)", result.error)
    asked = re.findall(r"['`\"](\w+)['`\"]", result.error) if asks else []
    return [name for name in asked if name not in chosen and name.isidentifier()]
