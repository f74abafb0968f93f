import torch


def take_rows(x, idx):
    return x[idx]


def get_inputs():
    return [torch.randn(30, 24), torch.randint(0, 30, (4, 11))]


def get_init_inputs():
    return []
