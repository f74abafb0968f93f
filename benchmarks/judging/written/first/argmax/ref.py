import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def argmax_rows(x):
    return x.argmax(dim=-1), x.amax(dim=-1)
def get_inputs(): return [torch.randn(30, 200)]
def get_init_inputs(): return []
