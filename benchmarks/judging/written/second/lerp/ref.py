import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def lerp(x, y):
    return torch.lerp(x, y, 0.25)
def get_inputs(): return [torch.randn(70), torch.randn(70)]
def get_init_inputs(): return []
