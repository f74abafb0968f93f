"""Kernel names from what they compute: `gelu_layer_norm_softmax_kernel`, not `triton_poi_fused_add_3`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from triton_data.rewrite.naming import fresh

# Views, copies and pieces of other operations: worth a word only where nothing else is left.
_BORING = frozenset(
    [
        "view", "_unsafe_view", "clone", "t", "permute", "transpose", "unsqueeze", "squeeze", "expand", "_to_copy",
        "slice", "select", "alias", "detach", "prepare_softmax_online", "full", "lift_fresh_copy", "as_strided",
        "reshape", "copy", "empty", "convert_element_type", "unbind", "split", "scalar_tensor", "arange",
    ]
)  # fmt: skip
_WORDS = {
    "_native_batch_norm_legit_no_training": "batch_norm",
    "_native_batch_norm_legit_functional": "batch_norm",
    "_fused_rms_norm": "rms_norm",
    "native_layer_norm": "layer_norm",
    "native_group_norm": "group_norm",
    "native_dropout": "dropout",
    "_softmax": "softmax",
    "_log_softmax": "log_softmax",
    "max_pool2d_with_indices": "max_pool2d",
    "_adaptive_avg_pool2d": "avg_pool2d",
    "_unsafe_index": "index",
    "nll_loss_forward": "nll_loss",
    "convolution": "conv_bias",
}
MOST_WORDS = 4


def kernel_title(aten: Iterable[str], taken: set[str]) -> str:
    operations = [name.rsplit(".", 1)[-1].rstrip("_") for name in aten]
    words = [w for w in operations if w not in _BORING] or operations or ["fused"]
    words = list(dict.fromkeys(re.sub(r"^_+", "", _WORDS.get(word, word)) for word in words))[:MOST_WORDS]
    return fresh("_".join(words), taken, ending="_kernel")
