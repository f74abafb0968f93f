"""Floating-point numbers that were converted to an integer type which does not hold them: nobody says to what.

`with Conversions(True) as seen:` around a call; then `seen.undefined`. Not covered: conversions inside of a library's
operation.
"""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import Any

import torch

from triton_data.formats.dispatch_mode import DispatchMode

_CONVERTING = frozenset({torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default})


class Conversions:
    """A dispatch mode costs a call, so it is entered only where it is asked for."""

    def __init__(self, watching: bool) -> None:
        self.undefined = False
        self._mode = _Watching(self) if watching else contextlib.nullcontext()

    def __enter__(self) -> Conversions:
        self._mode.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._mode.__exit__(kind, error, traceback)


class _Watching(DispatchMode):
    def __init__(self, seen: Conversions) -> None:
        super().__init__()
        self.seen = seen

    def __torch_dispatch__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if func in _CONVERTING:
            self.seen.undefined |= _undefined(args[-1] if func is torch.ops.aten.copy_.default else args[0], result)
        return result


def _undefined(given: Any, result: Any) -> bool:
    if not isinstance(given, torch.Tensor) or not given.is_floating_point() or not given.numel():
        return False
    if result.is_floating_point() or result.is_complex() or result.dtype is torch.bool:
        return False
    bounds = torch.iinfo(result.dtype)
    whole = given.double().trunc()
    return bool((~whole.isfinite() | (whole < bounds.min) | (whole > bounds.max)).any())
