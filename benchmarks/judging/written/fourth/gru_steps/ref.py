import torch
from torch import nn
import torch.nn.functional as F


class Model(nn.Module):
    """A small gated recurrence over time; the first state is optional."""

    def __init__(self, width):
        super().__init__()
        self.u = nn.Parameter(torch.randn(width, width) * 0.3)
        self.b = nn.Parameter(torch.randn(width))

    def forward(self, x, gate, h0=None):
        h = torch.zeros(x.shape[0], x.shape[2], dtype=x.dtype, device=x.device) if h0 is None else h0
        out = []
        for t in range(x.shape[1]):
            c = torch.tanh(x[:, t] + h @ self.u + self.b)
            z = torch.sigmoid(gate[:, t])
            h = z * h + (1 - z) * c
            out.append(h)
        return torch.stack(out, 1), h


def get_inputs():
    return [torch.randn(3, 11, 16), torch.randn(3, 11, 16), torch.randn(3, 16)]


def get_init_inputs():
    return [16]
