"""Kernel names from what they compute: `rms_norm_kernel`, `matmul_gelu_kernel`, not `triton_poi_fused_add_3`.

In: the operations that Inductor names, and the kernel. Out: a name. A fragment that is known has its own
(recognised.py), a kernel that only moves values says so, and every other is called after its most telling operations.
An operation that another kernel or a library does is never part of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from triton_data.rewrite import tree
from triton_data.rewrite.kernel.recognised import VIEWS, recognised
from triton_data.rewrite.naming import fresh

# Done by a library or by a template, and named here only because this kernel works on what goes in or comes out.
_ELSEWHERE = re.compile(
    r"^(mm|addmm|bmm|baddbmm|mv|addmv|dot|convolution|convolution_backward|_?scaled_dot_product_\w*attention\w*"
    r"|_efficient_attention\w*|_flash_attention\w*|_thnn_\w+|_cudnn_rnn|_weight_norm_interface|embedding_bag)$"
)
_BIAS = ("convolution", "addmm", "baddbmm", "addmv")
_WORDS = {
    "_native_batch_norm_legit_no_training": "batch_norm",
    "_native_batch_norm_legit_functional": "batch_norm",
    "_native_batch_norm_legit": "batch_norm",
    "_fused_rms_norm": "rms_norm",
    "native_layer_norm": "layer_norm",
    "native_group_norm": "group_norm",
    "native_dropout": "dropout",
    "native_batch_norm_backward": "batch_norm_backward",
    "native_layer_norm_backward": "layer_norm_backward",
    "native_group_norm_backward": "group_norm_backward",
    "threshold_backward": "relu_backward",
    "_softmax_backward_data": "softmax_backward",
    "_log_softmax_backward_data": "log_softmax_backward",
    "_softmax": "softmax",
    "_safe_softmax": "softmax",
    "_log_softmax": "log_softmax",
    "max_pool2d_with_indices": "max_pool2d",
    "_adaptive_avg_pool2d": "avg_pool2d",
    "_unsafe_index": "index",
    "nll_loss_forward": "nll_loss",
    "prepare_softmax_online": "",  # the first half of a softmax, which is named as well
}
_PRODUCTS = {"mm": "matmul", "addmm": "matmul", "bmm": "bmm", "baddbmm": "bmm", "convolution": "conv"}
# Said only where there is nothing that says more.
_PLAIN = frozenset(
    [
        "add", "sub", "mul", "div", "neg", "rsub", "pow", "exp", "log", "sqrt", "rsqrt", "reciprocal", "abs",
        "where", "eq", "ne", "lt", "le", "gt", "ge", "maximum", "minimum", "clamp", "clamp_min", "clamp_max",
        "bitwise_and", "bitwise_or", "bitwise_not", "logical_and", "logical_or", "logical_not",
        "constant_pad_nd", "scalar_tensor", "sum", "mean", "remainder", "fmod", "floor", "ceil", "masked_fill",
        "all", "any", "amax", "amin", "isinf", "isnan",
    ]
)  # fmt: skip
MOST_WORDS = 3


def kernel_title(aten: Iterable[str], taken: set[str], function: ast.FunctionDef | None = None) -> str:
    operations = _done([name.rsplit(".", 1)[-1].rstrip("_") for name in aten], None if function is None else [function])
    return fresh(_words(operations, function), taken, ending="_kernel")


def template_title(aten: Iterable[str], dims: int, taken: set[str], fused_in: Sequence[ast.stmt] | None = None) -> str:
    """Of a product: what is multiplied first, then what is fused into it."""
    operations = [name.rsplit(".", 1)[-1].rstrip("_") for name in aten]
    done = next((_PRODUCTS[name] for name in operations if name in _PRODUCTS), "matmul")
    word = f"{done}{dims}d" if done == "conv" else done
    rest = [each for each in _done(operations, fused_in) if not _ELSEWHERE.match(each)]
    if fused_in is not None and not _computes(fused_in):
        rest = []
    fused = recognised(rest) or "_".join(_most_telling(rest)[: MOST_WORDS - 1])
    return fresh(f"{word}_{fused}" if fused else word, taken, ending="_kernel")


# What a kernel must hold to do an operation; Inductor also names those of the kernels before it.
_EVIDENCE = {
    "_softmax": ("exp",), "_safe_softmax": ("exp",), "_log_softmax": ("log",),
    "prepare_softmax_online": ("exp", "softmax"),
    "relu": ("maximum",), "gelu": ("erf", "tanh"), "silu": ("exp", "sigmoid"), "sigmoid": ("exp", "sigmoid"),
    "tanh": ("tanh",), "exp": ("exp",), "native_layer_norm": ("rsqrt",), "native_group_norm": ("rsqrt",),
    "_native_batch_norm_legit_no_training": ("sqrt",), "_fused_rms_norm": ("rsqrt",), "rsqrt": ("rsqrt",),
    "tril": ("<=", ">="), "triu": ("<=", ">="), "mul": ("*",), "add": ("+",), "cos": ("cos",), "sin": ("sin",),
    "elu": ("expm1", "exp"), "softplus": ("log1p", "log"), "leaky_relu": ("where", "maximum"), "sqrt": ("sqrt",),
    "hardtanh": ("maximum", "minimum", "clamp"), "where": ("where",), "masked_fill": ("where",), "erf": ("erf",),
}  # fmt: skip


def _done(operations: Sequence[str], body: Sequence[ast.AST] | None) -> list[str]:
    """Those that the kernel's own text can do."""
    if body is None:
        return [*operations]
    text = "\n".join(ast.unparse(each) for each in body)
    return [each for each in operations if each not in _EVIDENCE or any(word in text for word in _EVIDENCE[each])]


