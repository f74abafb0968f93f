"""Special functions: error functions, gammas, Bessel functions, entropies."""

from __future__ import annotations

from triton_data.generate.operators.entry import (
    INSIDE,
    NONNEGATIVE,
    POSITIVE,
    PROBABILITY,
    SMALL,
    WIDE,
    Operator,
    Values,
)
from triton_data.generate.operators.rules import binary, times, unary

FAMILY = "special"
INF = float("inf")
MODERATE = Values(0.5, 6, "torch.rand({shape}, dtype={dtype}) * 4 + 0.5", "(torch.sigmoid({0}) * 4 + 0.5)")
HALVES = ("float32", "bfloat16")


def _wide(name: str, cost: int, values: Values = SMALL, gives: tuple[float, float] | None = (-3000, 3000)) -> Operator:
    return unary(f"special_{name}", f"torch.special.{name}({{0}})", cost, FAMILY, values, gives=gives, dtypes=WIDE)


OPERATORS = (
    unary("erf", "torch.erf({0})", 6, FAMILY, gives=(-1, 1)),
    unary("erfc", "torch.erfc({0})", 6, FAMILY, gives=(0, 2)),
    unary("erfinv", "torch.erfinv({0})", 8, FAMILY, INSIDE, gives=(-2, 2)),
    unary("lgamma", "torch.lgamma({0})", 12, FAMILY, MODERATE, gives=(-1, 5)),
    unary("digamma", "torch.digamma({0})", 12, FAMILY, MODERATE, gives=(-2, 2)),
    unary("polygamma", "torch.polygamma({n}, {0})", 16, FAMILY, MODERATE, gives=(-40, 40), dtypes=WIDE, n=(1, 2)),
    unary("logit", "torch.logit({0})", 5, FAMILY, PROBABILITY, gives=(-5, 5)),
    unary("sinc", "torch.sinc({0})", 4, FAMILY, gives=(-1, 1)),
    unary("i0", "torch.i0({0})", 16, FAMILY, SMALL, gives=(0, 430)),
    _wide("i0e", 16, gives=(0, 1)),
    _wide("i1", 16, gives=(-400, 400)),
    _wide("i1e", 16, gives=(-1, 1)),
    _wide("ndtr", 7, gives=(0, 1)),
    _wide("log_ndtr", 9),
    _wide("ndtri", 9, PROBABILITY, (-3, 3)),
    _wide("entr", 5, NONNEGATIVE, None),
    _wide("erfcx", 9, NONNEGATIVE, (0, 1)),
    _wide("bessel_j0", 20, gives=(-1, 1)),
    _wide("bessel_j1", 20, gives=(-1, 1)),
    _wide("modified_bessel_i0", 20, gives=(0, 430)),
    _wide("spherical_bessel_j0", 8, POSITIVE, (-1, 1)),
    binary(
        "xlog1py",
        "torch.special.xlog1py({0}, {1})",
        6,
        FAMILY,
        values=(NONNEGATIVE, NONNEGATIVE),
        dtypes=WIDE,
        peak=times(30),
    ),
    binary(
        "zeta",
        "torch.special.zeta({0}, {1})",
        40,
        FAMILY,
        values=(Values(2, 6, "torch.rand({shape}, dtype={dtype}) * 4 + 2", "(torch.sigmoid({0}) * 4 + 2)"), MODERATE),
        dtypes=WIDE,
        gives=(0, 40),
    ),
)
