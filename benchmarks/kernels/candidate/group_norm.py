"""Group normalisation of images: one program a group, whose elements lie side by side."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def group_norm_kernel(
    x_ptr, weight_ptr, bias_ptr, out_ptr, n_groups, n_elements, n_pixels, n_channels, eps, BLOCK: tl.constexpr
):
    group = tl.program_id(0)
    at = tl.arange(0, BLOCK)
    mask = at < n_elements
    x = tl.load(x_ptr + group * n_elements + at, mask=mask, other=0.0)
    mean = tl.sum(x, axis=0) / n_elements
    centred = tl.where(mask, x - mean, 0.0)
    variance = tl.sum(centred * centred, axis=0) / n_elements
    channel = (group % n_groups) * (n_channels // n_groups) + at // n_pixels
    weight = tl.load(weight_ptr + channel, mask=mask)
    bias = tl.load(bias_ptr + channel, mask=mask)
    out = centred * tl.rsqrt(variance + eps) * weight + bias
    tl.store(out_ptr + group * n_elements + at, out, mask=mask)


class ModelNew(nn.Module):
    def __init__(self, groups, channels):
        super().__init__()
        self.groups = groups
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        x = x.contiguous()
        n_batches, n_channels, height, width = x.shape
        n_elements = n_channels // self.groups * height * width
        out = torch.empty_like(x)
        group_norm_kernel[(n_batches * self.groups,)](
            x, self.weight, self.bias, out, self.groups, n_elements, height * width, n_channels, 1e-5,
            BLOCK=triton.next_power_of_2(n_elements),
        )  # fmt: skip
        return out
