"""What training and serving need besides layers: optimisers, quantisation, dropout, routing to experts."""

from __future__ import annotations

from triton_data.generate.templates.family import FLOATS, Family, sizes

FLAT = sizes("COUNT", 1000, 1, 4099, 128, 777, 2048)
MATRIX = sizes("ROWS, COLS", (17, 300), (4, 100), (64, 128), (33, 77), (7, 513), (40, 256))
BLOCKS = (128, 256, 512, 1024)

FAMILIES = (
    Family("sgd_step", 2, "optimizer", "medium", ("optimizer", "sgd", "momentum", "fused"), ("sgd_step", "momentum_step"), FLAT,
           {"nesterov": (False, True), "rate": (0.125, 0.0625), "momentum": (0.5, 0.875), "decay": (0.0625, 0.125), "BLOCK": BLOCKS},
           outputs=2),
    Family("adamw_step", 3, "optimizer", "hard", ("optimizer", "adamw", "fused"), ("adamw_step", "fused_adamw"), FLAT,
           {"step": (1, 3, 10), "rate": (0.125, 0.0625), "decay": (0.125, 0.25), "beta2": (0.96875, 0.75), "BLOCK": BLOCKS},
           outputs=3, loose=3),
    Family("lion_step", 3, "optimizer", "medium", ("optimizer", "lion", "fused"), ("lion_step", "fused_lion"), FLAT,
           {"rate": (0.125, 0.0625), "decay": (0.125, 0.25), "beta2": (0.875, 0.96875), "BLOCK": BLOCKS}, outputs=2),
    Family("quantize_rows", 3, "quantization", "hard", ("quantization", "int8", "row-wise"), ("quantize_rows", "int8_rows"), MATRIX,
           {"dtype": FLOATS, "warps": (2, 4, 8)}, outputs=2),
    Family("dequantize", 2, "quantization", "easy", ("quantization", "int8", "dequantize"), ("dequantize", "dequantize_columns"),
           MATRIX, {"dtype": FLOATS, "BLOCK_ROWS": (8, 16), "BLOCK_COLS": (32, 64, 128)}),
    Family("dropout", 3, "random", "hard", ("dropout", "seeded", "hash", "autograd"), ("dropout", "seeded_dropout", "low_memory_dropout"),
           FLAT, {"dtype": ("float32", "float16"), "share": (0.25, 0.5, 0.75), "seed": (7, 99, 1234), "BLOCK": BLOCKS},
           test="gradients", backward=True),
    Family("moe_routing", 3, "routing", "hard", ("mixture-of-experts", "top-k", "softmax"), ("moe_routing", "route_tokens", "top_k_gating"),
           sizes("TOKENS, EXPERTS", (20, 8), (1, 16), (33, 10), (64, 64)),
           {"dtype": FLOATS, "k": (2, 3, 4), "warps": (1, 2, 4)}, outputs=2),
    Family("moe_combine", 3, "routing", "medium", ("mixture-of-experts", "gather", "weighted-sum"),
           ("moe_combine", "combine_experts", "unpermute_tokens"),
           sizes("TOKENS, ROWS, WIDTH", (20, 40, 33), (3, 5, 7), (32, 64, 64), (9, 17, 130)),
           {"dtype": FLOATS, "k": (2, 3, 4), "BLOCK": (32, 64, 128)}),
)  # fmt: skip
