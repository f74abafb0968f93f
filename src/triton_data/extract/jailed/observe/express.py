"""Python values as source text, so that what was seen in one run can be written into a standalone file.

In: a value met while foreign code ran, and what `Constructions` remembers of how objects were constructed. Out: an
expression; names of the executed file stand between ⟦ and ⟧, because another file may call them otherwise.
Runs in the jail. Not covered: open files, generators, anything whose constructor was not seen (`Inexpressible`).
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import math
import types
from typing import Any

import torch

MAX_DEPTH = 8
MAX_TEXT = 4000


class Inexpressible(Exception):
    pass


class Constructions:
    """How objects were constructed: (class, args, kwargs), by id; the objects are kept alive so that ids stay true."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self._by_id: dict[int, tuple[Any, type, tuple[Any, ...], dict[str, Any]]] = {}

    def remember(self, obj: Any, cls: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._by_id[id(obj)] = (obj, cls, args, kwargs)

    def knows(self, obj: Any) -> bool:
        return id(obj) in self._by_id and self._by_id[id(obj)][0] is obj

    def express(self, value: Any, depth: int = 0) -> str:
        if depth > MAX_DEPTH:
            raise Inexpressible("nested too deeply")
        text = self._express(value, depth + 1)
        if len(text) > MAX_TEXT:
            raise Inexpressible("too long")
        return text

    def _express(self, value: Any, depth: int) -> str:
        if value is None or value is Ellipsis or isinstance(value, bool | str | bytes):
            return repr(value) if value is not Ellipsis else "..."
        if isinstance(value, enum.Enum):
            return f"{self.name_of(type(value))}.{value.name}"
        if type(value) in (int, complex):
            return repr(value)
        if type(value) is float:
            return repr(value) if math.isfinite(value) else f'float("{value}")'
        if isinstance(value, torch.Tensor):
            return express_tensor(value)
        if isinstance(value, torch.dtype | torch.device | torch.memory_format):
            return f'torch.device("{value}")' if isinstance(value, torch.device) else str(value)
        if isinstance(value, list | tuple | set | frozenset | dict):
            return self._container(value, depth)
        if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType):
            return self.name_of(value)
        return self._object(value, depth)

    def _container(self, value: Any, depth: int) -> str:
        if isinstance(value, dict):
            items = ", ".join(f"{self.express(k, depth)}: {self.express(v, depth)}" for k, v in value.items())
            return "{" + items + "}" if type(value) is dict else self._object(value, depth)
        if hasattr(value, "_fields"):  # a namedtuple
            return f"{self.name_of(type(value))}({', '.join(self.express(v, depth) for v in value)})"
        inner = ", ".join(self.express(v, depth) for v in value)
        if isinstance(value, list):
            return f"[{inner}]"
        if isinstance(value, tuple):
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        return f"{type(value).__name__}([{inner}])"

    def _object(self, value: Any, depth: int) -> str:
        if self.knows(value):
            _, cls, args, kwargs = self._by_id[id(value)]
            return self.call(self.name_of(cls), args, kwargs, depth)
        if isinstance(value, functools.partial):
            return self.call("functools.partial", (value.func, *value.args), value.keywords, depth)
        if isinstance(value, types.SimpleNamespace) or type(value).__name__ == "Namespace":
            return self.call("types.SimpleNamespace", (), vars(value), depth)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.init}
            return self.call(self.name_of(type(value)), (), fields, depth)
        if isinstance(value, range | slice):
            return repr(value)
        if hasattr(value, "item") and type(value).__module__ == "numpy":
            return self.express(value.item() if value.ndim == 0 else value.tolist(), depth)
        raise Inexpressible(type(value).__name__)

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], depth: int = 0) -> str:
        parts = [self.express(arg, depth) for arg in args]
        parts += [f"{key}={self.express(v, depth)}" for key, v in kwargs.items()]
        return f"{name}({', '.join(parts)})"

    def name_of(self, value: Any) -> str:
        name = getattr(value, "__name__", "")
        if self.namespace.get(name) is value:
            return f"⟦{name}⟧"
        for alias, known in self.namespace.items():
            if known is value and alias.isidentifier() and not alias.startswith("__"):
                return f"⟦{alias}⟧"
        return public_name(value)


_HOMES = (
    (torch.nn, "torch.nn"),
    (torch.nn.functional, "torch.nn.functional"),
    (torch, "torch"),
    (math, "math"),
    (torch.nn.init, "torch.nn.init"),
)


def public_name(value: Any) -> str:
    name = getattr(value, "__name__", "")
    for home, dotted in _HOMES:
        if getattr(home, name, None) is value:
            return f"{dotted}.{name}"
    import builtins

    if name and getattr(builtins, name, None) is value:
        return str(name)
    raise Inexpressible(f"{type(value).__name__} {name}")


def express_tensor(value: torch.Tensor) -> str:
    if type(value) not in (torch.Tensor, torch.nn.Parameter) or value.layout is not torch.strided:
        raise Inexpressible("tensor subclass or sparse tensor")
    shape, dtype = tuple(value.shape), value.dtype
    if value.device.type == "meta":
        return f"torch.randn({shape})" if dtype.is_floating_point else f"torch.zeros({shape}, dtype={dtype})"
    suffix = "" if dtype is torch.get_default_dtype() else f", dtype={dtype}"
    data = value.detach()
    if dtype is torch.bool:
        if bool(data.all()):
            return f"torch.ones({shape}, dtype=torch.bool)"
        if not bool(data.any()):
            return f"torch.zeros({shape}, dtype=torch.bool)"
        if data.ndim >= 2 and data.shape[-1] == data.shape[-2] and bool((data == data.tril()).all()):
            return f"torch.ones({shape}, dtype=torch.bool).tril()"
        return f"torch.rand({shape}) < 0.5"
    if dtype.is_complex:
        return f"torch.randn({shape}, dtype={dtype})"
    if not dtype.is_floating_point:
        return _integers(data, shape, dtype)
    if data.numel() == 0:
        return f"torch.zeros({shape}{suffix})"
    low, high = float(data.min()), float(data.max())
    if low == high and low in (0.0, 1.0):
        return f"torch.{'zeros' if low == 0 else 'ones'}({shape}{suffix})"
    if low >= 0:  # after a ReLU, a softmax, a square: what follows may take a root or a logarithm
        return f"torch.rand({shape}{suffix})"
    return f"torch.randn({shape}{suffix})"


def _integers(data: torch.Tensor, shape: tuple[int, ...], dtype: torch.dtype) -> str:
    suffix = "" if dtype is torch.int64 else f", dtype={dtype}"
    if data.numel() == 0:
        return f"torch.zeros({shape}, dtype={dtype})"
    if data.numel() <= 8:
        return (
            f"torch.tensor({data.tolist()}, dtype={dtype})"
            if suffix or data.ndim == 0
            else f"torch.tensor({data.tolist()})"
        )
    low, high = int(data.min()), int(data.max())
    if data.ndim == 1 and bool((data == torch.arange(low, low + data.numel())).all()):
        return f"torch.arange({low}, {low + data.numel()}{suffix})"
    if low == high:
        return f"torch.full({shape}, {low}, dtype={dtype})"
    return f"torch.randint({low}, {high + 1}, {shape}{suffix})"
