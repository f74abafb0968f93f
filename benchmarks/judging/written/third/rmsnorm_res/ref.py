import torch
from torch import nn


class Model(nn.Module):
    """Adds the residual, then a root-mean-square norm; gives both back."""

    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x, residual):
        h = x + residual
        r = torch.rsqrt(h.pow(2).mean(-1, keepdim=True) + self.eps)
        return h * r * self.weight, h


def get_inputs():
    return [torch.randn(4, 7, 192), torch.randn(4, 7, 192)]


def get_init_inputs():
    return [192, 1e-6]
