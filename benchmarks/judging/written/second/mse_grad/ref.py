import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class Model(nn.Module):
    def forward(self, a, b):
        return F.mse_loss(a, b)
def get_inputs(): return [torch.randn(10, 30), torch.randn(10, 30)]
def get_init_inputs(): return []
