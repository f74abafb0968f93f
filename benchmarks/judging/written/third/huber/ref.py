import torch
import torch.nn.functional as F


def huber(pred, target, beta=1.0, reduction="mean"):
    return F.smooth_l1_loss(pred, target, beta=beta, reduction=reduction)


def get_inputs():
    return [torch.randn(14, 37), torch.randn(14, 37)]


def get_init_inputs():
    return []
