"""Sum of two tensors."""
# also: SHAPE = (1,)
# also: SHAPE = (3, 7, 11); DTYPE = torch.bfloat16
# also: SHAPE = (4096,); DTYPE = torch.float16

import torch
from torch import nn

SHAPE = (1000,)
DTYPE = torch.float32


class Model(nn.Module):
    def forward(self, x, y):
        return x + y


def get_inputs():
    return [torch.randn(SHAPE, dtype=DTYPE), torch.randn(SHAPE, dtype=DTYPE)]


def get_init_inputs():
    return []
