"""Products of matrices: tiled, grouped, batched, split, persistent, quantised, fused with what comes after."""

from __future__ import annotations

from triton_data.generate.templates.families.elementwise import UNARY
from triton_data.generate.templates.family import FLOATS, Choice, Family, sizes

NAMED = {op.name: op for op in UNARY}
EPILOGUES = tuple(
    NAMED[name] for name in ("relu", "gelu", "silu", "leaky_relu", "sigmoid", "tanh", "square", "hardswish")
)
GATES = tuple(NAMED[name] for name in ("silu", "gelu", "relu", "sigmoid", "gelu_tanh"))


def _after(name: str, plain: str) -> tuple[Choice, ...]:
    """The product alone, and with each epilogue."""
    after = (Choice(op.name, {**op.texts, "math": f"{op.name}({plain})"}, ("epilogue", "fused")) for op in EPILOGUES)
    return (Choice(name, {"torch": "", "triton": "", "math": plain}), *after)


BATCHED = (
    Choice("bmm", {"math": "a_b b_b", "torch": "torch.bmm(a, b)", "a": "BATCH, M, K", "b": "BATCH, K, N",
                   "turn_a": "", "turn_b": ""}),
    Choice("bmm_transposed", {"math": "a_b b_b^T", "torch": "torch.bmm(a, b.transpose(1, 2))", "a": "BATCH, M, K",
                              "b": "BATCH, N, K", "turn_a": "", "turn_b": "yes"}, ("transposed",)),
    Choice("transposed_bmm", {"math": "a_b^T b_b", "torch": "torch.bmm(a.transpose(1, 2), b)", "a": "BATCH, K, M",
                              "b": "BATCH, K, N", "turn_a": "yes", "turn_b": ""}, ("transposed",)),
)  # fmt: skip
CONFIGS = (
    Choice("two", {"list": [(32, 32, 32, 4, 2), (16, 64, 16, 2, 3)]}),
    Choice("wide", {"list": [(16, 64, 32, 4, 2), (16, 32, 64, 2, 2), (32, 64, 16, 4, 3)]}),
    Choice("square", {"list": [(32, 32, 16, 2, 2), (64, 64, 16, 4, 3)]}),
)

MNK = sizes("M, N, K", (20, 30, 25), (33, 17, 50), (64, 64, 32), (1, 40, 16), (48, 80, 100), (128, 16, 64))
TALL = sizes("M, N, K", (20, 24, 200), (16, 16, 257), (33, 5, 128), (8, 40, 512))
TILES = {"BLOCK_M": (16, 32), "BLOCK_N": (16, 32), "BLOCK_K": (16, 32)}
_TAGS = ("matmul", "tiled")

