import torch
from torch import nn
import torch.nn.functional as F


class Model(nn.Module):
    """Symmetric int8 quantisation with a scale a row, as dynamic quantisation has it."""

    def forward(self, x):
        scale = x.abs().amax(dim=-1, keepdim=True).clamp(min=1e-6) / 127.0
        q = torch.clamp(torch.round(x / scale), -127, 127)
        return q.to(torch.int8), scale


def get_inputs():
    return [torch.randn(9, 70)]


def get_init_inputs():
    return []
