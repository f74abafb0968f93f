import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class Model(nn.Module):
    def __init__(self, dim, base=10000.0):
        super().__init__()
        self.dim, self.base = dim, base
    def forward(self, x):
        T = x.shape[-2]
        inv = self.base ** (-torch.arange(0, self.dim, 2).float() / self.dim)
        f = torch.arange(T).float()[:, None] * inv
        c, s = f.cos(), f.sin()
        a, b = x[..., : self.dim // 2], x[..., self.dim // 2 :]
        return torch.cat([a * c - b * s, a * s + b * c], -1)
def get_inputs(): return [torch.randn(2, 3, 16, 32)]
def get_init_inputs(): return [32]
