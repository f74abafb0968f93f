import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def signcopy(x):
    return torch.sign(x) * torch.sqrt(torch.abs(x))
def get_inputs(): return [torch.randn(100)]
def get_init_inputs(): return []
