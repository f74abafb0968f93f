import torch
from torch import nn
import torch.nn.functional as F


class Model(nn.Module):
    """Buckets of hashed ids, and the ids' pages (rounded down)."""

    def __init__(self, buckets, page):
        super().__init__()
        self.buckets = buckets
        self.page = page

    def forward(self, ids):
        return (ids * 2654435761 + 12345) % self.buckets, torch.div(ids, self.page, rounding_mode="floor")


def get_inputs():
    return [torch.randint(0, 700, (40, 7))]


def get_init_inputs():
    return [97, 16]
