"""Puts the exact and watchful interpreter in the place of Triton's, once in a process; forks of it have it too.

`warm()` is what a jail's zygote calls. Out: nothing; every kernel that is launched afterwards runs through execute.py.
Not covered: kernels compiled for a device; TRITON_INTERPRET must be set before triton is imported.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import triton
import triton.language as tl
from triton.runtime import autotuner, interpreter

from triton_data.verify.jailed.interpreter import (
    builder,
    cpu_operations,
    execute,
    libdevice,
    logic,
    reductions,
    shapes,
)
from triton_data.verify.jailed.meaning.fake_tensors import fake_tensors


def warm() -> None:
    """With the first use of what torch and numpy load late, so that no task pays for it."""
    install()
    cpu_operations.install()
    import numpy.random  # noqa: F401
    import triton.compiler.code_generator  # noqa: F401

    from triton_data.verify.jailed import candidate, cuda_on_cpu, reference  # noqa: F401

    cuda_on_cpu.warm()
    with cuda_on_cpu.set_aside(), fake_tensors():
        torch.nn.Linear(2, 2)(torch.empty(2, 2))
    np.matmul(np.ones((4, 4), np.float32), np.ones((4, 4), np.float32))


def install() -> None:
    if isinstance(interpreter.interpreter_builder, builder.Checked):
        return
    if not triton.knobs.runtime.interpret:
        raise RuntimeError("TRITON_INTERPRET=1 must be set before the interpreter is installed")
    interpreter.interpreter_builder.__class__ = builder.Checked
    interpreter.interpreter_builder.widths = {}
    libdevice.install()
    reductions.install()
    _patch_language_once()
    shapes.install()
    logic.install()
    interpreter.GridExecutor.__call__ = execute.launch
    interpreter.GridExecutor.__init__ = _reading_texts(interpreter.GridExecutor.__init__)
    autotuner.Autotuner.run = _tuned


def _reading_texts(original: Any) -> Any:
    """`"tl.constexpr"`, as every annotation is under `from __future__ import annotations`: a compiler reads it."""

    def made(executor: Any, fn: Any, arg_names: Any, *args: Any, **kwargs: Any) -> None:
        original(executor, fn, arg_names, *args, **kwargs)
        executor.constexprs = [name for name in arg_names if "constexpr" in str(fn.__annotations__.get(name, ""))]

    return made


def _patch_language_once() -> None:
    """Triton does it for every call of every function, which costs more than most kernels."""

    def sees_language() -> None:
        return None

    interpreter._patch_lang(_with_globals(sees_language, {"tl": tl, "core": tl.core}))
    interpreter._patch_lang = lambda fn: _NoScope()


def _with_globals(function: Any, names: dict[str, Any]) -> Any:
    return type(function)(function.__code__, names)


class _NoScope:
    def restore(self) -> None:
        return None


def _tuned(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Nothing is timed: the candidates of an autotune list take turns, so that each is checked."""
    self.nargs = dict(zip(self.arg_names, args, strict=False))
    configs = self.prune_configs(kwargs) if len(self.configs) > 1 else self.configs
    config = self.best_config = configs[execute.LAUNCHES.choice % len(configs)]
    full = {**self.nargs, **kwargs, **config.all_kwargs()}
    if len(self.configs) > 1:
        self.pre_hook(full, reset_only=True)
    if config.pre_hook is not None:
        config.pre_hook(full)
    result = self.fn.run(*args, **kwargs, **config.all_kwargs())
    self.nargs = None
    return result
