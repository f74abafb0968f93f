"""`tl.inline_asm_elementwise` in the interpreter: single instructions of PTX, those that Inductor emits.

In: the text and the operands' arrays. Out: the result. Approximate instructions are computed in float64 and rounded
once, so they are more exact than the device. Not covered: everything else, which raises NotImplementedError.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
_INSTRUCTION = re.compile(r"^\s*([a-z0-9_.]+)\s+\$0((?:\s*,\s*\$\d+)*)\s*;\s*$")
_OPERATIONS: dict[str, Callable[..., Array]] = {
    "rcp": lambda x: 1 / x,
    "fma": lambda a, b, c: a * b + c,
    "mad": lambda a, b, c: a * b + c,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "ex2": np.exp2,
    "lg2": np.log2,
    "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "abs": np.abs,
    "neg": np.negative,
    "min": np.fmin,
    "max": np.fmax,
    "mov": lambda x: x,
}


def performed(text: str, operands: list[Array], dtype: Any) -> Array:
    found = _INSTRUCTION.match(text)
    name = found[1].partition(".")[0] if found else ""
    if found is None or name not in _OPERATIONS or not found[1].endswith((".f32", ".f64")):
        raise NotImplementedError(f"the interpreter knows no inline assembly {text!r}")
    numbers = [int(n) - 1 for n in re.findall(r"\$(\d+)", found[2])]
    with np.errstate(all="ignore"):
        return _OPERATIONS[name](*(operands[n].astype(np.float64) for n in numbers)).astype(dtype)
