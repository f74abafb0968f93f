"""One launch in the interpreter: its programs in batches, in an order of our choosing.

Stands in for Triton's own loop over the grid: it does not copy tensors to the host and back (they are there), gives
each pointer its storage, and looks at the memory that the kernel is handed before it runs. Not covered: launches on
several streams; there is one.
"""

from __future__ import annotations

import inspect
import itertools
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
import triton
from triton.runtime import interpreter

from triton_data.verify.jailed.interpreter import builder, shapes
from triton_data.verify.jailed.interpreter.memory import Memory
from triton_data.verify.jailed.launch_counts import LAUNCHING

GRID = (2**31 - 1, 65_535, 65_535)  # programs along each axis that CUDA launches
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
    choice: int = 0  # which of several configurations an autotuned kernel takes

    def begin(self, memory: Memory, order: int, track: bool, idle: bool) -> None:
        self.memory, self.order, self.names, LAUNCHING.numbers = memory, order, [], []
        LAUNCHING.integers = []
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
    for name, allocation in used:
        LAUNCHES.memory.check_unseen(allocation, f"{checked.kernel}'s argument {name}")
        if checked.tracking:
            allocation.writer = np.full(-(-allocation.size // allocation.unit), -1, np.int64)
            allocation.reader = allocation.writer.copy()
    LAUNCHES.names.append(checked.kernel)
    LAUNCHING.numbers += [repr(value) for value in bound.values() if isinstance(value, float)]
    LAUNCHING.integers += [v for k, v in bound.items() if type(v) is int and k not in executor.constexprs]
    passed = {k: v if k in executor.constexprs else _argument(v) for k, v in bound.items()}
    grid = _grid(executor, passed)
    try:
        LAUNCHING.inside = True
        _run(executor.fn, passed, grid, checked, [allocation for _, allocation in used])
    finally:
        LAUNCHING.inside = False
        for _, allocation in used:
            allocation.shadow[:] = allocation.data
            allocation.writer = allocation.reader = None


def at_corners(executor: Any, *args: Any, **kwargs: Any) -> None:
    """The same, of the programs at the corners of the grid alone, where nothing has memory that could be looked at."""
    bound = _bound(executor, args, kwargs)
    checked = interpreter.interpreter_builder
    checked.kernel = getattr(executor.fn, "__name__", "kernel")
    passed = {k: v if k in executor.constexprs else _argument(v) for k, v in bound.items()}
    grid = _grid(executor, passed)
    checked.set_grid_dim(*grid)
    corners = list(itertools.product(*(sorted({0, count - 1}) for count in grid))) if min(grid) else []
    try:
        LAUNCHING.inside = True
        with np.errstate(all="ignore"):
            for corner in corners:
                _run_batch(executor.fn, passed, np.array([corner], np.int32), checked, [])
    finally:
        LAUNCHING.inside = False


class GridTooLarge(RuntimeError):
    """CUDA would not launch it."""


def _grid(executor: Any, passed: dict[str, Any]) -> tuple[int, int, int]:
    grid = executor.grid(passed) if callable(executor.grid) else executor.grid
    x, y, z = (*(int(n) for n in (grid if isinstance(grid, tuple | list) else (grid,))), 1, 1)[:3]
    if any(count > most for count, most in zip((x, y, z), GRID, strict=True)):
        raise GridTooLarge(f"a grid of {(x, y, z)} is more than CUDA launches: {GRID}")
    return x, y, z


def _bound(executor: Any, args: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    known = inspect.getfullargspec(executor.fn).args
    unknown = [name for name in kwargs if name not in known and name not in _IGNORED]
    if unknown:
        raise TypeError(f"{executor.fn.__name__}() has no parameter {unknown[0]!r}")
    return inspect.getcallargs(executor.fn, *args, **{k: v for k, v in kwargs.items() if k in known})


def _run(fn: Any, passed: dict[str, Any], grid: tuple[int, ...], checked: Any, used: list[Any]) -> None:
    total = grid[0] * grid[1] * grid[2]
    if total > PROGRAMS:
        raise ValueError(f"a grid of {grid} is more than the interpreter is asked to do")
    if not total:
        return
    checked.set_grid_dim(*grid)
    places = np.stack(np.unravel_index(np.arange(total), grid, order="F"), axis=1).astype(np.int32)
    if LAUNCHES.order:
        places = np.random.default_rng(LAUNCHES.order).permutation(places)
    parts = 1 + LAUNCHES.order % 3  # all at once, or one part after the other
    with np.errstate(all="ignore"):
        for part in np.array_split(places, min(parts, total)):
            _run_batch(fn, passed, part, checked, used)


def _run_batch(fn: Any, passed: dict[str, Any], places: Any, checked: Any, used: list[Any]) -> None:
    """All of these programs together, or in groups where they part ways."""
    limit = checked.widths.get(checked.kernel, len(places))
    if len(places) > limit:
        for start in range(0, len(places), limit):
            _run_batch(fn, passed, places[start : start + limit], checked, used)
        return
    undo = Undo(used, len(places) > 1)
    checked.before_write = undo.remember
    checked.set_places(places)
    try:
        fn(**passed)
        return
    except Exception as error:
        cause = _cause(error)
        if cause is None or len(places) == 1:
            raise
    undo.restore()
    if isinstance(cause, shapes.TooWide):
        checked.widths[checked.kernel] = (len(places) + 1) // 2
        _run_batch(fn, passed, places, checked, used)
        return
    values = np.broadcast_to(cause.values, (len(places),))
    for value in dict.fromkeys(values.tolist()):
        _run_batch(fn, passed, places[values == value], checked, used)


def _cause(error: BaseException | None) -> Any:
    """Triton wraps what a function called by the kernel raises."""
    while error is not None and not isinstance(error, shapes.Diverged | shapes.TooWide):
        error = error.__cause__
    return error


class Undo:
    """The storages as they were before the first write of a batch."""

    def __init__(self, used: list[Any], wanted: bool) -> None:
        self.used, self.wanted = used, wanted
        self.kept: list[tuple[Any, ...]] = []

    def remember(self) -> None:
        if self.wanted and not self.kept:
            fields = ("data", "writer", "reader", "written")
            self.kept = [tuple(_copy(getattr(allocation, name)) for name in fields) for allocation in self.used]

    def restore(self) -> None:
        for allocation, (data, writer, reader, written) in zip(self.used, self.kept, strict=False):
            allocation.data[:] = data
            allocation.writer, allocation.reader, allocation.written = writer, reader, written


def _copy(array: Any) -> Any:
    return None if array is None else array.copy()


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
            allocation = LAUNCHES.memory.of(tensor)
            if allocation is None:
                LAUNCHES.memory.note("tampering", f"argument {name} lies in memory that torch was not seen to allocate")
                allocation = LAUNCHES.memory.register(tensor, written=True)
            found.append((name, allocation))
    return found


def _argument(value: Any) -> Any:
    if isinstance(value, tuple):
        return interpreter._tuple_create(value, map(_argument, value))
    if isinstance(value, float):  # a kernel gets a number of its own type; the interpreter hands on Python's
        handle = interpreter.TensorHandle(np.array([value], np.float32), triton.language.float32)
        return triton.language.tensor(handle, triton.language.float32)
    if isinstance(value, bool):  # one bit, which the interpreter gives the 32 of an integer
        return triton.language.tensor(
            interpreter.TensorHandle(np.array([value]), triton.language.int1), triton.language.int1
        )
    tensor = _tensor(value)
    if tensor is None or hasattr(value, "block_shape"):
        converted = interpreter._implicit_cvt(value)
        if hasattr(value, "block_shape") and tensor is None:
            base = _tensor(value.base)
            converted.handle.base.attr = {builder.BASE: LAUNCHES.memory.of(base)} if base is not None else {}
        return converted
    kind = triton.language.str_to_ty(triton.runtime.jit.mangle_type(value), None)
    return builder.pointer(LAUNCHES.memory.of(tensor), LAUNCHES.memory.address(value), kind)
