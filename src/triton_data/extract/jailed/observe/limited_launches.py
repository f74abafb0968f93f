"""Launches that end: each kernel gets so many seconds of Triton's interpreter, and after that the host code goes on.

A test at the size of a GPU would never get past its first kernel; so it gets past all of them, and what its launchers
were called with is known. `LAUNCHED.cut` counts what was left unfinished: nothing after it can be trusted to be a
result. Runs in the jail. Not covered: code that waits for a value which only a kernel would write.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from triton.runtime import interpreter

EACH = 3.0  # seconds of the processor for one launch
TOGETHER = 8.0  # for all that one usage launches
_CHECKED = ("set_grid_idx", "create_masked_load", "create_load", "create_dot", "create_masked_store")


class _TooLong(Exception):
    pass


@dataclass
class Launched:
    names: list[str] = field(default_factory=list)
    cut: int = 0
    each: float = EACH
    left: float = TOGETHER
    until: float = float("inf")
    skipping: bool = False


LAUNCHED = Launched()


def install(each: float = EACH, together: float = TOGETHER) -> None:
    LAUNCHED.names, LAUNCHED.cut, LAUNCHED.each, LAUNCHED.left = [], 0, each, together
    if getattr(interpreter.GridExecutor.__call__, "limited", False):
        return
    builder = interpreter.interpreter_builder
    for name in _CHECKED:
        if hasattr(builder, name):
            setattr(builder, name, _checking(getattr(builder, name)))
    interpreter.GridExecutor.__call__ = _limited(interpreter.GridExecutor.__call__)
    interpreter.GridExecutor.__init__ = _reading_texts(interpreter.GridExecutor.__init__)


def _reading_texts(original: Any) -> Any:
    """An annotation may be a text, `"tl.constexpr"`, as all are under `from __future__ import annotations`: a compiler
    reads it, the interpreter does not."""

    def made(executor: Any, fn: Any, arg_names: Any, *args: Any, **kwargs: Any) -> None:
        original(executor, fn, arg_names, *args, **kwargs)
        executor.constexprs = [name for name in arg_names if "constexpr" in str(fn.__annotations__.get(name, ""))]

    return made


def _checking(original: Any) -> Any:
    def checked(*args: Any, **kwargs: Any) -> Any:
        if time.process_time() > LAUNCHED.until:
            raise _TooLong
        return original(*args, **kwargs)

    return checked


def _limited(original: Any) -> Any:
    def launch(executor: Any, *args: Any, **kwargs: Any) -> None:
        LAUNCHED.names.append(getattr(executor.fn, "__name__", "kernel"))
        began = time.process_time()
        LAUNCHED.until = began + min(LAUNCHED.each, LAUNCHED.left)
        try:
            if LAUNCHED.skipping or LAUNCHED.left <= 0:
                raise _TooLong
            original(executor, *args, **kwargs)
        except Exception as error:
            if not _too_long(error):
                raise
            LAUNCHED.cut += 1
        finally:
            LAUNCHED.until = float("inf")
            LAUNCHED.left -= time.process_time() - began

    launch.limited = True  # type: ignore[attr-defined]
    return launch


def _too_long(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, _TooLong):
            return True
        error = error.__cause__ or error.__context__
    return False
