import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def eqmask(x, y):
    return (x == y)
def get_inputs(): return [torch.randint(0, 5, (100,)), torch.randint(0, 5, (100,))]
def get_init_inputs(): return []
