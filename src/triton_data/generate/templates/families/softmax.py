"""Softmax and what is like it: stable, differentiable, online, persistent, causal, masked, sparse, jagged."""

from __future__ import annotations

from triton_data.generate.templates.family import FLOATS, Choice, Family, sizes

NONE = ""
SOFTMAX = Choice("softmax", {
    "title": "Softmax", "math": "exp(x_j) / sum_k exp(x_k)", "torch": "torch.softmax(x, dim=-1)", "before": NONE,
    "other": 'float("-inf")', "triton": "tl.exp(shifted) / total", "grad_math": "dx_j = y_j (g_j - sum_k g_k y_k)",
    "grad": "out * (grad_out - tl.sum(grad_out * out, axis=0))"})  # fmt: skip
LOG_SOFTMAX = Choice("log_softmax", {
    "title": "Logarithm of the softmax", "math": "x_j - log sum_k exp(x_k)", "torch": "torch.log_softmax(x, dim=-1)",
    "before": NONE, "other": 'float("-inf")', "triton": "shifted - tl.log(total)",
    "grad_math": "dx_j = g_j - exp(y_j) sum_k g_k", "grad": "grad_out - tl.exp(out) * tl.sum(grad_out, axis=0)"})  # fmt: skip
SOFTMIN = Choice("softmin", {
    "title": "Softmin", "math": "exp(-x_j) / sum_k exp(-x_k)", "torch": "torch.softmax(-x, dim=-1)", "before": "-x",
    "other": 'float("inf")', "triton": "tl.exp(shifted) / total"})  # fmt: skip
HOT = Choice("temperature_softmax", {
    "title": "Softmax at temperature 2", "math": "exp(x_j / 2) / sum_k exp(x_k / 2)",
    "torch": "torch.softmax(x / 2, dim=-1)", "before": "x / 2.0", "other": 'float("-inf")',
    "triton": "tl.exp(shifted) / total"})  # fmt: skip

MATRIX = sizes("ROWS, COLS", (17, 300), (1, 1000), (64, 128), (33, 77), (5, 2), (128, 64), (7, 513), (40, 256))
LONG = sizes("ROWS, COLS", (5, 1000), (1, 2500), (16, 1024), (3, 777), (9, 130))
_TAGS = ("softmax", "row-wise")

FAMILIES = (
    Family("softmax", 2, "softmax", "medium", (*_TAGS, "numerically-stable"), ("{op}", "fused_{op}", "row_{op}"), MATRIX,
           {"op": (SOFTMAX, LOG_SOFTMAX, SOFTMIN, HOT), "dtype": FLOATS, "warps": (4, 8)}),
    Family("softmax_grad", 3, "softmax", "hard", (*_TAGS, "autograd"), ("{op}", "differentiable_{op}", "{op}_with_grad"),
           MATRIX, {"op": (SOFTMAX, LOG_SOFTMAX), "dtype": ("float32", "float16")}, test="gradients", backward=True),
    Family("softmax_online", 3, "softmax", "hard", (*_TAGS, "online", "two-pass"), ("online_{op}", "long_row_{op}"), LONG,
           {"op": (SOFTMAX, LOG_SOFTMAX), "dtype": FLOATS, "BLOCK": (128, 256, 512)}),
    Family("softmax_persistent", 3, "softmax", "hard", (*_TAGS, "persistent", "pipelined"),
           ("persistent_{op}", "{op}"), MATRIX,
           {"op": (SOFTMAX, LOG_SOFTMAX), "dtype": FLOATS, "programs": (4, 8, 16), "warps": (4, 8)}),
    Family("causal_softmax", 3, "softmax", "medium", (*_TAGS, "attention", "causal"), ("causal_softmax", "causal_scores"),
           sizes("HEADS, LENGTH", (2, 20), (1, 33), (4, 64), (3, 77), (1, 1)),
           {"dtype": FLOATS, "scale": (0.125, 0.25, 1.0), "warps": (2, 4)}),
    Family("masked_softmax", 2, "softmax", "medium", (*_TAGS, "mask"), ("masked_softmax", "softmax_where"), MATRIX,
           {"dtype": FLOATS, "warps": (2, 4)}),
    Family("sparsemax", 3, "softmax", "hard", (*_TAGS, "sparsemax", "sort"), ("sparsemax", "simplex_projection"),
           sizes("ROWS, COLS", (17, 30), (1, 100), (8, 64), (33, 77), (5, 2)), {"dtype": FLOATS, "warps": (4, 8)}),
    Family("jagged_softmax", 3, "softmax", "hard", ("softmax", "jagged", "nested-tensor"),
           ("jagged_softmax", "ragged_softmax", "segment_softmax"), sizes("ROWS", 9, 1, 20, 33),
           {"dtype": FLOATS, "BLOCK": (16, 32, 64)}),
)  # fmt: skip
