"""Attention, written out so that a compiler sees every step."""

import math

import torch
from torch import nn

from . import functional as tf
from .blocks import RMSNorm


class CausalAttention(nn.Module):
    def __init__(self, dim: int, heads: int = 4, dropout: float = 0.0):
        super().__init__()
        assert dim % (2 * heads) == 0, "each head needs an even width for the rotary embedding"
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.query_norm = RMSNorm(dim // heads)
        self.key_norm = RMSNorm(dim // heads)
        self.out = nn.Linear(dim, dim)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        query, key, value = (tf.split_heads(part, self.heads) for part in self.qkv(x).chunk(3, dim=-1))
        angles = tf.rotary_angles(x.shape[1], query.shape[-1], x.device)
        query = tf.rotate(self.query_norm(query), angles)
        key = tf.rotate(self.key_norm(key), angles)
        scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
        future = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        weights = self.dropout(scores.masked_fill(future, float("-inf")).softmax(dim=-1))
        return self.out(tf.merge_heads(weights @ value))


class CrossAttention(nn.Module):
    """Queries from `x`, keys and values from `context`; `mask` is True where a key may be seen."""

    def __init__(self, dim: int, context_dim: int, heads: int = 4):
        super().__init__()
        self.heads = heads
        self.to_query = nn.Linear(dim, dim, bias=False)
        self.to_key_value = nn.Linear(context_dim, 2 * dim, bias=False)
        self.out = nn.Linear(dim, dim)

    def forward(self, x: torch.Tensor, context: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        query = tf.split_heads(self.to_query(x), self.heads)
        key, value = (tf.split_heads(part, self.heads) for part in self.to_key_value(context).chunk(2, dim=-1))
        scores = query @ key.transpose(-2, -1) * query.shape[-1] ** -0.5
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None, None, :], float("-inf"))
        return self.out(tf.merge_heads(scores.softmax(dim=-1) @ value))
