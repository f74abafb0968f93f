"""Families that make one number of many: along rows, columns, segments, or of everything."""

from __future__ import annotations

from dataclasses import replace

from triton_data.generate.templates.family import FLOATS, Choice, Family, sizes


def _reduction(name: str, title: str, math: str, torch: str, other: str, triton: str, step: str, join: str,
               last: str = "", merge: str = "", *tags: str) -> Choice:  # fmt: skip
    """`step` folds a block `x` into `total`, `join` a block of totals into one, `merge` a block `partial` into `total`."""
    fill = {"0.0": "0", "1.0": "1", 'float("-inf")': "-inf", 'float("inf")': "inf"}[other]
    texts = {"title": title, "math": math, "torch": torch, "other": other, "triton": triton, "step": step, "join": join,
             "last": last or join, "merge": merge or step.replace("x", "partial"), "fill": fill}  # fmt: skip
    return Choice(name, texts, tags)


_ADD, _SUM = "total + x", "tl.sum(total, axis=0)"
REDUCTIONS = (
    _reduction("sum", "Sum", "sum x_ij", "torch.sum(x, dim=1)", "0.0", "tl.sum(x, axis=0)", _ADD, _SUM),
    _reduction("mean", "Mean", "sum x_ij / n", "torch.mean(x, dim=1)", "0.0", "tl.sum(x, axis=0) / n_cols",
               _ADD, _SUM, f"{_SUM} / n_cols"),
    _reduction("max", "Maximum", "max x_ij", "torch.amax(x, dim=1)", 'float("-inf")', "tl.max(x, axis=0)",
               "tl.maximum(total, x)", "tl.max(total, axis=0)", merge="tl.maximum(total, partial)"),
    _reduction("min", "Minimum", "min x_ij", "torch.amin(x, dim=1)", 'float("inf")', "tl.min(x, axis=0)",
               "tl.minimum(total, x)", "tl.min(total, axis=0)", merge="tl.minimum(total, partial)"),
    _reduction("sum_of_squares", "Sum of squares", "sum x_ij^2", "torch.sum(x.float() * x.float(), dim=1).to(x.dtype)",
               "0.0", "tl.sum(x * x, axis=0)", "total + x * x", _SUM, merge="total + partial"),
    _reduction("l2_norm", "Euclidean norm", "sqrt(sum x_ij^2)", "torch.sqrt(torch.sum(x.float() * x.float(), dim=1)).to(x.dtype)",
               "0.0", "tl.sqrt(tl.sum(x * x, axis=0))", "total + x * x", _SUM, f"tl.sqrt({_SUM})", "total + partial"),
    _reduction("l1_norm", "Sum of absolute values", "sum |x_ij|", "torch.sum(torch.abs(x), dim=1)", "0.0",
               "tl.sum(tl.abs(x), axis=0)", "total + tl.abs(x)", _SUM, merge="total + partial"),
    _reduction("max_abs", "Largest absolute value", "max |x_ij|", "torch.amax(torch.abs(x), dim=1)", "0.0",
               "tl.max(tl.abs(x), axis=0)", "tl.maximum(total, tl.abs(x))", "tl.max(total, axis=0)",
               merge="tl.maximum(total, partial)"),
)  # fmt: skip
LOGSUMEXP = Choice("logsumexp", {
    "title": "Logarithm of the sum of exponentials", "math": "log sum exp x_ij", "torch": "torch.logsumexp(x, dim=1)",
    "other": 'float("-inf")', "fill": "-inf",
    "lines": ("largest = tl.max(x, axis=0)",
              "shift = tl.where(tl.abs(largest) == float(\"inf\"), 0.0, largest)  # inf - inf is no number"),
    "triton": "shift + tl.log(tl.sum(tl.exp(x - shift), axis=0))"})  # fmt: skip

ARGUMENTS = (
    Choice("argmax", {"title": "largest", "torch": "torch.argmax(x, dim=1)", "other": 'float("-inf")',
                      "triton": "tl.max(x, axis=0)"}),
    Choice("argmin", {"title": "smallest", "torch": "torch.argmin(x, dim=1)", "other": 'float("inf")',
                      "triton": "tl.min(x, axis=0)"}),
)  # fmt: skip

