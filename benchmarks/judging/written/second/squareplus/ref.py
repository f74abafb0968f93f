import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def squareplus(x):
    return (x + torch.sqrt(x * x + 4)) / 2
def get_inputs(): return [torch.randn(6, 50)]
def get_init_inputs(): return []
