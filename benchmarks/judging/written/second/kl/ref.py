import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class Model(nn.Module):
    def __init__(self, reduction="batchmean"):
        super().__init__()
        self.reduction = reduction
    def forward(self, logp, q):
        return F.kl_div(logp, q, reduction=self.reduction)
def get_inputs(): return [torch.log_softmax(torch.randn(16, 30), -1), torch.softmax(torch.randn(16, 30), -1)]
def get_init_inputs(): return []
