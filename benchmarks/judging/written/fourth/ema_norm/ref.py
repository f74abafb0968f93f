import torch
from torch import nn
import torch.nn.functional as F


class Model(nn.Module):
    """Norms by running statistics, which every call moves towards those of its batch before they are used."""

    def __init__(self, width, momentum=0.1):
        super().__init__()
        self.momentum = momentum
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("var", torch.ones(width))
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    def forward(self, x):
        var, mean = torch.var_mean(x, dim=0, correction=0)
        self.mean.lerp_(mean, self.momentum)
        self.var.lerp_(var, self.momentum)
        self.steps += 1
        return (x - self.mean) * torch.rsqrt(self.var + 1e-5)


def get_inputs():
    return [torch.randn(40, 18)]


def get_init_inputs():
    return [18]
