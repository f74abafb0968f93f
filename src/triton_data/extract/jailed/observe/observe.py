"""Run a piece of usage once and note how every class in it was constructed and called.

In: the namespace of a standalone file while a function of it is called. Out: evidence, one entry for each way in which
a class of the file was used: constructor and forward arguments as source text (express.py).
Runs in the jail. Not covered: calls that do not go through `Module.__call__`, arguments that changed before the call.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from triton_data.extract.jailed.observe.express import Constructions, Inexpressible
from triton_data.extract.wire import Call, Evidence, EvidenceByClass

MAX_PER_CLASS = 4
MAX_CALLS = 2  # of one instance


@dataclass(eq=False)
class _Instance:
    """What is noted of one object while it is watched."""

    init: tuple[str, ...] | None  # None: its arguments have no source text
    init_kw: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    call_failed: str = ""


def _plain_new(cls: type, *args: Any, **kwargs: Any) -> Any:
    return object.__new__(cls)


class Observer:
    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.constructions = Constructions(namespace)
        self.ours = {v for v in namespace.values() if isinstance(v, type)}
        self._instances: dict[type, list[_Instance]] = {}
        self._by_id: dict[int, _Instance] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        module = torch.nn.Module
        call = module.__call__
        inits = self._wrap_inits()
        module.__new__ = staticmethod(self._new())
        module.__call__ = self._call(call)
        try:
            yield
        finally:
            # deleting it would leave a slot behind that refuses constructor arguments
            module.__new__ = staticmethod(_plain_new)
            module.__call__ = call
            for cls, init in inits:
                cls.__init__ = init  # type: ignore[misc]

    def _new(self) -> Callable[..., Any]:
        def new(cls: type, *args: Any, **kwargs: Any) -> Any:
            obj: Any = object.__new__(cls)
            self.constructions.remember(obj, cls, args, kwargs)
            if cls in self.ours:
                self._constructed(obj, cls, args, kwargs)
            return obj

        return new

    def _constructed(self, obj: Any, cls: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            # at once: the constructor may change what it was given
            written = self._written(args, kwargs)
            instance = _Instance(written.args, written.kwargs)
        except Inexpressible:
            instance = _Instance(None)
        self._by_id[id(obj)] = instance
        self._instances.setdefault(cls, []).append(instance)

    def _written(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        express = self.constructions.express
        return Call(tuple(express(arg) for arg in args), {key: express(value) for key, value in kwargs.items()})

    def _call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def call(module: Any, *args: Any, **kwargs: Any) -> Any:
            instance = self._by_id.get(id(module))
            if instance is not None and len(instance.calls) < MAX_CALLS:
                try:
                    written = self._written(args, kwargs)
                    if written not in instance.calls:
                        instance.calls.append(written)
                except Inexpressible as error:
                    instance.call_failed = instance.call_failed or str(error)
            return original(module, *args, **kwargs)

        return call

    def _wrap_inits(self) -> list[tuple[type, Any]]:
        """Plain classes of the file (configs, samplers): remember how they were constructed as well."""
        wrapped = []
        for cls in self.ours:
            init = cls.__dict__.get("__init__")
            if init is None or issubclass(cls, torch.nn.Module | BaseException) or not inspect.isfunction(init):
                continue
            wrapped.append((cls, init))
            cls.__init__ = self._init(init)  # type: ignore[method-assign]
        return wrapped

    def _init(self, init: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(init)
        def wrapper(obj: Any, *args: Any, **kwargs: Any) -> None:
            if not self.constructions.knows(obj):
                self.constructions.remember(obj, type(obj), args, kwargs)
            init(obj, *args, **kwargs)

        return wrapper

    def evidence(self) -> EvidenceByClass:
        """By the class's name in the file; called ones first, each distinct use once."""
        names = {value: name for name, value in self.namespace.items() if isinstance(value, type)}
        result: EvidenceByClass = {}
        for cls, instances in self._instances.items():
            distinct: list[Evidence] = []
            for each in sorted(instances, key=lambda instance: not instance.calls):
                if each.init is not None:
                    entry = Evidence(each.init, each.init_kw, tuple(each.calls), each.call_failed)
                    if entry not in distinct:
                        distinct.append(entry)
            result[names[cls]] = tuple(distinct[:MAX_PER_CLASS])
        return result
