import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def half_add(x, y):
    return x + y
def get_inputs(): return [torch.randn(100, dtype=torch.float16), torch.randn(100, dtype=torch.float16)]
def get_init_inputs(): return []
