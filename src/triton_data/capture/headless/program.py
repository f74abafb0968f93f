"""A Program's text becomes a callable and its arguments.

Enters: text in KernelBench's form: `entry` (a class or a function), `get_inputs()`, and for a class
`get_init_inputs()`, which returns a list of arguments, or arguments and keywords as `[args, kwargs]`.
Leaves: `Built`. Runs foreign code: call it only in the jail, or on text that you trust.
"""

from __future__ import annotations

import contextlib
import linecache
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from triton_data.formats.program_form import arguments
from triton_data.records import digest


@dataclass(frozen=True, slots=True)
class Built:
    forward: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    made: Made | None = None  # how, where it is a class's


@dataclass(frozen=True, slots=True)
class Made:
    cls: type
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@contextlib.contextmanager
def loaded(text: str) -> Iterator[types.ModuleType]:
    """The text as a module that Dynamo and `inspect` can read the source of, gone again afterwards."""
    name = f"program_{digest(text)[:12]}"  # not a counter: the name gets into comments of the generated code
    module = types.ModuleType(name)
    module.__file__ = f"<{name}>"
    linecache.cache[module.__file__] = (len(text), None, text.splitlines(keepends=True), module.__file__)
    sys.modules[name] = module
    try:
        exec(compile(text, module.__file__, "exec"), module.__dict__)
        yield module
    finally:
        sys.modules.pop(name, None)
        linecache.cache.pop(module.__file__, None)


def build(module: types.ModuleType, entry: str, training: bool) -> Built:
    target = getattr(module, entry)
    args, kwargs = arguments(module.get_inputs())
    if not isinstance(target, type):
        return Built(target, args, kwargs)
    init = module.__dict__.get("get_init_inputs")
    init_args, init_kwargs = arguments(init()) if init else ((), {})
    instance = target(*init_args, **init_kwargs)
    if hasattr(instance, "train"):
        instance.train(training)
    return Built(instance, args, kwargs, Made(target, init_args, init_kwargs))


def require_gradients(built: Built) -> None:
    """Training needs something to differentiate: the module's parameters, or else the floating-point inputs."""
    parameters = getattr(built.forward, "parameters", None)
    if parameters is not None and any(parameter.requires_grad for parameter in parameters()):
        return
    for value in (*built.args, *built.kwargs.values()):
        if hasattr(value, "is_floating_point") and value.is_floating_point() and value.is_leaf:
            value.requires_grad_()
