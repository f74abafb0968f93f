import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class Model(nn.Module):
    def forward(self, x, y):
        return F.cross_entropy(x, y, label_smoothing=0.1, reduction="none")
def get_inputs(): return [torch.randn(12, 17), torch.randint(0, 17, (12,))]
def get_init_inputs(): return []
