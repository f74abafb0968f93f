import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class Model(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.emb = nn.Embedding(n, d, padding_idx=0)
    def forward(self, ids):
        return self.emb(ids) * math.sqrt(self.emb.embedding_dim)
def get_inputs(): return [torch.randint(0, 500, (4, 20))]
def get_init_inputs(): return [500, 48]
