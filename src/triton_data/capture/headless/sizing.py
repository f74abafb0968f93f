"""Two ways in, chosen by size: small programs are built for real, large ones on fake tensors.

Enters: a loaded Program. Leaves: `Built`, and the context to call it in. A small one really runs on the CPU while it
is traced, so that its graph breaks continue and its branches see values. A large one, which may have small inputs and
large results, allocates and computes nothing; where it depends on values it is a Drop. Not covered: small tensors
that take long to compute.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Iterator
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.symbolic_shapes import ShapeEnv
from torch.utils._python_dispatch import TorchDispatchMode

from triton_data.capture.headless.program import Built, build, require_gradients

LARGE = 32 << 20  # bytes of inputs, parameters and buffers
LARGEST_RESULT = 128 << 20  # bytes of one tensor that the forward makes


def sized(module: types.ModuleType, entry: str, training: bool) -> tuple[Built, contextlib.AbstractContextManager[Any]]:
    mode = FakeTensorMode(allow_non_fake_inputs=True, shape_env=ShapeEnv())
    with contextlib.suppress(Exception), mode:  # where it looks at values, only the real way can tell more
        fake = _build(module, entry, training)
        if sum(tensor.nbytes for tensor in _tensors(fake)) > LARGE:
            return fake, mode
        if _grows(fake):
            return _build(module, entry, training), mode  # anew: that forward may have changed its module
    return _build(module, entry, training), contextlib.nullcontext()


class _Scales(TorchDispatchMode):  # type: ignore[misc]  # torch's classes are not checked
    """Weighs every tensor that an operator returns."""

    def __init__(self) -> None:
        super().__init__()
        self.heaviest: int = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for value in torch.utils._pytree.tree_leaves(result):
            if isinstance(value, torch.Tensor):
                self.heaviest = max(self.heaviest, int(value.nbytes))
        return result


def _grows(fake: Built) -> bool:
    """One forward on fake tensors: a small matrix times another can be gigabytes."""
    with _Scales() as scales, torch.no_grad():
        fake.forward(*fake.args, **fake.kwargs)
    return bool(scales.heaviest > LARGEST_RESULT)


def _build(module: types.ModuleType, entry: str, training: bool) -> Built:
    torch.manual_seed(0)
    built = build(module, entry, training)
    if training:
        require_gradients(built)
    return built


def _tensors(built: Built) -> Iterator[torch.Tensor]:
    values = torch.utils._pytree.tree_leaves((built.args, built.kwargs))
    yield from (value for value in values if isinstance(value, torch.Tensor))
    if isinstance(built.forward, torch.nn.Module):
        yield from built.forward.parameters()
        yield from built.forward.buffers()
