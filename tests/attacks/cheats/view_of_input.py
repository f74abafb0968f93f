"""The right numbers with no work at all: a transposed view, where a transposed matrix was asked for.

Attacks: transpose
"""

from torch import nn


class ModelNew(nn.Module):
    def forward(self, x):
        return x.T
