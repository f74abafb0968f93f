"""Sums of the first elements of each row, at most half of them as drawn."""

import torch
from torch import nn


class Model(nn.Module):
    def forward(self, x, lengths):
        return torch.where(torch.arange(x.shape[1]) < lengths[:, None], x, 0.0).sum(1)


def get_inputs():
    return [torch.randn(9, 40), torch.randint(1, 20, (9,))]


def get_init_inputs():
    return []
