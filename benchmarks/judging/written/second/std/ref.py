import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class Model(nn.Module):
    def forward(self, x):
        return x.std(dim=-1), x.mean(dim=-1)
def get_inputs(): return [torch.randn(4, 5, 60)]
def get_init_inputs(): return []
