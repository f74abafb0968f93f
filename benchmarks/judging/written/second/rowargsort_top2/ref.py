import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class Model(nn.Module):
    def forward(self, logits):
        p = torch.softmax(logits, -1)
        w, i = torch.max(p, dim=-1)
        return w, i
def get_inputs(): return [torch.randn(64, 8)]
def get_init_inputs(): return []
