"""Families that move elements and compute nothing, or next to nothing: every bit is compared."""

from __future__ import annotations

from triton_data.generate.templates.family import FLOATS, Choice, Family, sizes

TYPES = (*FLOATS, "int32", "int64")
ORDERS = (
    Choice("swap_first", {"order": "1, 0, 2", "title": "(a, b, c) becomes (b, a, c)"}),
    Choice("swap_last", {"order": "0, 2, 1", "title": "(a, b, c) becomes (a, c, b)"}),
    Choice("rotate", {"order": "2, 0, 1", "title": "(a, b, c) becomes (c, a, b)"}),
    Choice("reverse", {"order": "2, 1, 0", "title": "(a, b, c) becomes (c, b, a)"}),
)
BAGS = (
    Choice("sum", {"title": "Sum", "mode": "sum", "other": "0.0", "step": "total + x", "last": "total"}),
    Choice("mean", {"title": "Mean", "mode": "mean", "other": "0.0", "step": "total + x",
                    "last": "total / tl.maximum(end - first, 1)"}),
    Choice("max", {"title": "Maximum", "mode": "max", "other": 'float("-inf")', "step": "tl.maximum(total, x)",
                   "last": "total"}),
)  # fmt: skip

_PLACE = ("row, col = offsets // n_cols, offsets % n_cols",)
_SAME = "(n_rows, n_cols)"
REMAPS = (
    Choice("flip_rows", {"title": "Rows in the opposite order.", "torch": "torch.flip(x, dims=(0,))", "shape": _SAME,
                         "lines": (*_PLACE, "out = tl.load(x_ptr + (n_rows - 1 - row) * n_cols + col, mask=mask)")}),
    Choice("flip_columns", {"title": "Columns in the opposite order.", "torch": "torch.flip(x, dims=(1,))", "shape": _SAME,
                            "lines": (*_PLACE, "out = tl.load(x_ptr + row * n_cols + n_cols - 1 - col, mask=mask)")}),
    Choice("roll_columns", {"title": "Columns moved on by three, those at the end to the front.",
                            "torch": "torch.roll(x, 3, dims=1)", "shape": _SAME,
                            "lines": (*_PLACE, "source = (col + n_cols - 3 % n_cols) % n_cols",
                                      "out = tl.load(x_ptr + row * n_cols + source, mask=mask)")}),
    Choice("lower_triangle", {"title": "What lies on and below the diagonal, zero above it.", "torch": "torch.tril(x)",
                              "shape": _SAME,
                              "lines": (*_PLACE, "out = tl.load(x_ptr + offsets, mask=mask & (col <= row), other=0)")}),
    Choice("upper_triangle", {"title": "What lies above the diagonal, zero elsewhere.", "torch": "torch.triu(x, 1)",
                              "shape": _SAME,
                              "lines": (*_PLACE, "out = tl.load(x_ptr + offsets, mask=mask & (col > row), other=0)")}),
    Choice("pad_border", {"title": "A border of ones, one element wide, around a matrix.",
                          "torch": "F.pad(x, (1, 1, 1, 1), value=1)", "shape": "(n_rows + 2, n_cols + 2)",
                          "lines": ("row, col = offsets // (n_cols + 2) - 1, offsets % (n_cols + 2) - 1",
                                    "inside = (row >= 0) & (row < n_rows) & (col >= 0) & (col < n_cols)",
                                    "out = tl.load(x_ptr + row * n_cols + col, mask=mask & inside, other=1)")}),
    Choice("repeat_rows", {"title": "Each row twice, one after the other.", "torch": "x.repeat_interleave(2, dim=0)",
                           "shape": "(2 * n_rows, n_cols)",
                           "lines": (*_PLACE, "out = tl.load(x_ptr + row // 2 * n_cols + col, mask=mask)")}),
    Choice("every_other_column", {"title": "Every other column, beginning with the first.", "torch": "x[:, ::2].contiguous()",
                                  "shape": "(n_rows, (n_cols + 1) // 2)",
                                  "lines": ("kept = (n_cols + 1) // 2", "row, col = offsets // kept, offsets % kept * 2",
                                            "out = tl.load(x_ptr + row * n_cols + col, mask=mask)")}),
    Choice("tile_columns", {"title": "A matrix beside itself.", "torch": "x.repeat(1, 2)", "shape": "(n_rows, 2 * n_cols)",
                            "lines": ("row, col = offsets // (2 * n_cols), offsets % n_cols",
                                      "out = tl.load(x_ptr + row * n_cols + col, mask=mask)")}),
)  # fmt: skip

MATRIX = sizes("ROWS, COLS", (17, 300), (1, 100), (64, 128), (33, 77), (128, 5), (7, 51), (40, 64))
_TAGS = ("data-movement",)

