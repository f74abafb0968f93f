"""What runs inside of the jail: a written module, twice with one seed and once with another.

In: a payload of plain JSON, `{"text", "entry"}`. Out: a category and its detail, or what was seen: operators, shapes.
Foreign exceptions become words. Everything here executes code that we did not write: call it in a jail and nowhere
else. Not covered: compilers.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import sys
import types
import warnings
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from triton_data.formats.program_form import arguments

LARGEST = 1 << 26  # numbers in all inputs, and in all outputs
MOST_OPERATORS = 2000
MOST_PRINTED = 1 << 16
_OF_SIZES = (
    "shape", "size", "dimension", "must match", "mat1 and mat2", "expected input", "broadcast", "channels",
    "inconsistent tensor", "kernel size", "out of range", "elements", "output size", "normalized_shape", "stride",
)  # fmt: skip


class _Seen(TorchDispatchMode):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.operators: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.namespace == "aten" and len(self.operators) < MOST_OPERATORS:
            self.operators.append(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


class _Wrong(Exception):
    def __init__(self, category: str, detail: str) -> None:
        super().__init__(detail)
        self.category, self.detail = category, detail


_WARMING = """
import torch
import torch.nn as nn

class Warm(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(16, 4))

    def forward(self, x):
        return torch.softmax(self.part(x), -1)

def get_inputs():
    return [torch.randn(2, 2, 4, 4)]

def get_init_inputs():
    return [], {}
"""


def warm() -> None:
    """What the first module makes torch load and build, once for all of them."""
    check({"text": _WARMING, "entry": "Warm"})


class _Sink(io.TextIOBase):
    """What is printed goes nowhere, and not without end."""

    def __init__(self) -> None:
        super().__init__()
        self.left = MOST_PRINTED

    def write(self, text: str) -> int:
        self.left -= len(text)
        if self.left < 0:
            raise _Wrong("output", f"it prints more than {MOST_PRINTED} characters")
        return len(text)


def check(payload: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    with warnings.catch_warnings(), contextlib.redirect_stdout(_Sink()):
        warnings.simplefilter("ignore")
        try:
            return _checked(payload["text"], payload["entry"]), []
        except _Wrong as wrong:
            return {"category": wrong.category, "detail": wrong.detail[:1000]}, []


def _checked(text: str, entry: str) -> dict[str, Any]:
    namespace = _loaded(text)
    model = namespace.get(entry)
    if not (isinstance(model, type) and issubclass(model, torch.nn.Module)):
        raise _Wrong("form", f"{entry} is no nn.Module")
    first, seen, given = _ran(namespace, model, 1)
    second, _, _ = _ran(namespace, model, 1)
    other, _, changed = _ran(namespace, model, 2)
    _judge(first, second, other, given, changed)
    return {
        "operators": seen.operators,
        "inputs": [list(tensor.shape) for tensor in given],
        "outputs": [list(tensor.shape) for tensor in first],
    }


def _loaded(text: str) -> dict[str, Any]:
    module = types.ModuleType("written")
    module.__file__ = "written.py"
    sys.modules["written"] = module
    linecache.cache["written.py"] = (len(text), None, text.splitlines(True), "written.py")
    torch.manual_seed(0)
    try:
        exec(compile(text, "written.py", "exec"), module.__dict__)
    except _Wrong:
        raise
    except ImportError as error:
        raise _Wrong("import", _words(error)) from None
    except PermissionError:  # the jail's answer: it says more about it than we could
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code may raise anything
        raise _Wrong("runtime", f"while it is imported: {_words(error)}") from None
    return module.__dict__


def _ran(namespace: dict[str, Any], model: type, seed: int) -> tuple[list[Any], _Seen, list[Any]]:
    """The module has the same weights each time; the inputs follow the seed."""
    torch.manual_seed(0)
    places, names = _called("get_init_inputs()", lambda: arguments(namespace["get_init_inputs"]()))
    module = _called("the constructor", lambda: model(*places, **names))
    module.eval()
    torch.manual_seed(seed)
    args, kwargs = _called("get_inputs()", lambda: arguments(namespace["get_inputs"]()))
    given = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
    if not given:
        raise _Wrong("form", "get_inputs() returns no tensor")
    if sum(tensor.numel() for tensor in given) > LARGEST:
        raise _Wrong("too_large", f"more than {LARGEST} numbers go in")
    copies = [tensor.clone() for tensor in given]
    with torch.no_grad(), _Seen() as seen:
        result = _called("forward()", lambda: module(*args, **kwargs))
    tensors = [leaf for leaf in tree_leaves(result) if isinstance(leaf, torch.Tensor)]
    if not tensors:
        raise _Wrong("no_tensor", f"forward() returns {type(result).__name__}, and no tensor in it")
    if sum(tensor.numel() for tensor in tensors) > LARGEST:
        raise _Wrong("too_large", f"more than {LARGEST} numbers come out")
    return tensors, seen, copies


def _called(where: str, call: Any) -> Any:
    try:
        return call()
    except (PermissionError, _Wrong):
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code may raise anything
        words = _words(error)
        of_sizes = isinstance(error, RuntimeError | ValueError | IndexError | AssertionError) and any(
            each in words.lower() for each in _OF_SIZES
        )
        raise _Wrong("shape" if of_sizes else "runtime", f"{where}: {words}") from None


def _judge(first: list[Any], second: list[Any], other: list[Any], given: list[Any], changed: list[Any]) -> None:
    for number, tensor in enumerate(first):
        which = f"output {number}" if len(first) > 1 else "the output"
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise _Wrong("not_finite", f"{which} has NaN or infinity in it")
    if not all(tensor.numel() for tensor in first):
        raise _Wrong("degenerate", "an output has no elements")
    if not _same(first, second):
        raise _Wrong("nondeterministic", "two runs with the same seed give different outputs")
    if all(tensor.numel() > 1 and bool((tensor == tensor.flatten()[0]).all()) for tensor in first):
        raise _Wrong("degenerate", "the output is constant")
    if [tensor.shape for tensor in first] != [tensor.shape for tensor in other]:
        raise _Wrong("shape", "the output's shape depends on the values of the inputs")
    if not _same(given, changed) and _same(first, other):
        raise _Wrong("degenerate", "the output does not depend on the inputs")


def _same(one: list[Any], other: list[Any]) -> bool:
    if len(one) != len(other):
        return False
    return all(a.shape == b.shape and torch.equal(a, b) for a, b in zip(one, other, strict=True))


def _words(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {' '.join(lines)[:800]}"
