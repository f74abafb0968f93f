"""Two ways in, chosen by size: small programs are built for real, large ones on fake tensors.

Enters: a loaded Program. Leaves: `Built`, and the context to call it in. A small one really runs on the CPU while it
is traced, so that its graph breaks continue and its branches see values. A large one allocates and computes
nothing; where it depends on values it is a Drop. Not covered: a small program that grows while it runs.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Iterator
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.symbolic_shapes import ShapeEnv

from triton_data.capture.program import Built, build, require_gradients

LARGE = 32 << 20  # bytes of inputs, parameters and buffers


def sized(module: types.ModuleType, entry: str, training: bool) -> tuple[Built, contextlib.AbstractContextManager[Any]]:
    mode = FakeTensorMode(allow_non_fake_inputs=True, shape_env=ShapeEnv())
    try:
        with mode:
            fake = _build(module, entry, training)
    except Exception:  # noqa: BLE001  it looks at values while it is built: only the real way can tell more
        return _build(module, entry, training), contextlib.nullcontext()
    if sum(tensor.nbytes for tensor in _tensors(fake)) > LARGE:
        return fake, mode
    return _build(module, entry, training), contextlib.nullcontext()


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
