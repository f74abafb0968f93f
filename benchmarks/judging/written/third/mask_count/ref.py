import torch


def band(x, mask, lo=-0.5, hi=0.5):
    inside = ((x > lo) & (x < hi)) ^ mask
    return inside, inside.sum(-1), inside.any(0)


def get_inputs():
    return [torch.randn(17, 45), torch.rand(17, 45) > 0.5]


def get_init_inputs():
    return []
