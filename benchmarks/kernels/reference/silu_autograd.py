"""x * sigmoid(x), of any shape."""
# also: SHAPE = (2, 3, 4, 5)
# also: SHAPE = (); DTYPE = torch.float64

import torch
from torch import nn

SHAPE = (9, 50)
DTYPE = torch.float32


class Model(nn.Module):
    def forward(self, x):
        return nn.functional.silu(x)


def get_inputs():
    return [torch.randn(SHAPE, dtype=DTYPE)]


def get_init_inputs():
    return []
