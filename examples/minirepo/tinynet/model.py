"""A language model small enough for a laptop."""

import torch
from torch import nn

from .attention import CausalAttention
from .blocks import GatedUnit, RMSNorm
from .config import FormerConfig


class Layer(nn.Module):
    def __init__(self, config: FormerConfig):
        super().__init__()
        self.attention_norm = RMSNorm(config.dim)
        self.attention = CausalAttention(config.dim, config.heads, config.dropout)
        self.unit_norm = RMSNorm(config.dim)
        self.unit = GatedUnit(config.dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attention(self.attention_norm(x))
        return x + self.unit(self.unit_norm(x))


class TinyFormer(nn.Module):
    def __init__(self, config: FormerConfig):
        super().__init__()
        self.embed = nn.Embedding(config.vocab_size, config.dim)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.depth))
        self.norm = RMSNorm(config.dim)
        self.head = nn.Linear(config.dim, config.vocab_size, bias=False)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.embed(tokens)
        for layer in self.layers:
            x = layer(x)
        return self.head(self.norm(x))
