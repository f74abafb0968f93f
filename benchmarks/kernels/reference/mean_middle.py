"""Mean over the middle axis of three."""
# also: BATCH, STEPS, CHANNELS = 1, 33, 5
# also: BATCH, STEPS, CHANNELS = 3, 10, 40; DTYPE = torch.float16

import torch
from torch import nn

BATCH, STEPS, CHANNELS = 4, 19, 37
DTYPE = torch.float32


class Model(nn.Module):
    def forward(self, x):
        return x.mean(dim=1)


def get_inputs():
    return [torch.randn(BATCH, STEPS, CHANNELS, dtype=DTYPE)]


def get_init_inputs():
    return []
