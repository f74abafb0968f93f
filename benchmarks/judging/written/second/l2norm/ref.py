import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def l2norm(x):
    return F.normalize(x, dim=-1)
def get_inputs(): return [torch.randn(10, 100)]
def get_init_inputs(): return []
