import torch
from torch import nn


class Model(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)

    def forward(self, x, key_mask=None):
        b, t, w = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        s = q @ k.transpose(-1, -2) * (w // self.heads) ** -0.5
        if key_mask is not None:
            s = s.masked_fill(~key_mask[:, None, None, :], float("-inf"))
        return (s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, w)


def get_inputs():
    mask = torch.rand(2, 19) > 0.25
    mask[:, 3] = True
    return [torch.randn(2, 19, 64), mask]


def get_init_inputs():
    return [64, 4]
