import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def shuffle(x):
    return F.pixel_shuffle(x, 2)
def get_inputs(): return [torch.randn(2, 8, 5, 7)]
def get_init_inputs(): return []
