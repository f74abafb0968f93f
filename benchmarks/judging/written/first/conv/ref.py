import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class Model(nn.Module):
    def __init__(self, ci, co, stride=1, padding=1):
        super().__init__()
        self.conv = nn.Conv2d(ci, co, 3, stride=stride, padding=padding)
    def forward(self, x):
        return self.conv(x)
def get_inputs(): return [torch.randn(2, 3, 16, 16)]
def get_init_inputs(): return [3, 4]
