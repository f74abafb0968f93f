import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def segment_mean(x, seg):
    n = 10
    out = torch.zeros(n, x.shape[1]).index_add_(0, seg, x)
    cnt = torch.zeros(n).index_add_(0, seg, torch.ones(len(seg)))
    return out / cnt.clamp(min=1)[:, None]
def get_inputs(): return [torch.randn(64, 12), torch.sort(torch.randint(0, 10, (64,)))[0]]
def get_init_inputs(): return []
