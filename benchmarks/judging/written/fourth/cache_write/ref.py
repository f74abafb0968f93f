import torch
from torch import nn
import torch.nn.functional as F


class Model(nn.Module):
    """Writes new keys into a cache at their slots (-1: nowhere), and scores a query against the whole cache."""

    def forward(self, cache, new, slots, query):
        keep = slots >= 0
        cache[slots[keep]] = new[keep]
        return (cache * query).sum(-1)


def get_inputs():
    slots = torch.randperm(20)[:6]
    slots[2] = -1
    return [torch.randn(20, 24), torch.randn(6, 24), slots, torch.randn(24)]


def get_init_inputs():
    return []
