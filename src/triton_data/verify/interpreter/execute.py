"""One launch in the interpreter: its programs one after the other, in an order of our choosing.

Stands in for Triton's own loop over the grid: it does not copy tensors to the host and back (they are there), gives
each pointer its storage, and looks at the memory that the kernel is handed before it runs. Not covered: launches on
several streams; there is one.
"""

from __future__ import annotations

import inspect
import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
import triton
from triton.runtime import interpreter

from triton_data.verify.interpreter import builder
from triton_data.verify.interpreter.memory import Memory

PROGRAMS = 1 << 18  # more in one launch is not a size for the interpreter
_IGNORED = {"num_warps", "num_stages", "num_ctas", "maxnreg", "warmup", "grid", "stream", "enable_fp_fusion", "debug",
            "launch_cooperative_grid", "launch_pdl", "allow_flush_denorm", "waves_per_eu", "matrix_instr_nonkdim",
            "num_consumer_groups", "num_buffers_warp_spec", "instrumentation_mode"}  # fmt: skip


@dataclass
class Launches:
    """What kernels did since `begin`, and how they are to be run."""

    memory: Memory = field(default_factory=Memory)
    names: list[str] = field(default_factory=list)
    order: int = 0  # 0: as numbered; else the seed of a shuffle
    inside: bool = False
    choice: int = 0  # which of several configurations an autotuned kernel takes

    def begin(self, memory: Memory, order: int, track: bool, idle: bool) -> None:
        self.memory, self.order, self.names = memory, order, []
        checked = interpreter.interpreter_builder
        checked.begin(memory)
        checked.tracking, checked.idle = track, idle


LAUNCHES = Launches()


def launch(executor: Any, *args: Any, **kwargs: Any) -> None:
    """Replaces GridExecutor.__call__."""
    bound = _bound(executor, args, kwargs)
    checked = interpreter.interpreter_builder
    checked.kernel, checked.ordered = getattr(executor.fn, "__name__", "kernel"), False
    for hook in executor.pre_run_hooks:
        hook(**bound)
    used = _storages(bound)
    for name, made in used:
        LAUNCHES.memory.check_unseen(made, f"{checked.kernel}'s argument {name}")
        if checked.tracking:
            made.writer = np.full(-(-made.size // made.unit), -1, np.int64)
            made.reader = made.writer.copy()
    LAUNCHES.names.append(checked.kernel)
    passed = {k: v if k in executor.constexprs else _argument(v) for k, v in bound.items()}
    grid = executor.grid(passed) if callable(executor.grid) else executor.grid
    grid = tuple(int(n) for n in (grid if isinstance(grid, tuple | list) else (grid,)))
    try:
        LAUNCHES.inside = True
        _run(executor.fn, passed, grid + (1,) * (3 - len(grid)), checked)
    finally:
        LAUNCHES.inside = False
        for _, made in used:
            made.shadow[:] = made.data
            made.writer = made.reader = None


def _bound(executor: Any, args: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    known = inspect.getfullargspec(executor.fn).args
    unknown = [name for name in kwargs if name not in known and name not in _IGNORED]
    if unknown:
        raise TypeError(f"{executor.fn.__name__}() has no parameter {unknown[0]!r}")
    return inspect.getcallargs(executor.fn, *args, **{k: v for k, v in kwargs.items() if k in known})


def _run(fn: Any, passed: dict[str, Any], grid: tuple[int, ...], checked: Any) -> None:
    if grid[0] * grid[1] * grid[2] > PROGRAMS:
        raise ValueError(f"a grid of {grid} is more than the interpreter is asked to do")
    checked.set_grid_dim(*grid)
    places = [(x, y, z) for x in range(grid[0]) for y in range(grid[1]) for z in range(grid[2])]
    if LAUNCHES.order:
        random.Random(LAUNCHES.order).shuffle(places)
    with np.errstate(all="ignore"):
        for place in places:
            checked.set_grid_idx(*place)
            fn(**passed)


def _tensor(value: Any) -> torch.Tensor | None:
    value = interpreter._unwrap_tensor(value)
    return value if isinstance(value, torch.Tensor) else None


def _storages(bound: dict[str, Any]) -> list[tuple[str, Any]]:
    """The storages behind the arguments, each of which must have been seen when it was made."""
    found = []
    for name, value in bound.items():
        for each in value if isinstance(value, tuple) else (value,):
            tensor = _tensor(getattr(each, "base", each) if hasattr(each, "block_shape") else each)
            if tensor is None or not tensor.numel():
                continue
            made = LAUNCHES.memory.of(tensor)
            if made is None:
                LAUNCHES.memory.note("tampering", f"argument {name} lies in memory that torch was not seen to allocate")
                made = LAUNCHES.memory.register(tensor, written=True)
            found.append((name, made))
    return found


def _argument(value: Any) -> Any:
    if isinstance(value, tuple):
        return interpreter._tuple_create(value, map(_argument, value))
    tensor = _tensor(value)
    if tensor is None or hasattr(value, "block_shape"):
        made = interpreter._implicit_cvt(value)
        if hasattr(value, "block_shape") and tensor is None:
            base = _tensor(value.base)
            made.handle.base.attr = {builder.BASE: LAUNCHES.memory.of(base)} if base is not None else {}
        return made
    kind = triton.language.str_to_ty(triton.runtime.jit.mangle_type(value), None)
    return builder.pointer(LAUNCHES.memory.of(tensor), value.data_ptr(), kind)
