"""Broken on purpose: wants weights that are not in the repository. Extraction must count it and go on."""

import torch
from torch import nn


class PretrainedHead(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.load("weights/head.pt"))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return features @ self.weight
