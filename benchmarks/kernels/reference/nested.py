"""A dictionary of results, one of them a list."""
# also: COUNT = 7
# also: COUNT = 500

import torch
from torch import nn

COUNT = 100


class Model(nn.Module):
    def forward(self, inputs, *, offset=0.5):
        x, y = inputs["x"], inputs["y"]
        return {"sum": x + y, "products": [x * y, x * offset], "count": x.numel()}


def get_inputs():
    return [{"x": torch.randn(COUNT), "y": torch.randn(COUNT)}]


def get_init_inputs():
    return []
