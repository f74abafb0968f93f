import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def xlogy(x, y):
    return torch.xlogy(x, y)
def get_inputs(): return [torch.rand(40, 8) + 0.1, torch.rand(40, 8) + 0.1]
def get_init_inputs(): return []
