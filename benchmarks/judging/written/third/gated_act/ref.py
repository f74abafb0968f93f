import torch
import torch.nn.functional as F


def gated_act(x, gate):
    return F.gelu(x) * torch.sigmoid(gate)


def get_inputs():
    return [torch.randn(6, 10, 64), torch.randn(6, 10, 64)]


def get_init_inputs():
    return []
