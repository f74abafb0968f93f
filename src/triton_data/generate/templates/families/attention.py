"""Attention, and the positions that go into it."""

from __future__ import annotations

from triton_data.generate.templates.family import FLOATS, Choice, Family, sizes

MASKS = (Choice("full"), Choice("causal", {}, ("causal",)))
SECTIONS = tuple(
    Choice("_".join(map(str, parts)), {"sizes": str(list(parts)), "half": sum(parts), "first": parts[0],
                                       "second": parts[0] + parts[1]})
    for parts in ((2, 3, 3), (4, 6, 6), (4, 4, 4))
)  # fmt: skip
LENGTHS = sizes("BATCH, HEADS, LENGTH", (1, 2, 45), (2, 1, 33), (1, 1, 16), (1, 3, 70), (2, 2, 64))
_TAGS = ("attention", "flash-attention", "online-softmax")
_TILES = {"WIDTH": (16, 32), "BLOCK_Q": (16, 32), "BLOCK_K": (16, 32)}

FAMILIES = (
    Family("flash_attention", 3, "attention", "hard", _TAGS, ("flash_attention", "fused_attention"), LENGTHS,
           {"mask": MASKS, "dtype": FLOATS, **_TILES}, loose=2),
    Family("flash_attention_grad", 3, "attention", "hard", (*_TAGS, "autograd"), ("flash_attention", "attention_with_grad"),
           LENGTHS, {"mask": MASKS, "dtype": ("float32", "float16"), "WIDTH": (16, 32), "BLOCK_Q": (16, 32)},
           test="gradients", backward=True, loose=3),
    Family("window_attention", 3, "attention", "hard", (*_TAGS, "sliding-window", "causal"),
           ("window_attention", "sliding_window_attention", "local_attention"), LENGTHS,
           {"dtype": FLOATS, "window": (5, 17, 32), **_TILES}, loose=2),
    Family("grouped_attention", 3, "attention", "hard", (*_TAGS, "grouped-query"), ("grouped_attention", "grouped_query_attention", "gqa"),
           sizes("BATCH, HEADS, QUERIES, KEYS", (1, 2, 20, 45), (2, 1, 33, 16), (1, 2, 16, 70), (1, 1, 50, 50)),
           {"dtype": FLOATS, "repeats": (2, 3, 4), **_TILES}, loose=2),
    Family("alibi_attention", 3, "attention", "hard", (*_TAGS, "alibi", "causal"), ("alibi_attention", "biased_attention"),
           LENGTHS, {"dtype": FLOATS, **_TILES}, loose=2),
    Family("paged_attention", 3, "attention", "hard", ("attention", "decoding", "paged", "kv-cache"),
           ("paged_attention", "paged_decode", "decode_attention"),
           sizes("BATCH, PAGES, HEADS", (3, 4, 2), (1, 2, 3), (5, 3, 1), (2, 6, 4)),
           {"dtype": FLOATS, "PAGE": (8, 16), "WIDTH": (16, 32, 64)}, loose=2),
    Family("rope", 3, "position", "hard", ("rope", "rotary", "autograd"), ("rope", "rotary_embedding", "apply_rope"),
           sizes("BATCH, LENGTH, HEADS, HALF", (2, 9, 3, 8), (1, 17, 4, 5), (3, 5, 2, 16), (1, 33, 1, 32)),
           {"dtype": ("float32", "float16"), "warps": (2, 4, 8)}, test="input_gradient", backward=True),
    Family("rope_interleaved", 3, "position", "medium", ("rope", "rotary", "interleaved"),
           ("rope_interleaved", "rotary_pairs", "gptj_rope"),
           sizes("BATCH, LENGTH, HALF", (2, 9, 8), (1, 17, 5), (3, 5, 33), (1, 33, 32)), {"dtype": FLOATS, "warps": (2, 4)}),
    Family("mrope", 3, "position", "hard", ("rope", "rotary", "multimodal"), ("mrope", "multimodal_rope"),
           sizes("LENGTH, HEADS", (9, 3), (17, 4), (33, 1), (5, 2)), {"sections": SECTIONS, "dtype": FLOATS}),
)  # fmt: skip
