"""ConvTranspose2dGroups in Triton: rearrange_kernel, rearrange_2_kernel, conv2d_relu_kernel"""

import torch
import triton
import triton.language as tl
from torch import nn


def best_of(*configs):
    """All of them where they can be measured, the first under the interpreter."""
    return list(configs) if torch.cuda.is_available() else list(configs[:1])


# input_1: convolution
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def rearrange_kernel(x0_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    i1 = offsets // 12 % 12
    i0 = offsets % 12
    i2 = offsets // 144
    shifted = -2 + i1
    constant = tl.full([1], 0, tl.int64)
    constant_1 = tl.full([1], 8, tl.int64)
    shifted_1 = -2 + i0
    value = (shifted >= constant) & (shifted < constant_1) & (shifted_1 >= constant) & (shifted_1 < constant_1)
    x0 = tl.load(x0_ptr + (-18 + i0 + 8 * i1 + 64 * i2), mask=value & mask, other=0.0)
    tl.store(out_ptr + offsets, x0, mask=mask)


# input_1: convolution
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK": 256}, num_warps=4),
        triton.Config({"BLOCK": 128}, num_warps=4),
    ),
    key=["n_elements"],
)
@triton.jit
def rearrange_2_kernel(weight_ptr, out_ptr, n_elements, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n_elements
    i0 = offsets % 9
    i1 = offsets // 9 % 2
    i2 = offsets // 18
    weight = tl.load(
        weight_ptr + (8 + -1 * i0 + 9 * (i2 % 2) + 18 * i1 + 36 * (i2 // 2)), mask=mask,
    )
    tl.store(out_ptr + offsets, weight, mask=mask)


# input_1, input_2: convolution, relu
@triton.autotune(
    configs=best_of(
        triton.Config({"BLOCK_M": 64, "BLOCK_N": 16, "BLOCK_K": 16}, num_warps=4, num_stages=4),
        triton.Config({"BLOCK_M": 64, "BLOCK_N": 16, "BLOCK_K": 32}, num_warps=4, num_stages=4),
        triton.Config({"BLOCK_M": 128, "BLOCK_N": 16, "BLOCK_K": 16}, num_warps=4, num_stages=4),
        triton.Config({"BLOCK_M": 64, "BLOCK_N": 32, "BLOCK_K": 16}, num_warps=4, num_stages=4),
    ),
    key=["n_pixels", "OUT_C", "IN_C", "IN_H", "IN_W", "OUT_H", "OUT_W"],
)
@triton.jit
def conv2d_relu_kernel(
    x_ptr, weight_ptr, bias_ptr, out_ptr, n_pixels, OUT_C, IN_C, IN_H, IN_W, OUT_H, OUT_W,
    stride_xn, stride_xc, stride_xh, stride_xw, stride_wo, stride_wi, stride_wh, stride_ww,
    stride_on, stride_oh, stride_oc,
    KERNEL_H: tl.constexpr,
    KERNEL_W: tl.constexpr,
    STRIDE_H: tl.constexpr,
    STRIDE_W: tl.constexpr,
    PADDING_H: tl.constexpr,
    PADDING_W: tl.constexpr,
    BLOCK_M: tl.constexpr,
    BLOCK_N: tl.constexpr,
    BLOCK_K: tl.constexpr,
):
    pixels = tl.program_id(0) * BLOCK_M + tl.arange(0, BLOCK_M)[:, None]
    channels = tl.program_id(1) * BLOCK_N + tl.arange(0, BLOCK_N)[None, :]
    out_w = pixels % OUT_W
    out_h = pixels // OUT_W % OUT_H
    batch = pixels // OUT_W // OUT_H
    pixel_mask = pixels < n_pixels
    channel_mask = channels < OUT_C
    group = tl.program_id(2)
    out_channels = group * OUT_C + channels
    acc = tl.zeros([BLOCK_M, BLOCK_N], tl.float32)
    for tap in range(KERNEL_H * KERNEL_W):
        k_h = tap // KERNEL_W
        k_w = tap % KERNEL_W
        in_h = out_h * STRIDE_H - PADDING_H + k_h
        in_w = out_w * STRIDE_W - PADDING_W + k_w
        inside = pixel_mask & (in_h >= 0) & (in_h < IN_H) & (in_w >= 0) & (in_w < IN_W)
        x_pixels = x_ptr + batch * stride_xn + in_h * stride_xh + in_w * stride_xw
        w_taps = weight_ptr + out_channels * stride_wo + k_h * stride_wh + k_w * stride_ww
        for k in range(0, IN_C, BLOCK_K):
            ks = k + tl.arange(0, BLOCK_K)
            a = tl.load(
                x_pixels + (group * IN_C + ks[None, :]) * stride_xc,
                mask=inside & (ks[None, :] < IN_C), other=0.0,
            )
            b = tl.load(
                w_taps + ks[:, None] * stride_wi, mask=(ks[:, None] < IN_C) & channel_mask,
                other=0.0,
            )
            acc = tl.dot(a, b, acc, input_precision="ieee")
    bias = tl.load(bias_ptr + out_channels, mask=channel_mask)
    out = tl.maximum(acc + bias, 0, propagate_nan=tl.PropagateNan.ALL)
    tl.store(
        out_ptr + batch * stride_on + out_h * stride_oh + out_w + out_channels * stride_oc, out,
        mask=pixel_mask & channel_mask,
    )


class ConvTranspose2dGroupsNew(nn.Module):

    def __init__(self):
        super().__init__()
        self.layer = nn.Sequential(nn.ConvTranspose2d(8, 8, 3, groups=4), nn.ReLU())

    def forward(self, x0):
        assert x0.shape == (2, 8, 8, 8), x0.shape
        x0 = x0.contiguous()
        assert self.layer[0].weight.shape == (8, 2, 3, 3), self.layer[0].weight.shape
        device = x0.device
        input_2 = torch.empty((2, 8, 12, 12), dtype=torch.float32, device=device)
        rearrange_kernel[lambda meta: (triton.cdiv(2304, meta["BLOCK"]),)](x0, input_2, 2304)
        input_3 = torch.empty((8, 2, 3, 3), dtype=torch.float32, device=device)
        rearrange_2_kernel[lambda meta: (triton.cdiv(144, meta["BLOCK"]),)](
            self.layer[0].weight, input_3, 144,
        )
        input_4 = torch.empty((2, 8, 10, 10), dtype=torch.float32, device=device)
        n_pixels, OUT_C = input_4.shape[0] * input_4.shape[2] * input_4.shape[3], 2
        IN_C, IN_H, IN_W = input_3.shape[1], input_2.shape[2], input_2.shape[3]
        OUT_H, OUT_W = input_4.shape[2], input_4.shape[3]
        grid = lambda meta: (triton.cdiv(n_pixels, meta["BLOCK_M"]), triton.cdiv(OUT_C, meta["BLOCK_N"]), 4)
        conv2d_relu_kernel[grid](
            input_2, input_3, self.layer[0].bias, input_4, n_pixels, OUT_C, IN_C, IN_H, IN_W, OUT_H,
            OUT_W, input_2.stride(0), input_2.stride(1), input_2.stride(2), input_2.stride(3),
            input_3.stride(0), input_3.stride(1), input_3.stride(2), input_3.stride(3),
            input_4.stride(0), input_4.stride(2), input_4.stride(1), KERNEL_H=3, KERNEL_W=3,
            STRIDE_H=1, STRIDE_W=1, PADDING_H=0, PADDING_W=0,
        )
        return input_4


def get_inputs():
    return [torch.randn(2, 8, 8, 8)]


def get_init_inputs():
    return []
