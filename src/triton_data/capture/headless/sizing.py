"""Two ways in, chosen by size: small programs are built for real, large ones on fake tensors.

Enters: a loaded Program. Leaves: `Built`, and the context to call it in. A small one really runs on the CPU while it
is traced, so that its graph breaks continue and its branches see values. A large one, which may have small inputs and
large results, allocates and computes nothing; where it depends on values it is a Drop. Not covered: small tensors
that take long to compute.
"""

from __future__ import annotations

import contextlib
import types
from typing import Any

import torch

from triton_data.capture.headless.program import Built, build, require_gradients
from triton_data.formats.on_fake_tensors import Heaviest, fake_mode, tensors_of

LARGE = 32 << 20  # bytes of inputs, parameters and buffers
LARGEST_RESULT = 128 << 20  # bytes of one tensor that the forward makes


def sized(module: types.ModuleType, entry: str, training: bool) -> tuple[Built, contextlib.AbstractContextManager[Any]]:
    mode = fake_mode()
    with contextlib.suppress(Exception), mode:  # where it looks at values, only the real way can tell more
        fake = _build(module, entry, training)
        if sum(tensor.nbytes for tensor in tensors_of(fake.forward, fake.args, fake.kwargs)) > LARGE:
            return fake, mode
        if _grows(fake):
            return _build(module, entry, training), mode  # anew: that forward may have changed its module
    return _build(module, entry, training), contextlib.nullcontext()


def _grows(fake: Built) -> bool:
    """One forward on fake tensors: a small matrix times another can be gigabytes."""
    with Heaviest() as heaviest, torch.no_grad():
        fake.forward(*fake.args, **fake.kwargs)
    return bool(heaviest.bytes > LARGEST_RESULT)


def _build(module: types.ModuleType, entry: str, training: bool) -> Built:
    torch.manual_seed(0)
    built = build(module, entry, training)
    if training:
        require_gradients(built)
    return built
