import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def to_half(x):
    return x.to(torch.bfloat16)
def get_inputs(): return [torch.randn(100)]
def get_init_inputs(): return []
