import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def total(x):
    return x.sum(dim=0), (x * x).sum()
def get_inputs(): return [torch.randint(0, 100, (50, 70), dtype=torch.int32)]
def get_init_inputs(): return []
