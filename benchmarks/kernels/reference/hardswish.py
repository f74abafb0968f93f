"""x * relu6(x + 3) / 6."""
# also: SHAPE = (2, 3, 129)
# also: SHAPE = (300,); DTYPE = torch.bfloat16

import torch
from torch import nn

SHAPE = (11, 91)
DTYPE = torch.float32


class Model(nn.Module):
    def forward(self, x):
        return nn.functional.hardswish(x)


def get_inputs():
    return [3 * torch.randn(SHAPE, dtype=DTYPE)]


def get_init_inputs():
    return []
