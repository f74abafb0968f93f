import math
import torch
import torch.nn as nn
import torch.nn.functional as F

def bag_mean(table, ids, lengths):
    m = torch.arange(ids.shape[1])[None, :] < lengths[:, None]
    e = table[ids] * m[..., None]
    return e.sum(1) / lengths.clamp(min=1)[:, None]
def get_inputs(): return [torch.randn(100, 24), torch.randint(0, 100, (6, 10)), torch.randint(1, 11, (6,))]
def get_init_inputs(): return []
