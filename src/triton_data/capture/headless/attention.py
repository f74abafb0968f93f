"""`scaled_dot_product_attention` as a CUDA or ROCm build of torch runs it.

Enters: its arguments, as tensors of any kind. Leaves: the same calls that ATen's composite makes: a backend by
dtype, head size, mask and gradients, with its padding and its mask preparation. The C++ original asks the tensor's
device and the GPU's properties, which are not here. Not covered: nested tensors; a user's `sdpa_kernel` context.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from triton_data.targets import Target

aten = torch.ops.aten
_LOW = (torch.float16, torch.bfloat16)
_ALIGNMENT = 8


@dataclass(frozen=True, slots=True)
class _Call:
    query: torch.Tensor
    key: torch.Tensor
    value: torch.Tensor
    mask: torch.Tensor | None
    dropout: float
    causal: bool
    scale: float | None
    grouped: bool

    @property
    def tensors(self) -> tuple[torch.Tensor, ...]:
        return self.query, self.key, self.value

    @property
    def needs_grad(self) -> bool:
        return torch.is_grad_enabled() and any(tensor.requires_grad for tensor in self.tensors)


def attention(
    target: Target,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> torch.Tensor:
    call = _Call(query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa)
    if _fits_cudnn(call, target):
        return _cudnn(call)
    if _fits_flash(call, target):
        return _flash(call)
    if _fits_efficient(call):
        return _efficient(call)
    return _math(call)


def spelled_out(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> torch.Tensor:
    """As two products and a softmax: ATen's own decomposition, which accumulates in float32 for halves."""
    return _math(_Call(query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa))


def _math(call: _Call) -> torch.Tensor:
    return aten._scaled_dot_product_attention_math(
        *call.tensors, _as_bias(call), call.dropout, call.causal, None, scale=call.scale, enable_gqa=call.grouped
    )[0]


# cuDNN comes first on these, up to this head size (torch 2.11 with cuDNN 9.19, as seen on an H200).
_CUDNN_HEADS = {"sm_90": 256, "sm_100": 128}


def _fits_cudnn(call: _Call, target: Target) -> bool:
    query, _, value = call.tensors
    if target.key not in _CUDNN_HEADS or query.dim() != 4 or query.dtype not in _LOW:
        return False
    sizes = (query.shape[-1], value.shape[-1])
    if any(size % 8 or size > _CUDNN_HEADS[target.key] for size in sizes):
        return False
    mask_needs_grad = call.mask is not None and call.mask.requires_grad and torch.is_grad_enabled()
    return not mask_needs_grad and _shapes_match(call)


def _fits_flash(call: _Call, target: Target) -> bool:
    query, key, value = call.tensors
    heads = query.shape[-1]
    if query.dim() != 4 or query.dtype not in _LOW or call.mask is not None or target.major < 8:
        return False
    if heads > 256 or not heads == key.shape[-1] == value.shape[-1]:
        return False
    if call.causal and query.shape[-2] != key.shape[-2]:
        return False
    return _shapes_match(call)


def _fits_efficient(call: _Call) -> bool:
    query, _, value = call.tensors
    if query.dim() != 4 or query.dtype not in (*_LOW, torch.float32) or call.grouped:
        return False
    alignment = 8 if query.dtype in _LOW else 4
    if query.shape[-1] % alignment or value.shape[-1] % alignment:
        return False
    return not (call.mask is not None and call.causal) and _shapes_match(call)


def _shapes_match(call: _Call) -> bool:
    query, key, value = call.tensors
    same_batch = query.shape[0] == key.shape[0] == value.shape[0]
    same_heads = query.shape[1] == key.shape[1] == value.shape[1]
    grouped = call.grouped and query.shape[1] % key.shape[1] == 0 and key.shape[1] == value.shape[1]
    dense_rows = all(tensor.shape[-1] == 1 or tensor.stride(-1) == 1 for tensor in call.tensors)
    return bool(dense_rows and same_batch and (same_heads or grouped) and query.shape[-2] > 0 and key.shape[-2] > 0)


def _cudnn(call: _Call) -> torch.Tensor:
    bias = _as_bias(call, forbidden=-65504.0)
    return aten._scaled_dot_product_cudnn_attention(
        *call.tensors, bias, call.needs_grad, call.dropout, call.causal, False, scale=call.scale
    )[0]


def _flash(call: _Call) -> torch.Tensor:
    size = call.query.shape[-1]
    scale = 1.0 / math.sqrt(size) if call.scale is None else call.scale
    padded = tuple(_pad_last(tensor) for tensor in call.tensors)
    out = aten._scaled_dot_product_flash_attention(*padded, call.dropout, call.causal, False, scale=scale)[0]
    return out if out.shape[-1] == size else out[..., :size]


def _efficient(call: _Call) -> torch.Tensor:
    bias = _as_bias(call)
    if bias is not None:
        bias = bias if _is_aligned(bias) else _pad_last(bias, always=True)[..., : bias.shape[-1]]
        query, key, _ = call.tensors
        bias = bias.expand(query.shape[0], query.shape[1], query.shape[2], key.shape[2])
    return aten._scaled_dot_product_efficient_attention(
        *call.tensors, bias, call.needs_grad, call.dropout, call.causal, scale=call.scale
    )[0]


def _as_bias(call: _Call, forbidden: float = -math.inf) -> torch.Tensor | None:
    """A boolean mask becomes 0 where it allows, in the query's dtype."""
    mask = call.mask
    if mask is None or mask.dtype != torch.bool:
        return mask
    value = aten.scalar_tensor(forbidden, dtype=call.query.dtype, device=mask.device)
    return torch.where(mask, 0.0, value)


def _is_aligned(bias: torch.Tensor) -> bool:
    strides = bias.stride()
    return strides[-1] == 1 and all(stride % _ALIGNMENT == 0 for stride in strides[:-1])


def _pad_last(tensor: torch.Tensor, always: bool = False) -> torch.Tensor:
    extra = tensor.shape[-1] % _ALIGNMENT
    if extra == 0 and not always:
        return tensor
    return torch.nn.functional.pad(tensor, (0, _ALIGNMENT - extra))
