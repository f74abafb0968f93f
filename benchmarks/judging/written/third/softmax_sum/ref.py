import torch
from torch import nn


class Model(nn.Module):
    def __init__(self, fan_in, classes):
        super().__init__()
        self.head = nn.Linear(fan_in, classes)

    def forward(self, x):
        return torch.softmax(self.head(x), dim=-1).sum(-1)


def get_inputs():
    return [torch.randn(20, 32)]


def get_init_inputs():
    return [32, 12]
