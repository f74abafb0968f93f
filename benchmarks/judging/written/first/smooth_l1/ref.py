import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class Model(nn.Module):
    def __init__(self, beta=1.0):
        super().__init__()
        self.beta = beta
    def forward(self, a, b):
        return F.smooth_l1_loss(a, b, beta=self.beta, reduction="none")
def get_inputs(): return [torch.randn(10, 30), torch.randn(10, 30)]
def get_init_inputs(): return []
