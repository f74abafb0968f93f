import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def mishlike(x):
    return x * torch.tanh(F.softplus(x))
def get_inputs(): return [torch.randn(6, 50)]
def get_init_inputs(): return []
