"""Running results along rows: sums, maxima, products, recurrences."""

from __future__ import annotations

from triton_data.generate.templates.family import FLOATS, Choice, Family, sizes


def _scan(
    name: str, title: str, math: str, torch: str, triton: str, other: str = "0.0", combine: str = "", body: str = ""
) -> Choice:
    texts = {
        "title": title,
        "math": math,
        "torch": torch,
        "triton": triton,
        "other": other,
        "combine": combine,
        "body": body,
    }
    return Choice(name, texts)


SCANS = (
    _scan("cumsum", "Running sums", "x_i0 + ... + x_ij", "torch.cumsum(x.float(), dim=1).to(x.dtype)", "tl.cumsum(x, axis=0)"),
    _scan("suffix_sum", "Sums from the end", "x_ij + ... + x_in", "x.float().flip(1).cumsum(1).flip(1).to(x.dtype)",
          "tl.cumsum(x, axis=0, reverse=True)"),
    _scan("cummax", "Running maxima", "max(x_i0, ..., x_ij)", "torch.cummax(x, dim=1)[0]",
          "tl.associative_scan(x, 0, larger)", 'float("-inf")', "larger", "tl.maximum(a, b)"),
    _scan("cummin", "Running minima", "min(x_i0, ..., x_ij)", "torch.cummin(x, dim=1)[0]",
          "tl.associative_scan(x, 0, smaller)", 'float("inf")', "smaller", "tl.minimum(a, b)"),
    _scan("running_mean", "Running means", "(x_i0 + ... + x_ij) / (j + 1)",
          "(torch.cumsum(x.float(), dim=1) / torch.arange(1, x.shape[1] + 1, device=x.device)).to(x.dtype)",
          "tl.cumsum(x, axis=0) / (cols + 1)"),
    _scan("running_energy", "Running sums of squares", "x_i0^2 + ... + x_ij^2",
          "torch.cumsum(x.float() * x.float(), dim=1).to(x.dtype)", "tl.cumsum(x * x, axis=0)"),
)  # fmt: skip

MATRIX = sizes("ROWS, COLS", (17, 30), (1, 100), (16, 64), (33, 77), (5, 2), (9, 256))

FAMILIES = (
    Family("scan_rows", 2, "scan", "medium", ("scan", "row-wise"), ("{op}", "row_{op}", "{op}_rows"), MATRIX,
           {"op": SCANS, "dtype": FLOATS, "warps": (2, 4, 8)}, loose=3),
    Family("cumsum_long", 3, "scan", "hard", ("scan", "cumsum", "loop"), ("cumsum", "long_cumsum", "prefix_sum"),
           sizes("ROWS, COLS", (5, 300), (1, 1000), (8, 256), (3, 77)), {"dtype": FLOATS, "BLOCK": (32, 64, 128)}, loose=3),
    Family("cumsum_grad", 3, "scan", "hard", ("scan", "cumsum", "autograd"), ("cumsum", "differentiable_cumsum"), MATRIX,
           {"dtype": ("float32", "float16"), "warps": (2, 4, 8)}, test="gradients", backward=True, loose=5),
    Family("linear_recurrence", 3, "scan", "hard", ("scan", "recurrence", "state-space"),
           ("linear_recurrence", "linear_scan", "gated_recurrence"), sizes("ROWS, STEPS", (9, 20), (1, 50), (16, 32), (5, 33)),
           {"dtype": FLOATS, "warps": (2, 4)}, loose=3),
)  # fmt: skip
