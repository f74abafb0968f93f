import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def quantize(x, scale):
    return torch.clamp(torch.round(x / scale), -128, 127).to(torch.int8)
def get_inputs(): return [torch.randn(20, 64), torch.rand(20, 1) * 0.02 + 0.01]
def get_init_inputs(): return []
