"""Two tensors, side by side."""
# also: ROWS, LEFT, RIGHT = 1, 1, 65
# also: ROWS, LEFT, RIGHT = 40, 5, 3; DTYPE = torch.int64

import torch
from torch import nn

ROWS, LEFT, RIGHT = 9, 20, 13
DTYPE = torch.float32


class Model(nn.Module):
    def forward(self, x, y):
        return torch.cat([x, y], dim=1)


def get_inputs():
    return [(10 * torch.randn(ROWS, LEFT)).to(DTYPE), (10 * torch.randn(ROWS, RIGHT)).to(DTYPE)]


def get_init_inputs():
    return []
