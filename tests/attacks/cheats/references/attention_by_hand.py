"""Attention, spelled out."""

import torch
from torch import nn


class Model(nn.Module):
    def forward(self, q, k, v):
        return torch.softmax(q @ k.mT * 0.25, dim=-1) @ v


def get_inputs():
    return [torch.randn(2, 24, 16) for _ in range(3)]


def get_init_inputs():
    return []
