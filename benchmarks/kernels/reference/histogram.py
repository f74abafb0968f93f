"""How often each number occurs."""
# also: N_NUMBERS, N_BINS = 1, 4
# also: N_NUMBERS, N_BINS = 257, 90

import torch
from torch import nn

N_NUMBERS, N_BINS = 500, 11


class Model(nn.Module):
    def __init__(self, n_bins):
        super().__init__()
        self.n_bins = n_bins

    def forward(self, x):
        counts = torch.zeros(self.n_bins, dtype=torch.int64, device=x.device)
        return counts.scatter_add(0, x, torch.ones_like(x))


def get_inputs():
    return [torch.randint(0, N_BINS, (N_NUMBERS,))]


def get_init_inputs():
    return [N_BINS]
