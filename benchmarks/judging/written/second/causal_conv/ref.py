import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class Model(nn.Module):
    def __init__(self, d, k=4):
        super().__init__()
        self.conv = nn.Conv1d(d, d, k, groups=d, padding=k - 1)
    def forward(self, x):
        return F.silu(self.conv(x)[..., : x.shape[-1]])
def get_inputs(): return [torch.randn(2, 8, 30)]
def get_init_inputs(): return [8]
