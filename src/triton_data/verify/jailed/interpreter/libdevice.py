"""`libdevice` for TRITON_INTERPRET=1, where Triton's own functions are empty and answer None.

`install()` puts implementations behind the names that kernels import. Computed in float64 with torch's special
functions and rounded once, so they are at least as exact as the device's. Not covered: the device's own
rounding errors, and functions with rounding modes other than to nearest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

Function = Callable[..., torch.Tensor]

_FLOAT: dict[str, Function] = {
    "abs": torch.abs,
    "fabs": torch.abs,
    "acos": torch.acos,
    "acosh": torch.acosh,
    "asin": torch.asin,
    "asinh": torch.asinh,
    "atan": torch.atan,
    "atan2": torch.atan2,
    "atanh": torch.atanh,
    "cbrt": lambda x: torch.sign(x) * torch.abs(x) ** (1 / 3),
    "ceil": torch.ceil,
    "copysign": torch.copysign,
    "cos": torch.cos,
    "cosh": torch.cosh,
    "cyl_bessel_i0": torch.special.i0,
    "cyl_bessel_i1": torch.special.i1,
    "add_rn": torch.add,
    "sub_rn": torch.sub,
    "mul_rn": torch.mul,
    "div_rn": torch.div,
    "rcp_rn": torch.reciprocal,
    "sqrt_rn": torch.sqrt,
    "fma_rn": lambda a, b, c: a * b + c,
    "saturatef": lambda x: torch.clamp(x, 0.0, 1.0),
    "fast_sinf": torch.sin,
    "fast_cosf": torch.cos,
    "fast_log2f": torch.log2,
    "fast_exp10f": lambda x: torch.pow(10.0, x),
    "sinpi": lambda x: torch.sin(x * torch.pi),
    "cospi": lambda x: torch.cos(x * torch.pi),
    "rcbrt": lambda x: torch.sign(x) * torch.abs(x) ** (-1 / 3),
    "erfcinv": lambda x: torch.erfinv(1 - x),
    "erf": torch.erf,
    "erfc": torch.erfc,
    "erfcx": torch.special.erfcx,
    "erfinv": torch.erfinv,
    "exp": torch.exp,
    "exp2": torch.exp2,
    "exp10": lambda x: torch.pow(10.0, x),
    "expm1": torch.expm1,
    "fast_expf": torch.exp,
    "fdim": lambda a, b: torch.clamp(a - b, min=0),
    "floor": torch.floor,
    "fma": lambda a, b, c: a * b + c,
    "fmod": torch.fmod,
    "fast_dividef": torch.div,
    "fast_logf": torch.log,
    "fast_powf": torch.pow,
    "fast_tanhf": torch.tanh,
    "hypot": torch.hypot,
    "j0": torch.special.bessel_j0,
    "j1": torch.special.bessel_j1,
    "ldexp": torch.ldexp,
    "lgamma": torch.lgamma,
    "log": torch.log,
    "log10": torch.log10,
    "log1p": torch.log1p,
    "log2": torch.log2,
    "logb": lambda x: torch.floor(torch.log2(torch.abs(x))),
    "nearbyint": torch.round,
    "norm_cdf": lambda x: torch.special.ndtr(x),
    "norm_cdf_inv": torch.special.ndtri,
    "pow": torch.pow,
    "remainder": lambda a, b: a - b * torch.round(a / b),
    "rint": torch.round,
    "round": lambda x: torch.sign(x) * torch.floor(torch.abs(x) + 0.5),
    "rsqrt": torch.rsqrt,
    "sin": torch.sin,
    "sinh": torch.sinh,
    "sqrt": torch.sqrt,
    "tan": torch.tan,
    "tanh": torch.tanh,
    "tgamma": lambda x: torch.exp(torch.lgamma(x)) * torch.where((x < 0) & (torch.floor(x) % 2 != 0), -1.0, 1.0),
    "trunc": torch.trunc,
    "y0": torch.special.bessel_y0,
    "y1": torch.special.bessel_y1,
}
_INTEGER: dict[str, tuple[Function, str]] = {
    "isnan": (torch.isnan, "int32"),
    "isinf": (torch.isinf, "int32"),
    "isfinited": (torch.isfinite, "int32"),
    "finitef": (torch.isfinite, "int32"),
    "signbit": (torch.signbit, "int32"),
    "llrint": (torch.round, "int64"),
    "llround": (lambda x: torch.sign(x) * torch.floor(torch.abs(x) + 0.5), "int64"),
}


def install() -> None:
    """Once in the process that interprets; calling it again changes nothing."""
    from triton.language.extra import libdevice
    from triton.language.extra.cuda import libdevice as of_cuda

    for module in (libdevice, of_cuda):
        _install_in(module)


def _install_in(libdevice: Any) -> None:
    for name, function in _FLOAT.items():
        setattr(libdevice, name, _builtin(function, None))
    for name, (function, dtype) in _INTEGER.items():
        setattr(libdevice, name, _builtin(function, dtype))
    libdevice.nextafter = _builtin(torch.nextafter, None, double=False)


def _builtin(function: Function, dtype: str | None, double: bool = True) -> Callable[..., Any]:
    import triton.language as tl
    from triton.language.core import tensor
    from triton.runtime.interpreter import TensorHandle

    def call(*arguments: Any, **_: Any) -> Any:
        tensors = [a for a in arguments if isinstance(a, tensor)]
        shaped = max(tensors, key=lambda t: len(t.shape))
        values = [torch.from_numpy(np.ascontiguousarray(_array(a))) for a in arguments]
        if double:
            values = [v.double() if v.is_floating_point() else v for v in values]
        scalar = getattr(tl, dtype) if dtype else shaped.dtype
        data = function(*values).numpy().astype(np.dtype(dtype) if dtype else _array(shaped).dtype)
        # Arguments are broadcast, as a GPU does: one of [1, 1] and one of [64, 1] make one of [64, 1].
        shape = np.broadcast_shapes(*(tuple(map(int, each.shape)) for each in tensors))
        return tensor(TensorHandle(data, scalar), tl.block_type(scalar, list(shape)) if shape else scalar)

    return call


def _array(value: Any) -> Any:
    handle = getattr(value, "handle", None)
    return np.asarray(getattr(value, "value", value)) if handle is None else handle.data
