"""Fragments that have a name of their own: `l2_normalize`, `rms_norm`, `softmax`, `swiglu`.

In: the operations of one kernel in their order. Out: the fragment's name, or '' where it is none that is known. A row
names its operations in their order; what lies between them may only be views and casts. Not covered: fragments that
several kernels share.
"""

from __future__ import annotations

from collections.abc import Sequence

ROWS: tuple[tuple[str, str], ...] = (
    ("l2_normalize", "linalg_vector_norm clamp_min div"),
    ("l2_normalize", "linalg_vector_norm clamp_min div mul"),
    ("l2_norm", "linalg_vector_norm"),
    ("rms_norm", "pow mean add rsqrt mul"),
    ("rms_norm", "pow mean add rsqrt mul mul"),
    ("rms_norm", "_fused_rms_norm"),
    ("softmax", "_softmax"),
    ("softmax", "_safe_softmax"),
    ("softmax", "prepare_softmax_online _softmax"),
    ("softmax", "_softmax prepare_softmax_online"),
    ("softmax_max_and_sum", "prepare_softmax_online"),  # the division is another kernel's
    ("softmax", "amax sub exp sum div"),
    ("log_softmax", "_log_softmax"),
    ("log_softmax", "prepare_softmax_online _log_softmax"),
    ("log_softmax", "_log_softmax prepare_softmax_online"),
    ("causal_softmax", "tril masked_fill _softmax"),
    ("scaled_softmax", "mul _softmax"),
    ("scaled_softmax", "div _softmax"),
    ("masked_softmax", "masked_fill _softmax"),
    ("masked_softmax", "where _softmax"),
    ("swiglu", "silu mul"),
    ("geglu", "gelu mul"),
    ("reglu", "relu mul"),
    ("glu", "sigmoid mul"),
    ("glu", "glu"),
    ("mish", "softplus tanh mul"),
    ("relu_squared", "relu pow"),
    ("tanh_gelu", "mul pow mul add mul tanh add mul"),
    ("mse_loss", "mse_loss"),
    ("mse_loss", "sub pow mean"),
    ("mse_loss", "mse_loss mean"),
    ("l1_loss", "sub abs mean"),
    ("cosine_similarity", "linalg_vector_norm clamp_min div mul sum"),
    ("rotary_embedding", "mul neg cat mul add"),
    ("rotary_embedding", "mul slice neg slice cat mul add"),
    ("bias_gelu", "addmm gelu"),
    ("standardize", "mean sub var sqrt div"),
    ("standardize", "mean sub std div"),
    ("residual_layer_norm", "add native_layer_norm"),
    ("batch_norm_relu", "_native_batch_norm_legit_no_training relu"),
)
VIEWS = frozenset(
    [
        "view", "_unsafe_view", "clone", "t", "permute", "transpose", "unsqueeze", "squeeze", "expand", "_to_copy",
        "slice", "select", "alias", "detach", "full", "lift_fresh_copy", "as_strided", "reshape", "copy", "empty",
        "convert_element_type", "unbind", "split", "split_with_sizes", "scalar_tensor", "arange", "ones", "zeros",
        "expand_as", "view_as", "narrow", "chunk", "contiguous", "movedim", "unflatten", "flatten", "iota",
        "broadcast_tensors", "ones_like", "zeros_like", "full_like",
    ]
)  # fmt: skip
_BY_OPERATIONS = {tuple(operations.split()): name for name, operations in ROWS}


def recognised(operations: Sequence[str]) -> str:
    told = tuple(each for each in operations if each not in VIEWS)
    return _BY_OPERATIONS.get(told) or _BY_OPERATIONS.get(tuple(operations), "")
