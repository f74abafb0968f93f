"""Dropout whose mask is a hash of seed and position, so that it can be made again anywhere."""
# also: SHAPE = (3, 100); SEED = 99
# also: SHAPE = (1025,); SEED = 7

import torch
from torch import nn

SHAPE = (700,)
SEED = 1234


class Model(nn.Module):
    def __init__(self, seed, chance):
        super().__init__()
        self.seed, self.chance = seed, chance

    def forward(self, x):
        bits = torch.arange(x.numel(), device=x.device) + self.seed * 0x9E3779B1 & 0xFFFFFFFF
        bits = (bits ^ bits >> 16) * 0x7FEB352D & 0xFFFFFFFF
        bits = (bits ^ bits >> 15) * 0x846CA68B & 0xFFFFFFFF
        bits = bits ^ bits >> 16
        kept = (bits >= int(self.chance * 2**32)).reshape(x.shape)
        return torch.where(kept, x / (1 - self.chance), 0)


def get_inputs():
    return [torch.randn(SHAPE)]


def get_init_inputs():
    return [SEED, 0.25]
