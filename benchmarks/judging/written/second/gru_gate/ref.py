import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class Model(nn.Module):
    def __init__(self, n, h):
        super().__init__()
        self.cell = nn.GRUCell(n, h)
    def forward(self, x, hx):
        return self.cell(x, hx)
def get_inputs(): return [torch.randn(4, 20), torch.randn(4, 20)]
def get_init_inputs(): return [20, 20]
