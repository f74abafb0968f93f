"""Convolutions, pooling, resampling, stencils."""

from __future__ import annotations

from triton_data.generate.templates.family import FLOATS, Choice, Family, sizes

POOLS = (
    Choice("max_pool", {"title": "Maximum", "torch": "max_pool2d", "padded": "yes", "other": 'float("-inf")',
                        "step": "tl.maximum(total, x)", "last": "total"}),
    Choice("avg_pool", {"title": "Mean", "torch": "avg_pool2d", "padded": "", "other": "0.0", "step": "total + x",
                        "last": "total / (WINDOW * WINDOW)"}),
)  # fmt: skip
GLOBAL = (
    Choice("global_mean", {"title": "Mean", "torch": "adaptive_avg_pool2d", "other": "0.0", "step": "total + x",
                           "last": "tl.sum(total, axis=0) / n_pixels"}),
    Choice("global_max", {"title": "Maximum", "torch": "adaptive_max_pool2d", "other": 'float("-inf")',
                          "step": "tl.maximum(total, x)", "last": "tl.max(total, axis=0)"}),
)  # fmt: skip
STENCILS = (
    Choice("heat", {"title": "One step of the heat equation", "torch": "inner + 0.125 * (up + down + left + right - 4 * inner)"}),
    Choice("laplacian", {"title": "The discrete Laplacian", "torch": "up + down + left + right - 4 * inner"}),
    Choice("jacobi", {"title": "One step of Jacobi's method", "torch": "0.25 * (up + down + left + right)"}),
    Choice("sharpen", {"title": "Sharpening", "torch": "2 * inner - 0.25 * (up + down + left + right)"}),
)  # fmt: skip

LINES = sizes("BATCH, INNER, OUTER, STEPS", (2, 3, 5, 31), (1, 4, 17, 20), (3, 8, 16, 16), (1, 1, 3, 50))
PICTURES = sizes("BATCH, CHANNELS, HEIGHT, WIDTH", (2, 3, 11, 9), (1, 1, 7, 20), (2, 4, 8, 8), (3, 2, 16, 5))

FAMILIES = (
    Family("conv1d", 3, "convolution", "hard", ("convolution", "1d", "implicit-gemm"), ("conv1d", "convolve_steps"), LINES,
           {"dtype": FLOATS, "taps": (3, 5), "padding": (0, 1, 2), "BLOCK_M": (16, 32), "BLOCK_K": (16, 32)}, loose=3),
    Family("conv2d", 3, "convolution", "hard", ("convolution", "2d", "implicit-gemm"), ("conv2d", "convolve_pictures"),
           sizes("BATCH, INNER, OUTER, HEIGHT, WIDTH", (2, 3, 5, 11, 9), (1, 4, 17, 7, 12), (2, 8, 16, 8, 8), (1, 1, 3, 16, 6)),
           {"dtype": FLOATS, "taps": (3, 5), "stride": (1, 2), "padding": (1, 2), "BLOCK_M": (16, 32), "BLOCK_K": (16, 32)}, loose=3),
    Family("depthwise_conv1d", 3, "convolution", "medium", ("convolution", "depthwise", "1d"),
           ("depthwise_conv1d", "channel_conv1d", "short_conv"),
           sizes("BATCH, CHANNELS, STEPS", (2, 5, 31), (1, 3, 100), (3, 8, 64), (1, 1, 7)),
           {"dtype": FLOATS, "causal": (True, False), "taps": (3, 5, 7), "BLOCK": (32, 64, 128)}, loose=2),
    Family("depthwise_conv2d", 3, "convolution", "medium", ("convolution", "depthwise", "2d"),
           ("depthwise_conv2d", "channel_conv2d"), PICTURES, {"dtype": FLOATS, "taps": (3, 5), "BLOCK": (64, 128, 256)}, loose=2),
    Family("conv_transpose1d", 3, "convolution", "hard", ("convolution", "transposed", "1d"), ("conv_transpose1d", "deconvolve"),
           LINES, {"dtype": FLOATS, "taps": (3, 4), "stride": (1, 2, 3), "BLOCK": (32, 64, 128)}, loose=2),
    Family("pool2d", 3, "pooling", "medium", ("pooling", "2d"), ("{op}2d", "{op}_windows"), PICTURES,
           {"op": POOLS, "dtype": FLOATS, "window": (2, 3), "stride": (1, 2), "BLOCK": (64, 128, 256)}),
    Family("global_pool", 3, "pooling", "easy", ("pooling", "global", "reduction"), ("{op}_pool", "{op}_of_pictures"), PICTURES,
           {"op": GLOBAL, "dtype": FLOATS, "BLOCK": (16, 32, 64, 128)}),
    Family("upsample_nearest", 3, "resampling", "easy", ("upsample", "nearest", "2d"), ("upsample_nearest", "repeat_pixels"), PICTURES,
           {"dtype": FLOATS, "factor": (2, 3, 4), "BLOCK": (64, 128, 256)}, exact=True),
    Family("stencil", 3, "stencil", "medium", ("stencil", "2d", "grid"), ("{op}_step", "{op}_stencil", "{op}"),
           sizes("ROWS, COLS", (17, 30), (33, 20), (16, 64), (5, 7)),
           {"op": STENCILS, "dtype": FLOATS, "BLOCK_ROWS": (8, 16), "BLOCK_COLS": (16, 32)}),
)  # fmt: skip
