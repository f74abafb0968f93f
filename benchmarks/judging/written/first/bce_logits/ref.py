import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def bce(x, y, w):
    return F.binary_cross_entropy_with_logits(x, y, pos_weight=w, reduction="none")
def get_inputs(): return [torch.randn(16, 30), torch.randint(0, 2, (16, 30)).float(), torch.rand(30) + 0.5]
def get_init_inputs(): return []
