"""Runs the task, inside the jail, and writes down what it claims. Nothing here is trusted.

In: the task. Out: one frame (frame.py) and the end of the process. The task may patch every function below;
all that it can reach that way is another claim. Not covered: whether the claim is well formed or true, which
is for outside to say.
"""

from __future__ import annotations

import dis
import errno
import importlib
import inspect
import linecache
import os
import socket
import sys
import traceback
import types
from typing import Any, NoReturn

from triton_data.jail import frame

VARARGS, VARKEYWORDS = inspect.CO_VARARGS, inspect.CO_VARKEYWORDS
DENIED = (errno.EPERM, errno.EACCES)
LIMITS = {errno.EFBIG: "file_size", errno.ENOSPC: "disk", errno.EMFILE: "descriptors"}
FORKS = {"fork", "forkpty", "fork_exec", "_fork_exec", "posix_spawn", "vfork"}
NO_THREAD = "can't start new thread"
OUT_OF_MEMORY = ("not enough memory", "can't allocate memory", "out of memory", "Cannot allocate memory")


def perform(task: dict[str, Any], result: int) -> NoReturn:
    try:
        value, tensors = normal(_call(task))
        body = frame.encode({"ok": True, "value": value}, tensors)
    except BaseException as error:  # noqa: BLE001  SystemExit and KeyboardInterrupt are the task's doing too
        _guarded(sys.stdout, "flush")  # what it printed came before its traceback
        _guarded(traceback, "print_exc")
        body = frame.encode({"ok": False, **_claim(error)})
    _guarded(sys.stdout, "flush")
    _guarded(sys.stderr, "flush")
    view = memoryview(body)
    while view:
        view = view[os.write(result, view) :]
    os._exit(0)  # no atexit, no __del__: what they would do is not part of the result


def _guarded(owner: Any, method: str) -> None:
    try:
        getattr(owner, method)()
    except BaseException as error:  # noqa: BLE001  the task may have put anything there
        os.write(2, type(error).__name__.encode())


def _call(task: dict[str, Any]) -> Any:
    if task["entry"]:
        module, _, name = task["entry"].partition(":")
        return getattr(importlib.import_module(module), name)(task["payload"])
    # A real file and module: inspect.getsource must work for triton.jit, and pickling by name for dataclasses.
    path = f"{os.getcwd()}/task.py"  # noqa: PTH109  a Path takes twice the time in a fresh fork
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(task["source"].encode())
    linecache.checkcache(path)
    module_ = types.ModuleType("task")
    module_.__file__ = path
    sys.modules["task"] = module_
    exec(compile(task["source"], path, "exec"), module_.__dict__)
    main = module_.__dict__["main"]
    return main(task["payload"]) if takes_payload(main) else main()


def takes_payload(main: Any) -> bool:
    if type(main) is types.FunctionType and not main.__dict__:  # not wrapped: its code says it, at no cost
        code = main.__code__
        return bool(code.co_argcount + code.co_kwonlyargcount + (code.co_flags & (VARARGS | VARKEYWORDS)))
    return bool(inspect.signature(main).parameters)


def normal(returned: Any) -> tuple[Any, list[Any]]:
    """(value, tensors) from what a task may return: a value, a tensor, tensors, or a value with tensors."""
    if _is_tensor(returned):
        return None, [returned]
    if isinstance(returned, (list, tuple)) and returned and all(map(_is_tensor, returned)):
        return None, list(returned)
    if isinstance(returned, tuple) and len(returned) == 2:
        value, tensors = returned
        if isinstance(tensors, (list, tuple)) and all(map(_is_tensor, tensors)):
            return value, list(tensors)
    return returned, []


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _claim(error: BaseException) -> dict[str, Any]:
    """Walks from the error to its causes: a library wraps the denied access in an exception of its own."""
    kind, code, path, seen = "error", None, None, set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen and kind == "error":
        seen.add(id(step))
        if isinstance(step, socket.gaierror) or (isinstance(step, OSError) and step.errno in DENIED):
            kind, code = "denied", step.errno
            path = os.fsdecode(step.filename) if isinstance(step.filename, (str, bytes)) else None
        elif (limit := _limit(step)) and not _by_hand(step):
            kind = limit
        elif isinstance(step, MemoryError) or any(words in _text(step) for words in OUT_OF_MEMORY):
            kind = "error" if _by_hand(step) else "oom"
        step = step.__cause__ or step.__context__
    return {"type": type(error).__name__, "message": _text(error), "kind": kind, "errno": code, "path": path}


def _limit(error: BaseException) -> str:
    """Which limit it tells of, if any; the kernel answers EAGAIN for more than one reason."""
    if isinstance(error, BlockingIOError):
        return "processes" if _innermost_names(error) & FORKS else ""
    if isinstance(error, OSError):
        return LIMITS.get(error.errno or 0, "")
    return "threads" if isinstance(error, RuntimeError) and NO_THREAD in _text(error) else ""


def _innermost_names(error: BaseException) -> set[str]:
    trace = _innermost(error)
    return set(trace.tb_frame.f_code.co_names) if trace else set()


def _innermost(error: BaseException) -> types.TracebackType | None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace


def _by_hand(error: BaseException) -> bool:
    """Raised by a line of Python, where an allocator would have raised it by itself."""
    trace = _innermost(error)
    return trace is not None and trace.tb_frame.f_code.co_code[trace.tb_lasti] == dis.opmap["RAISE_VARARGS"]


def _text(error: BaseException) -> str:
    try:
        return str(error)[:4000].encode(errors="replace").decode()
    except Exception as broken:  # noqa: BLE001  a __str__ of the task's own
        return f"({type(broken).__name__} while printing it)"
