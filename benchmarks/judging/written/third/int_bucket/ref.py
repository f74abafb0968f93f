import torch


def int_bucket(pos, step):
    """Floor division and what is left of it, and a checksum of each row."""
    bucket = torch.div(pos, step, rounding_mode="floor")
    rest = torch.remainder(pos, step)
    return bucket, rest, (bucket * 31 + rest).sum(-1)


def get_inputs():
    return [torch.randint(0, 1000, (11, 30)), torch.randint(1, 9, (30,))]


def get_init_inputs():
    return []
