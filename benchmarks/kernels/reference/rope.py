"""Rotary position embedding: the two halves of each head turn by an angle of the position."""
# also: STEPS, HEADS, WIDTH = 1, 3, 8
# also: STEPS, HEADS, WIDTH = 9, 2, 64

import torch
from torch import nn

STEPS, HEADS, WIDTH = 7, 3, 20


class Model(nn.Module):
    def forward(self, x, cosine, sine):
        first, second = x.chunk(2, dim=-1)
        cosine, sine = cosine[:, None, :], sine[:, None, :]
        return torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1)


def get_inputs():
    angles = torch.rand(STEPS, WIDTH // 2) * 6
    return [torch.randn(STEPS, HEADS, WIDTH), torch.cos(angles), torch.sin(angles)]


def get_init_inputs():
    return []
