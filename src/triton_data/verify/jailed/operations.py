"""Which torch operations a program performs, as the dispatcher sees them, and what kind each is.

`Operations()` around a call counts them. The kinds say what a candidate may leave to torch: memory (views,
allocation, copies), heavy operations that Inductor leaves to libraries too, and all the rest, which is computing.
Not covered: work that never reaches the dispatcher, such as numpy's; jailed/interpreter/memory.py sees that.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import torch

from triton_data.formats.dispatch_mode import DispatchMode

_VIEWS_WORDS = """
    alias as_strided detach diagonal expand permute select slice split split_with_sizes squeeze t transpose unbind
    unsqueeze unfold view view_as_real view_as_complex _unsafe_view reshape _reshape_alias lift_fresh chunk narrow
    real imag conj _conj resolve_conj resolve_neg is_same_size set_ sym_size sym_stride
    sym_numel sym_storage_offset is_pinned _to_dense
"""
VIEWS = frozenset(_VIEWS_WORDS.split())
_ALLOCATIONS_WORDS = """
    empty empty_like empty_strided new_empty new_empty_strided zeros zeros_like new_zeros zero_ zero full
    full_like new_full fill_ fill ones ones_like new_ones arange scalar_tensor resize_ rand randn randint
    rand_like randn_like randperm linspace eye tril_indices triu_indices
"""
ALLOCATIONS = frozenset(_ALLOCATIONS_WORDS.split())
_MOVES_WORDS = """
    copy_ clone _to_copy contiguous cat stack pad constant_pad_nd index select_scatter slice_scatter copy
    index_select gather repeat flip roll tril triu masked_select repeat_interleave
"""
MOVES = frozenset(_MOVES_WORDS.split())
READS = frozenset({"_local_scalar_dense", "item", "is_nonzero", "equal"})
FAMILIES = {
    "matmul": "mm bmm addmm baddbmm addbmm mv addmv dot matmul linear _int_mm _scaled_mm addmm_activation",
    "convolution": """convolution _convolution cudnn_convolution mkldnn_convolution convolution_overrideable
        thnn_conv2d _slow_conv2d_forward slow_conv3d slow_conv_transpose2d slow_conv_transpose3d conv_depthwise3d
        _conv_depthwise2d slow_conv_dilated2d slow_conv_dilated3d cudnn_convolution_transpose""",
    "attention": """_scaled_dot_product_flash_attention _scaled_dot_product_flash_attention_for_cpu
        _scaled_dot_product_efficient_attention _scaled_dot_product_cudnn_attention
        _scaled_dot_product_attention_math _fused_sdp_choice scaled_dot_product_attention""",
    "other": """sort topk _fft_c2c _fft_r2c _fft_c2r linalg_vector_norm adaptive_max_pool2d adaptive_avg_pool3d
        _adaptive_avg_pool3d adaptive_max_pool3d max_pool3d_with_indices avg_pool3d grid_sampler_2d grid_sampler_3d
        _embedding_bag _embedding_bag_forward_only _ctc_loss _cdist_forward _pdist_forward _cudnn_rnn lstm gru
        _thnn_fused_lstm_cell _thnn_fused_gru_cell upsample_bicubic2d mode kthvalue median nanmedian unique nonzero
        histc bincount cummax cummin logcumsumexp searchsorted bucketize fractional_max_pool2d
        digamma polygamma complex polar _trilinear
        native_multi_head_attention _transformer_encoder_layer_fwd scatter_reduce index_put index_put_
        index_add scatter_add masked_scatter linalg_inv_ex linalg_cholesky_ex linalg_qr _linalg_svd _linalg_det
        _linalg_slogdet linalg_lu_factor_ex triangular_solve linalg_solve_triangular _linalg_solve_ex
        reflection_pad3d replication_pad3d im2col col2im
        max_unpool2d max_unpool3d fractional_max_pool3d""",
}  # fmt: skip
FAMILY = {name: family for family, text in FAMILIES.items() for name in text.split()}


FAMILY |= {family: family for family in FAMILIES if family != "other"}


def kind(name: str) -> str:
    """memory, move, read (by the host), a family of heavy operations, or compute."""
    if name in VIEWS or name in ALLOCATIONS:
        return "memory"
    if name in READS:
        return "read"
    if name in MOVES:
        return "move"
    forward = name.removesuffix("_backward")  # of one family: whoever may leave one to a library may leave both
    if forward in FAMILY:
        family = FAMILY[forward]
        return forward if family == "other" else family
    return "compute"


def short(func: Any) -> str:
    """'mm' of aten.mm.default; other namespaces keep theirs."""
    namespace, _, name = func._schema.name.partition("::")
    return name if namespace in ("aten", "prims") else f"{namespace}.{name}"


INSIDE: list[str] = []  # library operations that are being performed


@contextlib.contextmanager
def whole(name: str) -> Iterator[None]:
    """What is dispatched inside counts as one operation of this name."""
    INSIDE.append(name)
    try:
        yield
    finally:
        INSIDE.pop()


class Operations(DispatchMode):
    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.counts[INSIDE[-1] if INSIDE else short(func)] += 1
        return func(*args, **(kwargs or {}))

    def names(self) -> list[str]:
        return sorted(self.counts)


def is_tensor(value: Any) -> bool:
    return isinstance(value, torch.Tensor)
