import torch


def temp_softmax(x, temperature=1.5, dim=-1):
    return torch.softmax(x.float() / temperature, dim=dim).to(x.dtype)


def get_inputs():
    return [torch.randn(16, 64, 64).bfloat16()]


def get_init_inputs():
    return []
