"""Rows of a table, by index."""
# also: SHAPE = (1,); WORDS, WIDTH = 3, 33
# also: SHAPE = (13, 2); WORDS, WIDTH = 100, 8

import torch
from torch import nn

SHAPE = (4, 7)
WORDS, WIDTH = 30, 20


class Model(nn.Module):
    def __init__(self, words, width):
        super().__init__()
        self.table = nn.Embedding(words, width)

    def forward(self, index):
        return self.table(index)


def get_inputs():
    return [torch.randint(0, WORDS, SHAPE)]


def get_init_inputs():
    return [WORDS, WIDTH]
