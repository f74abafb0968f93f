import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def softplus(x):
    return F.softplus(x, beta=1.0, threshold=20.0)
def get_inputs(): return [torch.randn(6, 50)]
def get_init_inputs(): return []
