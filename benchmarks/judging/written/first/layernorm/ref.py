import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class Model(nn.Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.norm = nn.LayerNorm(dim, eps=eps)
    def forward(self, x):
        return self.norm(x)
def get_inputs(): return [torch.randn(4, 16, 256)]
def get_init_inputs(): return [256]
