"""One step of gradient descent with momentum: the new parameter and the new momentum."""
# also: SHAPE = (1,)
# also: SHAPE = (30, 50)

import torch
from torch import nn

SHAPE = (11, 13)


class Model(nn.Module):
    def __init__(self, rate, momentum):
        super().__init__()
        self.rate, self.momentum = rate, momentum

    def forward(self, parameter, gradient, velocity):
        velocity = self.momentum * velocity + gradient
        return parameter - self.rate * velocity, velocity


def get_inputs():
    return [torch.randn(SHAPE), torch.randn(SHAPE), torch.randn(SHAPE)]


def get_init_inputs():
    return [0.05, 0.9]