SPREADS = (
    Choice("variance", {"title": "Variance (biased)", "torch": "torch.var(x, dim=1, correction=0)",
                        "triton": "squares / count"}),
    Choice("std", {"title": "Standard deviation (biased)", "torch": "torch.std(x, dim=1, correction=0)",
                   "triton": "tl.sqrt(squares / count)"}),
    Choice("sum_of_deviations", {"title": "Sum of squared deviations",
                                 "torch": "torch.var(x, dim=1, correction=0) * x.shape[1]", "triton": "squares"}),
)  # fmt: skip

LOGIC = (
    Choice("any_negative", {"title": "Does a row hold a negative number?", "torch": "(x < 0).any(dim=1)",
                            "condition": "x < 0", "triton": "count > 0", "out": "torch.bool"}),
    Choice("all_above", {"title": "Are all numbers of a row above -1?", "torch": "(x > -1).all(dim=1)",
                         "condition": "x > -1", "triton": "count == n_cols", "out": "torch.bool"}),
    Choice("count_positive", {"title": "How many numbers of a row are positive?", "torch": "(x > 0).sum(dim=1)",
                              "condition": "x > 0", "triton": "count", "out": "torch.int64"}),
    Choice("count_small", {"title": "How many numbers of a row lie between -1/2 and 1/2?",
                           "torch": "(torch.abs(x) < 0.5).sum(dim=1)", "condition": "tl.abs(x) < 0.5",
                           "triton": "count", "out": "torch.int64"}),
)  # fmt: skip

ROW_PAIRS = (
    Choice("dot", {"title": "Dot product", "math": "sum_j x_ij y_ij", "torch": "torch.sum(x.float() * y.float(), dim=1).to(x.dtype)",
                   "triton": "out = tl.sum(x * y, axis=0)"}),
    Choice("squared_distance", {"title": "Squared distance", "math": "sum_j (x_ij - y_ij)^2",
                                "torch": "torch.sum((x.float() - y.float()) ** 2, dim=1).to(x.dtype)",
                                "triton": "out = tl.sum((x - y) * (x - y), axis=0)"}),
    Choice("l1_distance", {"title": "Distance by absolute differences", "math": "sum_j |x_ij - y_ij|",
                           "torch": "torch.sum(torch.abs(x.float() - y.float()), dim=1).to(x.dtype)",
                           "triton": "out = tl.sum(tl.abs(x - y), axis=0)"}),
    Choice("cosine_similarity", {
        "title": "Cosine of the angle", "math": "x_i . y_i / (max(|x_i|, e) max(|y_i|, e)), e = 1e-8",
        "torch": "F.cosine_similarity(x.float(), y.float(), dim=1).to(x.dtype)",
        "triton": "x_norm = tl.maximum(tl.sqrt(tl.sum(x * x, axis=0)), 1e-8); "
                  "y_norm = tl.maximum(tl.sqrt(tl.sum(y * y, axis=0)), 1e-8); "
                  "out = tl.sum((x / x_norm) * (y / y_norm), axis=0)"}),
)  # fmt: skip

JAGGED = (
    replace(REDUCTIONS[0], texts={**REDUCTIONS[0].texts, "torch": "part.sum(0)"}),
    replace(REDUCTIONS[1], texts={**REDUCTIONS[1].texts, "torch": "part.mean(0)", "last": f"{_SUM} / (end - first)"}),
    replace(REDUCTIONS[2], texts={**REDUCTIONS[2].texts, "torch": "part.amax(0)"}),
    replace(REDUCTIONS[3], texts={**REDUCTIONS[3].texts, "torch": "part.amin(0)"}),
)

