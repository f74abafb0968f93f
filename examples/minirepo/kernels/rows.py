"""Kernels that own one row each."""

import torch
import triton
import triton.language as tl

from . import common
from .common import row_block


@triton.heuristics({"BLOCK": lambda args: triton.next_power_of_2(args["columns"])})
@triton.jit
def softmax_kernel(x_ptr, out_ptr, x_stride, out_stride, columns, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    offsets = tl.arange(0, BLOCK)
    inside = offsets < columns
    x = tl.load(x_ptr + row * x_stride + offsets, mask=inside, other=float("-inf"))
    # the largest value is taken off first, or exp overflows
    weights = common.fast_exp((x - tl.max(x, axis=0)).to(tl.float32))
    tl.store(out_ptr + row * out_stride + offsets, weights / tl.sum(weights, axis=0), mask=inside)


def softmax(x: torch.Tensor) -> torch.Tensor:
    out = torch.empty_like(x)
    softmax_kernel[(x.shape[0],)](x, out, x.stride(0), out.stride(0), x.shape[1])
    return out


@triton.jit
def rms_norm_kernel(x_ptr, weight_ptr, out_ptr, columns, eps, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    offsets = tl.arange(0, BLOCK)
    inside = offsets < columns
    x = tl.load(x_ptr + row * columns + offsets, mask=inside, other=0.0).to(tl.float32)
    scale = tl.rsqrt(tl.sum(x * x, axis=0) / columns + eps)
    weight = tl.load(weight_ptr + offsets, mask=inside)
    tl.store(out_ptr + row * columns + offsets, x * scale * weight, mask=inside)


def rms_norm(x: torch.Tensor, weight: torch.Tensor, eps: float = 1e-6) -> torch.Tensor:
    out = torch.empty_like(x)
    rows, columns = x.shape
    rms_norm_kernel[(rows,)](x, weight, out, columns, eps, BLOCK=row_block(columns))
    return out


@triton.jit
def _moments(x, inside, columns):
    mean = tl.sum(x, axis=0) / columns
    centred = tl.where(inside, x - mean, 0.0)
    return centred, tl.sum(centred * centred, axis=0) / columns


@triton.jit
def layer_norm_kernel(x_ptr, weight_ptr, bias_ptr, out_ptr, columns, eps, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    offsets = tl.arange(0, BLOCK)
    inside = offsets < columns
    x = tl.load(x_ptr + row * columns + offsets, mask=inside, other=0.0).to(tl.float32)
    centred, variance = _moments(x, inside, columns)
    weight = tl.load(weight_ptr + offsets, mask=inside)
    bias = tl.load(bias_ptr + offsets, mask=inside)
    out = centred * tl.rsqrt(variance + eps) * weight + bias
    tl.store(out_ptr + row * columns + offsets, out, mask=inside)


def layer_norm(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    out = torch.empty_like(x)
    rows, columns = x.shape
    layer_norm_kernel[(rows,)](x, weight, bias, out, columns, eps, BLOCK=row_block(columns))
    return out


@triton.jit
def cross_entropy_kernel(logits_ptr, target_ptr, loss_ptr, classes, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    offsets = tl.arange(0, BLOCK)
    inside = offsets < classes
    logits = tl.load(logits_ptr + row * classes + offsets, mask=inside, other=float("-inf"))
    top = tl.max(logits, axis=0)
    log_sum = tl.log(tl.sum(common.fast_exp(logits - top), axis=0)) + top
    target = tl.load(target_ptr + row)
    hit = tl.load(logits_ptr + row * classes + target)
    tl.store(loss_ptr + row, log_sum - hit)


def cross_entropy(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    rows, classes = logits.shape
    loss = logits.new_empty(rows)
    cross_entropy_kernel[(rows,)](logits, target, loss, classes, BLOCK=row_block(classes))
    return loss.mean()


@triton.jit
def _decay_step(decay_left, value_left, decay_right, value_right):
    return decay_left * decay_right, value_left * decay_right + value_right


@triton.jit
def decay_scan_kernel(decay_ptr, x_ptr, out_ptr, columns, BLOCK: tl.constexpr):
    """out[t] = decay[t] * out[t - 1] + x[t], all steps at once."""
    row = tl.program_id(0)
    offsets = tl.arange(0, BLOCK)
    inside = offsets < columns
    decay = tl.load(decay_ptr + row * columns + offsets, mask=inside, other=1.0)
    x = tl.load(x_ptr + row * columns + offsets, mask=inside, other=0.0)
    _, out = tl.associative_scan((decay, x), 0, _decay_step)
    tl.store(out_ptr + row * columns + offsets, out, mask=inside)


def decay_scan(decay: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    out = torch.empty_like(x)
    rows, columns = x.shape
    decay_scan_kernel[(rows,)](decay, x, out, columns, BLOCK=row_block(columns))
    return out
