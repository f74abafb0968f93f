import torch


def quant_rows(x):
    scale = x.abs().amax(dim=-1, keepdim=True).clamp(min=1e-6) / 127.0
    q = torch.round(x / scale).clamp(-127, 127).to(torch.int8)
    return q, scale


def get_inputs():
    return [torch.randn(21, 96)]


def get_init_inputs():
    return []