MATRIX = sizes("ROWS, COLS", (17, 300), (1, 1000), (64, 128), (33, 77), (5, 1), (128, 64), (7, 513), (40, 256))
LONG = sizes("ROWS, COLS", (5, 1000), (1, 2500), (16, 1024), (3, 777), (9, 130))
CUBE = sizes("BATCH, STEPS, CHANNELS", (4, 19, 37), (1, 33, 5), (3, 10, 40), (2, 64, 32), (5, 1, 17))
FLAT = sizes("COUNT", 1000, 1, 4099, 128, 2500, 777, 4096)
_REDUCTION = ("reduction", "2d")

FAMILIES = (
    Family("row_reduce", 1, "reduction", "easy", _REDUCTION, ("row_{op}", "{op}_rows", "{op}_last_dim"), MATRIX,
           {"op": (*REDUCTIONS, LOGSUMEXP), "dtype": FLOATS, "warps": (4, 8)}, test="strided"),
    Family("row_reduce_looped", 2, "reduction", "medium", (*_REDUCTION, "loop"),
           ("row_{op}", "long_row_{op}", "{op}_along_rows"), LONG,
           {"op": REDUCTIONS, "dtype": FLOATS, "BLOCK": (128, 256, 512)}),
    Family("col_reduce", 2, "reduction", "medium", (*_REDUCTION, "column"), ("column_{op}", "{op}_columns"), MATRIX,
           {"op": REDUCTIONS, "dtype": FLOATS, "BLOCK_ROWS": (8, 16, 32), "BLOCK_COLS": (32, 64)}),
    Family("middle_reduce", 2, "reduction", "medium", ("reduction", "3d"), ("middle_{op}", "{op}_over_steps"), CUBE,
           {"op": REDUCTIONS, "dtype": FLOATS, "BLOCK_STEPS": (8, 16), "BLOCK_CHANNELS": (32, 64)}),
    Family("total_reduce", 1, "reduction", "medium", ("reduction", "two-stage", "deterministic"),
           ("total_{op}", "{op}_all", "global_{op}"), FLAT,
           {"op": REDUCTIONS, "dtype": FLOATS, "BLOCK": (128, 256, 512, 1024)}),
    Family("arg_reduce", 2, "reduction", "easy", (*_REDUCTION, "index"), ("{op}", "row_{op}", "{op}_last_dim"), MATRIX,
           {"op": ARGUMENTS, "dtype": FLOATS, "warps": (4, 8)}, exact=True),
    Family("welford", 3, "reduction", "hard", (*_REDUCTION, "welford", "one-pass"), ("row_{op}", "welford_{op}"), LONG,
           {"op": SPREADS, "dtype": FLOATS, "BLOCK": (64, 128, 256, 512)}),
    Family("row_logic", 2, "reduction", "easy", (*_REDUCTION, "comparison"), ("{op}", "row_{op}"),
           sizes("ROWS, COLS", (41, 6), (1, 3), (60, 9), (100, 33), (16, 64)),
           {"op": LOGIC, "dtype": FLOATS, "BLOCK_ROWS": (8, 16, 32)}, exact=True),
    Family("row_pair", 2, "reduction", "easy", (*_REDUCTION, "distance"), ("{op}", "row_{op}", "pairwise_{op}"), MATRIX,
           {"op": ROW_PAIRS, "dtype": FLOATS}),
    Family("matvec", 2, "matmul", "easy", ("matvec", "reduction"), ("matvec", "gemv", "matrix_vector_product"),
           sizes("M, K", (37, 90), (1, 500), (64, 31), (128, 128), (5, 1000)),
           {"dtype": FLOATS, "BLOCK_M": (4, 8, 16), "BLOCK_K": (32, 64, 128)}, test="strided", loose=10),
    Family("jagged_reduce", 3, "reduction", "medium", ("reduction", "jagged", "nested-tensor"),
           ("jagged_{op}", "segment_{op}", "ragged_{op}"),
           sizes("ROWS, WIDTH", (9, 33), (1, 7), (20, 64), (5, 130)),
           {"op": JAGGED, "dtype": FLOATS, "BLOCK_ROWS": (8, 16), "BLOCK_WIDTH": (32, 64)}),
)  # fmt: skip
