"""Tensors without memory, without the second that loading Dynamo takes.

In: nothing. Out: torch's mode for fake tensors, entered. Its constructor reads two switches of Dynamo's settings, its
first operation asks Dynamo to look away, and either imports all of it; here the settings are read from their file
alone, and nobody looks, unless Dynamo is there already. Not covered: whatever else needs Dynamo under the mode: it
raises, and whoever asked loads Dynamo and asks again.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

DYNAMO = "torch._dynamo"


@contextlib.contextmanager
def fake_tensors() -> Iterator[None]:
    with _settings_of_dynamo(), FakeTensorMode(allow_non_fake_inputs=True):
        yield


def lacks_dynamo(error: BaseException | None) -> bool:
    """Whether it was raised because not all of Dynamo was there."""
    if DYNAMO in sys.modules or error is None:
        return False
    return DYNAMO in str(error) or lacks_dynamo(error.__cause__ or error.__context__)


@contextlib.contextmanager
def _settings_of_dynamo() -> Iterator[None]:
    if DYNAMO in sys.modules:
        yield
        return
    package: Any = types.ModuleType(DYNAMO)
    package.__path__ = [str(Path(torch.__file__).parent / "_dynamo")]
    asked: list[Any] = []

    def disable(fn: Any, *_: Any, **__: Any) -> Any:
        asked.append(fn)
        return fn

    package.disable = disable
    sys.modules[DYNAMO] = torch._dynamo = package
    try:
        importlib.import_module(f"{DYNAMO}.config")
        package.__path__ = []  # and nothing else of it
        yield
    finally:
        for fn in asked:
            vars(fn).pop("__dynamo_disable", None)  # what torch remembers of our answer
        if sys.modules.get(DYNAMO) is package:
            _forget()


def _forget() -> None:
    """So that whoever asks for Dynamo later gets it whole."""
    for name in [name for name in sys.modules if name == DYNAMO or name.startswith(f"{DYNAMO}.")]:
        del sys.modules[name]
    vars(torch).pop("_dynamo", None)
