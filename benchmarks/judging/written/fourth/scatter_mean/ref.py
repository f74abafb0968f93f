import torch
from torch import nn
import torch.nn.functional as F


class Model(nn.Module):
    """Mean of the rows of each segment, as graph networks gather messages."""

    def __init__(self, segments):
        super().__init__()
        self.segments = segments

    def forward(self, x, index):
        total = torch.zeros(self.segments, x.shape[1], dtype=x.dtype, device=x.device).index_add_(0, index, x)
        count = torch.bincount(index, minlength=self.segments)[:, None]
        return total / count.clamp(min=1).to(x.dtype), count


def get_inputs():
    return [torch.randn(50, 12), torch.randint(0, 9, (50,)).sort().values]


def get_init_inputs():
    return [9]
