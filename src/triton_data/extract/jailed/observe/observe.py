"""Run a piece of usage once and note how every class in it was constructed and called.

Enters: the text of a standalone file and the function in it to call. Leaves: evidence, one entry for each way in which
a class of the file was used: constructor and forward arguments as source text (express.py).
Runs in the jail. Not covered: calls that do not go through `Module.__call__`, arguments that changed before the call.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from triton_data.extract.jailed.observe.express import Constructions, Inexpressible

MAX_PER_CLASS = 4
Evidence = dict[str, Any]


def _plain_new(cls: type, *args: Any, **kwargs: Any) -> Any:
    return object.__new__(cls)


class Observer:
    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.made = Constructions(namespace)
        self.ours = {v for v in namespace.values() if isinstance(v, type)}
        self.found: dict[type, list[Evidence]] = {}
        self._of: dict[int, Evidence] = {}
        self._quiet = False

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
            self.made.remember(obj, cls, args, kwargs)
            if cls in self.ours:
                self._constructed(obj, cls, args, kwargs)
            return obj

        return new

    def _constructed(self, obj: Any, cls: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        known = self.found.setdefault(cls, [])
        try:
            # at once: the constructor may change what it was given
            evidence = {
                "init": [self.made.express(arg) for arg in args],
                "init_kw": {key: self.made.express(value) for key, value in kwargs.items()},
                "calls": [],
            }
        except Inexpressible as error:
            evidence = {"failed": str(error), "calls": []}
        self._of[id(obj)] = evidence
        known.append(evidence)

    def _call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def call(module: Any, *args: Any, **kwargs: Any) -> Any:
            evidence = self._of.get(id(module))
            if evidence is not None and len(evidence["calls"]) < 2:
                try:
                    noted = {
                        "args": [self.made.express(arg) for arg in args],
                        "kwargs": {key: self.made.express(value) for key, value in kwargs.items()},
                    }
                    if noted not in evidence["calls"]:
                        evidence["calls"].append(noted)
                except Inexpressible as error:
                    evidence.setdefault("call_failed", str(error))
            return original(module, *args, **kwargs)

        return call

    def _wrap_inits(self) -> list[tuple[type, Any]]:
        """Plain classes of the file (configs, samplers): remember how they were made as well."""
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
            if id(obj) not in self.made.made or self.made.made[id(obj)][0] is not obj:
                self.made.remember(obj, type(obj), args, kwargs)
            init(obj, *args, **kwargs)

        return wrapper

    def evidence(self) -> dict[str, list[Evidence]]:
        """By the class's name in the file; called ones first, each distinct use once."""
        names = {value: name for name, value in self.namespace.items() if isinstance(value, type)}
        result: dict[str, list[Evidence]] = {}
        for cls, entries in self.found.items():
            usable = sorted((e for e in entries if "failed" not in e), key=lambda e: not e["calls"])
            distinct: list[Evidence] = []
            for entry in usable:
                if entry not in distinct:
                    distinct.append(entry)
            result[names[cls]] = distinct[:MAX_PER_CLASS]
        return result
