import torch
from torch import nn


class Model(nn.Module):
    """Mean of the embeddings of the tokens that are not padding (token 0)."""

    def __init__(self, vocab, dim):
        super().__init__()
        self.table = nn.Parameter(torch.randn(vocab, dim))

    def forward(self, tokens):
        real = (tokens != 0).unsqueeze(-1).to(self.table.dtype)
        total = (nn.functional.embedding(tokens, self.table) * real).sum(1)
        return total / real.sum(1).clamp(min=1.0)


def get_inputs():
    return [torch.randint(1, 100, (9, 13))]


def get_init_inputs():
    return [100, 40]
