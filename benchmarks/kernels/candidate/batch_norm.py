"""Batch normalisation in evaluation: one program a picture of one channel."""

import torch
import triton
import triton.language as tl
from torch import nn


@triton.jit
def batch_norm_kernel(
    x_ptr, mean_ptr, variance_ptr, weight_ptr, bias_ptr, out_ptr, n_channels, n_pixels, eps, BLOCK: tl.constexpr
):
    picture = tl.program_id(0)
    channel = picture % n_channels
    scale = tl.load(weight_ptr + channel) / tl.sqrt(tl.load(variance_ptr + channel) + eps)
    shift = tl.load(bias_ptr + channel) - tl.load(mean_ptr + channel) * scale
    for start in range(0, n_pixels, BLOCK):
        pixels = start + tl.arange(0, BLOCK)
        x = tl.load(x_ptr + picture * n_pixels + pixels, mask=pixels < n_pixels)
        tl.store(out_ptr + picture * n_pixels + pixels, x * scale + shift, mask=pixels < n_pixels)


class ModelNew(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, x):
        x = x.contiguous()
        n_batches, n_channels, height, width = x.shape
        out = torch.empty_like(x)
        batch_norm_kernel[(n_batches * n_channels,)](
            x, self.mean, self.variance, self.weight, self.bias, out, n_channels, height * width, 1e-5, BLOCK=32
        )
        return out
