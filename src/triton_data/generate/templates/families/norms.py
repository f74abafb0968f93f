"""Normalisations: over rows, groups, pictures and batches, most of them with their gradients."""

from __future__ import annotations

from triton_data.generate.templates.families.elementwise import UNARY
from triton_data.generate.templates.family import FLOATS, Family, sizes

MATRIX = sizes("ROWS, COLS", (17, 300), (4, 1000), (64, 128), (33, 77), (128, 64), (7, 513), (40, 256))
PICTURES = sizes("BATCH, CHANNELS, HEIGHT, WIDTH", (2, 6, 7, 9), (1, 3, 11, 5), (5, 4, 2, 3), (2, 8, 16, 16))
AFTER = tuple(
    op for op in UNARY if op.name in ("relu", "gelu", "silu", "leaky_relu", "hardswish", "sigmoid", "relu6", "elu")
)
_TAGS = ("normalization", "row-wise")
_GRADIENTS = {"dtype": ("float32", "float16"), "warps": (4, 8)}

FAMILIES = (
    Family("layer_norm", 3, "normalization", "hard", (*_TAGS, "layer-norm", "autograd"),
           ("layer_norm", "fused_layer_norm", "layer_normalize"), MATRIX, {**_GRADIENTS, "programs": (4, 8, 16)},
           test="gradients", backward=True, loose=3),
    Family("rms_norm", 3, "normalization", "hard", (*_TAGS, "rms-norm", "autograd"),
           ("rms_norm", "fused_rms_norm", "root_mean_square_norm"), MATRIX, {**_GRADIENTS, "programs": (4, 8, 16)},
           test="gradients", backward=True, loose=3),
    Family("add_rms_norm", 3, "normalization", "medium", (*_TAGS, "rms-norm", "residual", "fused"),
           ("add_rms_norm", "fused_add_rms_norm", "residual_rms_norm"), MATRIX, {"dtype": FLOATS, "warps": (4, 8)}, outputs=2),
    Family("norm_activation", 2, "normalization", "medium", (*_TAGS, "layer-norm", "activation", "fused"),
           ("layer_norm_{op}", "norm_{op}", "fused_layer_norm_{op}"), MATRIX, {"op": AFTER, "dtype": FLOATS}),
    Family("group_norm", 3, "normalization", "hard", ("normalization", "group-norm", "autograd"),
           ("group_norm", "group_normalize"),
           sizes("BATCH, CHANNELS, LENGTH", (2, 12, 35), (1, 24, 7), (3, 48, 16), (5, 12, 100)),
           {"dtype": ("float32", "float16"), "groups": (2, 3, 4, 6), "BLOCK": (64, 128)}, test="gradients", backward=True, loose=3),
    Family("instance_norm", 3, "normalization", "medium", ("normalization", "instance-norm"),
           ("instance_norm", "instance_normalize"), PICTURES, {"dtype": FLOATS, "BLOCK": (32, 64, 128, 256)}),
    Family("batch_norm", 3, "normalization", "medium", ("normalization", "batch-norm", "inference", "fused"),
           ("batch_norm_{op}", "bn_{op}"), PICTURES, {"op": AFTER, "dtype": FLOATS, "BLOCK": (32, 64, 128)}),
    Family("batch_norm_training", 3, "normalization", "hard", ("normalization", "batch-norm", "training"),
           ("batch_norm", "batch_normalize"), sizes("ROWS, COLS", (17, 30), (40, 100), (64, 64), (33, 7)),
           {"dtype": ("float32", "float16"), "BLOCK_ROWS": (8, 16, 32), "BLOCK_COLS": (16, 32, 64)}),
    Family("l2_normalize", 2, "normalization", "medium", (*_TAGS, "autograd"), ("l2_normalize", "unit_rows", "normalize_rows"),
           MATRIX, _GRADIENTS, test="gradients", backward=True),
)  # fmt: skip
