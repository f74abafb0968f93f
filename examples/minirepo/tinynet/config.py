"""Sizes and constants that several modules share."""

from dataclasses import dataclass

EPSILON = 1e-6
ROTARY_BASE = 10_000.0


@dataclass
class FormerConfig:
    vocab_size: int = 256
    dim: int = 64
    depth: int = 2
    heads: int = 4
    expansion: float = 4.0
    dropout: float = 0.0
    max_length: int = 128

    @property
    def head_dim(self) -> int:
        return self.dim // self.heads
