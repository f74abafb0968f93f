"""The launch configurations that Inductor's heuristics would consider for a kernel, without a GPU.

In: a Kernel with its decorator. Out: the candidates in Inductor's order, the first being what it would start from.
The decorator is evaluated with torch's own heuristics; only `cached_autotune`, which would compile and measure, is
replaced. Nothing foreign runs: the text was written by Inductor.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any
from unittest import mock

from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.reasons import Declined, Reason


@dataclass(frozen=True)
class Config:
    blocks: tuple[tuple[str, int], ...]
    num_warps: int
    num_stages: int


def candidates(kernel: Kernel) -> list[Config]:
    from torch._inductor.runtime import hints, triton_heuristics

    seen: list[Any] = []

    def record(size_hints: Any, configs: list[Any], *args: Any, **kwargs: Any) -> Any:
        seen.extend(configs)
        return lambda function: function

    names = {"triton_heuristics": triton_heuristics, "__file__": "kernel.py"}
    names |= {n: getattr(hints, n) for n in ("AutotuneHint", "ReductionHint", "TileHint", "DeviceProperties")}
    code = compile(ast.Expression(kernel.decorator), "decorator", "eval")
    with mock.patch.object(triton_heuristics, "cached_autotune", record):
        eval(code, names)
    parameters = {*kernel.parameters, *kernel.fixed}
    found = []
    for config in seen:
        blocks = tuple((k, v) for k, v in config.kwargs.items() if k in parameters)
        found.append(Config(blocks, config.num_warps, config.num_stages))
    if not found:
        raise Declined(Reason.GRID, f"{kernel.name}: no configuration")
    return list(dict.fromkeys(found))