FAMILIES = (
    Family("matmul", 1, "matmul", "medium", _TAGS, ("matmul", "tiled_matmul", "gemm"), MNK,
           {"op": _after("matmul", "a b"), "dtype": FLOATS, **TILES}, test="strided", loose=3),
    Family("matmul_autotuned", 3, "matmul", "hard", (*_TAGS, "autotune", "l2-cache"), ("matmul", "autotuned_matmul", "grouped_matmul"),
           MNK, {"configs": CONFIGS, "dtype": FLOATS, "GROUP": (2, 4, 8)}, test="strided", loose=3),
    Family("linear", 2, "matmul", "medium", (*_TAGS, "linear", "bias"), ("{op}_layer", "linear_{op}", "fused_{op}"), MNK,
           {"op": _after("linear", "x w^T + b"), "dtype": FLOATS, **TILES}, loose=3),
    Family("linear_grad", 3, "matmul", "hard", (*_TAGS, "linear", "autograd"), ("linear", "differentiable_linear"), MNK,
           {"dtype": ("float32", "float16"), **TILES}, test="gradients", backward=True, loose=3),
    Family("bmm", 2, "matmul", "medium", (*_TAGS, "batched"), ("{op}", "batched_{op}"),
           sizes("BATCH, M, N, K", (3, 20, 30, 25), (1, 33, 17, 50), (4, 8, 40, 16), (2, 64, 32, 32)),
           {"op": BATCHED, "dtype": FLOATS, **TILES}, test="strided", loose=3),
    Family("matmul_split_k", 3, "matmul", "hard", (*_TAGS, "split-k", "deterministic"), ("split_k_matmul", "matmul"), TALL,
           {"dtype": FLOATS, "splits": (2, 3, 4), "BLOCK_M": (16,), "BLOCK_N": (16, 32), "BLOCK_K": (16, 32)}, loose=5),
    Family("matmul_persistent", 3, "matmul", "hard", (*_TAGS, "persistent"), ("persistent_matmul", "matmul"), MNK,
           {"dtype": FLOATS, "programs": (2, 4, 132), **TILES}, loose=3),
    Family("matmul_stream_k", 3, "matmul", "hard", (*_TAGS, "stream-k", "atomics"), ("stream_k_matmul", "matmul"), TALL,
           {"dtype": ("float32",), "programs": (3, 4, 7), "BLOCK_M": (16,), "BLOCK_N": (16, 32), "BLOCK_K": (16, 32)}, loose=5),
    Family("matmul_block_pointer", 3, "matmul", "hard", (*_TAGS, "block-pointer", "bias"), ("matmul_bias", "block_pointer_matmul"),
           MNK, {"dtype": FLOATS, **TILES}, loose=3),
    Family("addmm", 2, "matmul", "medium", (*_TAGS, "residual"), ("addmm", "scaled_addmm"), MNK,
           {"dtype": FLOATS, "alpha": (0.5, 2.0), "beta": (1.0, 0.25), **TILES}, loose=3),
    Family("gated_linear", 3, "matmul", "hard", (*_TAGS, "glu", "mlp", "fused"), ("gated_linear_{op}", "{op}_glu", "{op}_gate_up"),
           MNK, {"op": GATES, "dtype": FLOATS, **TILES}, loose=10),
    Family("lora_linear", 3, "matmul", "hard", (*_TAGS, "lora", "low-rank"), ("lora_linear", "low_rank_linear"),
           sizes("M, N, K, RANK", (20, 30, 25, 4), (33, 17, 50, 8), (64, 32, 32, 16), (1, 40, 16, 2)),
           {"dtype": ("float32", "float16"), "scale": (0.5, 2.0), **TILES}, loose=20),
    Family("grouped_gemm", 3, "matmul", "hard", (*_TAGS, "grouped", "mixture-of-experts", "jagged"),
           ("grouped_gemm", "expert_matmul", "grouped_linear"),
           sizes("GROUPS, N, K", (4, 30, 25), (1, 17, 50), (7, 64, 32), (3, 16, 16)), {"dtype": FLOATS, **TILES}, loose=3),
    Family("int8_matmul", 2, "matmul", "medium", (*_TAGS, "int8", "quantization"), ("int8_matmul", "byte_matmul"), MNK,
           {"BLOCK_M": (16, 32), "BLOCK_N": (16, 32), "BLOCK_K": (32, 64)}, exact=True),
    Family("scaled_int8_matmul", 3, "matmul", "hard", (*_TAGS, "int8", "quantization", "dequantize"),
           ("scaled_int8_matmul", "quantized_matmul", "w8a8_matmul"), MNK,
           {"dtype": FLOATS, "BLOCK_M": (16, 32), "BLOCK_N": (16, 32), "BLOCK_K": (32, 64)}),
    Family("fp8_matmul", 3, "matmul", "hard", (*_TAGS, "fp8", "quantization"), ("fp8_matmul", "scaled_fp8_matmul", "e4m3_matmul"), MNK,
           {"dtype": FLOATS, "BLOCK_M": (16, 32), "BLOCK_N": (16, 32), "BLOCK_K": (32, 64)}, loose=3),
    Family("int4_linear", 3, "matmul", "hard", (*_TAGS, "int4", "quantization", "dequantize"),
           ("int4_linear", "w4_linear", "packed_linear"),
           sizes("M, N, PAIRS", (20, 24, 20), (17, 16, 32), (3, 33, 15), (64, 40, 50)), {"dtype": FLOATS, **TILES}, loose=5),
)  # fmt: skip
