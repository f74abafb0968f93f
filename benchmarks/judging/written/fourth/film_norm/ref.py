import torch
from torch import nn
import torch.nn.functional as F


class Model(nn.Module):
    """Layer norm with a weight; an optional residual is added first, an optional shift last."""

    def __init__(self, width, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.randn(width))

    def forward(self, x, residual=None, shift=None):
        if residual is not None:
            x = x + residual
        y = F.layer_norm(x, x.shape[-1:], self.weight, None, self.eps)
        return y if shift is None else y + shift


def get_inputs():
    return [torch.randn(11, 52), torch.randn(11, 52)]


def get_init_inputs():
    return [52]