def _computes(body: Sequence[ast.stmt]) -> bool:
    """More than loading operands and storing the sum."""
    return any(tree.TEMPORARY.match(name) for each in tree.statements([*body]) for name in tree.assigned(each))


def _words(operations: Sequence[str], function: ast.FunctionDef | None) -> str:
    if function is not None and (moved := _moved(operations, function)):
        return moved
    own = [each for each in operations if not _ELSEWHERE.match(each)]
    if known := recognised(own):
        return known
    words = _most_telling(own)[:MOST_WORDS]
    if any(each in _BIAS for each in operations) and len(words) < MOST_WORDS:
        words = ["bias", *words]
    return "_".join(words) or "elementwise"


def _most_telling(operations: Sequence[str]) -> list[str]:
    """In their order; plain arithmetic only as far as there is room beside what says more."""
    words = [word for each in operations if each not in VIEWS and (word := _WORDS.get(each, each.lstrip("_")))]
    words = [word for word in dict.fromkeys(words) if f"{word}_backward" not in words]
    telling = [word for word in words if word not in _PLAIN][:MOST_WORDS]
    plain = [word for word in words if word in _PLAIN][: max(MOST_WORDS - len(telling), 0)] if len(telling) < 2 else []
    return [word for word in words if word in telling or word in plain]


def _moved(operations: Sequence[str], function: ast.FunctionDef) -> str:
    """What a kernel does that stores what it loads: '' for one that computes."""
    if len(stores := _calls(function, "tl.store")) != 1 or len(_calls(function, "tl.load")) != 1:
        return ""
    loaded = {name for each in tree.statements(function.body) if (pair := tree.single(each))
              and tree.called(pair[1]) == "tl.load" for name in [pair[0]]}  # fmt: skip
    stored = stores[0].args[1] if len(stores[0].args) > 1 else None
    is_load = isinstance(stored, ast.Call) and tree.called(stored) == "tl.load"
    if not is_load and not (isinstance(stored, ast.Name) and stored.id in loaded):
        return ""
    if "expand" in operations and any("attention" in each for each in operations):
        return "repeat_heads"
    return next((word for names, word in _MOVES if set(names.split()) & {*operations}), "copy")


_MOVES = (
    ("flip", "flip"),
    ("roll", "roll"),
    ("repeat repeat_interleave", "repeat"),
    ("cat", "cat"),
    ("index index_select gather embedding _unsafe_index", "gather"),
    ("constant_pad_nd reflection_pad1d reflection_pad2d replication_pad2d", "pad"),
    ("pixel_shuffle", "pixel_shuffle"),
    ("pixel_unshuffle", "pixel_unshuffle"),
    ("channel_shuffle", "channel_shuffle"),
    ("convolution convolution_backward", "rearrange"),  # to channels last, or turned round
    ("im2col", "im2col"),
    ("unfold", "unfold"),
    ("upsample_nearest2d", "upsample_nearest2d"),
    ("expand", "expand"),
    ("transpose permute t", "transpose"),
    ("_to_copy convert_element_type", "cast"),
)


def _calls(function: ast.FunctionDef, name: str) -> list[ast.Call]:
    return [each for each in ast.walk(function) if isinstance(each, ast.Call) and tree.called(each) == name]
