import torch


def dequant4(packed, scale, zero):
    """Two numbers of four bits a byte, the low one first; a scale and a zero point for each group of a row."""
    low = (packed & 15).to(torch.int32)
    high = (packed >> 4).to(torch.int32)
    q = torch.stack([low, high], dim=-1).flatten(1)
    groups = scale.shape[1]
    q = q.view(q.shape[0], groups, -1) - zero.to(torch.int32).unsqueeze(-1)
    return (q.to(scale.dtype) * scale.unsqueeze(-1)).flatten(1)


def get_inputs():
    return [
        torch.randint(0, 256, (12, 64), dtype=torch.uint8),
        torch.rand(12, 4) + 0.5,
        torch.randint(0, 16, (12, 4), dtype=torch.uint8),
    ]


def get_init_inputs():
    return []