FAMILIES = (
    Family("transpose", 2, "transpose", "medium", (*_TAGS, "transpose", "tiled"), ("transpose", "tiled_transpose", "matrix_transpose"),
           MATRIX, {"dtype": TYPES, "BLOCK_ROWS": (16, 32), "BLOCK_COLS": (16, 32, 64)}, exact=True),
    Family("permute", 2, "transpose", "medium", (*_TAGS, "permute", "3d"), ("permute_{op}", "{op}_axes"),
           sizes("A, B, C", (4, 9, 17), (1, 33, 5), (8, 8, 16), (3, 50, 7)),
           {"op": ORDERS, "dtype": TYPES, "BLOCK": (128, 256, 512)}, exact=True),
    Family("gather_rows", 2, "indexing", "easy", (*_TAGS, "gather", "index-select"), ("gather_rows", "index_select", "take_rows"),
           sizes("ROWS, COLS, COUNT", (20, 33, 50), (1, 5, 3), (64, 64, 64), (9, 130, 7)),
           {"dtype": TYPES, "BLOCK": (32, 64, 128)}, exact=True),
    Family("embedding_grad", 3, "indexing", "hard", ("embedding", "autograd", "deterministic"), ("embedding", "word_vectors"),
           sizes("COUNT, WORDS, WIDTH", (50, 20, 33), (3, 5, 7), (64, 16, 64), (30, 40, 20)),
           {"dtype": ("float32", "float16"), "BLOCK": (16, 32, 64)}, test="gradients", backward=True),
    Family("embedding_bag", 3, "indexing", "medium", ("embedding", "bag", "jagged"), ("embedding_bag_{op}", "bag_{op}", "{op}_of_words"),
           sizes("BAGS, WORDS, WIDTH", (9, 20, 33), (3, 5, 7), (16, 16, 64), (5, 40, 20)),
           {"op": BAGS, "dtype": FLOATS, "BLOCK": (16, 32, 64)}),
    Family("scatter_add", 3, "indexing", "medium", ("scatter", "atomics", "index-add"), ("scatter_add_rows", "index_add"),
           sizes("ROWS, COLS, COUNT", (20, 33, 50), (2, 5, 9), (64, 64, 64), (9, 130, 7)), {"BLOCK": (32, 64, 128)}),
    Family("take_along", 2, "indexing", "easy", (*_TAGS, "gather"), ("take_along_rows", "gather_columns"),
           sizes("ROWS, COLS, COUNT", (20, 33, 50), (1, 5, 3), (64, 64, 64), (9, 130, 7)),
           {"dtype": TYPES, "BLOCK": (32, 64, 128)}, exact=True),
    Family("concatenate", 2, "indexing", "easy", (*_TAGS, "concatenate"), ("concatenate", "join_columns", "side_by_side"),
           sizes("ROWS, LEFT, RIGHT", (20, 33, 50), (1, 5, 3), (64, 64, 64), (9, 130, 7)),
           {"dtype": TYPES, "BLOCK": (32, 64, 128)}, exact=True),
    Family("remap", 2, "indexing", "easy", _TAGS, ("{op}", "matrix_{op}"), MATRIX,
           {"op": REMAPS, "dtype": TYPES, "BLOCK": (128, 256)}, exact=True),
    Family("pixel_shuffle", 2, "indexing", "medium", (*_TAGS, "pixel-shuffle", "4d"), ("pixel_shuffle", "depth_to_space"),
           sizes("BATCH, CHANNELS, HEIGHT, WIDTH", (2, 3, 5, 7), (1, 1, 4, 9), (3, 2, 8, 8)),
           {"dtype": FLOATS, "factor": (2, 3), "BLOCK": (128, 256)}, exact=True),
    Family("sort_rows", 3, "sort", "hard", ("sort", "bitonic", "row-wise"), ("sort_rows", "row_sort"),
           sizes("ROWS, COLS", (9, 30), (1, 100), (16, 64), (33, 7)),
           {"dtype": FLOATS, "descending": (False, True), "warps": (4, 8)}, exact=True),
    Family("top_k", 3, "sort", "hard", ("top-k", "selection", "row-wise"), ("top_k", "largest_of_rows"),
           sizes("ROWS, COLS", (9, 30), (1, 100), (16, 64), (33, 17)),
           {"dtype": FLOATS, "k": (2, 3, 5, 8), "warps": (4, 8)}, exact=True, outputs=2),
    Family("histogram", 3, "histogram", "medium", ("histogram", "atomics", "integer"), ("histogram", "bincount", "count_values"),
           sizes("COUNT", 1000, 1, 777, 128), {"bins": (8, 16, 32, 64), "BLOCK": (64, 128)}, exact=True),
    Family("one_hot", 2, "indexing", "easy", ("one-hot", "integer"), ("one_hot", "class_indicator"),
           sizes("COUNT", 50, 1, 64, 77), {"classes": (5, 16, 33), "BLOCK_ROWS": (8, 16)}, exact=True),
)  # fmt: skip
