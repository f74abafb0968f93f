import torch


def half_rms(x):
    """Root mean square of each row of half precision, computed in single precision."""
    return x.float().square().mean(dim=-1).sqrt().to(x.dtype)


def get_inputs():
    return [torch.randn(13, 200).half()]


def get_init_inputs():
    return []
