"""Functions of `libdevice` broadcast their arguments in the interpreter as they do on a GPU."""

from __future__ import annotations

import numpy as np
import torch
import triton.language as tl
from triton.runtime.interpreter import TensorHandle

from triton_data.verify.jailed.interpreter.libdevice import _builtin


def block(*shape: int) -> tl.tensor:
    return tl.tensor(TensorHandle(np.full(shape, 2.0, np.float32), tl.float32), tl.block_type(tl.float32, list(shape)))


def test_a_block_of_one_is_broadcast_wherever_it_stands() -> None:
    power = _builtin(torch.pow, None)
    for first, second in ((block(1, 1), block(64, 1)), (block(64, 1), block(1, 1)), (block(64, 1), block(1, 16))):
        made = power(first, second)
        assert (
            tuple(int(n) for n in made.shape)
            == made.handle.data.shape
            == np.broadcast_shapes(first.handle.data.shape, second.handle.data.shape)
        )
        assert (made.handle.data == 4.0).all()
