"""Matrix products, convolutions and attention as Triton, where Inductor would call a library.

Enters: a Target, and which of the kernels on offer is wanted. Leaves: a context in which Inductor lowers products
through its templates. Nothing is measured: the blocks come from a table and a rule (block_sizes/). A product that no
template covers stays the library's call. Not covered: integer and scaled products.
"""

from __future__ import annotations

import ast
import contextlib
import math
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

import torch
import torch._inductor.config as inductor_config
import torch._inductor.kernel.mm_plus_mm
import torch._inductor.utils
from torch._inductor import lowering, select_algorithm
from torch._inductor.virtualized import V

from triton_data.block_sizes import Blocks, Problem, ranked, wanted
from triton_data.capture.headless.written_out import written_out
from triton_data.targets import Target

aten = torch.ops.aten
_KNOWN = re.compile(r"^triton_(mm|bmm|convolution[23]d)_\d+$")  # what the rewrite has a form for
_SETTINGS = {
    "max_autotune_gemm": True,  # what makes Inductor ask for templates; pointwise kernels stay as they are
    "max_autotune_gemm_backends": "TRITON,ATEN",
    "max_autotune_conv_backends": "TRITON,ATEN",
    "autotune_in_subproc": False,
    "triton.num_decompose_k_splits": 0,  # would take the plain template away where K is large
}


class NoOtherChoice(Exception):
    """There are not as many kernels of this program as were asked for."""


@contextlib.contextmanager
def in_triton(target: Target, choice: int = 0) -> Iterator[None]:
    """Inside, products are lowered through templates; `choice` counts the right kernels, the best first."""
    offered = _Offered(target, choice)
    choose = select_algorithm.AlgorithmSelectorCache.__call__

    def chosen(
        cache: Any, name: str, choices: list[Any], input_nodes: Any, layout: Any, *args: Any, **kwargs: Any
    ) -> Any:
        return choose(cache, name, offered.one_of(name, choices, input_nodes, layout), input_nodes, layout,
                      *args, **kwargs)  # fmt: skip

    with contextlib.ExitStack() as stack:
        stack.enter_context(inductor_config.patch(_SETTINGS))
        stack.enter_context(mock.patch.object(select_algorithm.AlgorithmSelectorCache, "__call__", chosen))
        # Asks for as many multiprocessors as make measuring worth while.
        stack.enter_context(mock.patch.object(torch._inductor.utils, "is_big_gpu", lambda device=0: True))
        stack.enter_context(mock.patch.object(torch._inductor.kernel.mm_plus_mm, "tuned_mm_plus_mm", _two_products))
        stack.enter_context(written_out())
        yield
    if choice and not offered.has_chosen:
        raise NoOtherChoice(f"no product has {choice + 1} kernels")


class _Offered:
    """Takes one kernel of each list that Inductor would measure."""

    def __init__(self, target: Target, choice: int) -> None:
        self.target, self.choice = target, choice
        self.has_chosen = False

    def one_of(self, name: str, choices: list[Any], input_nodes: Any, layout: Any) -> list[Any]:
        templates = [each for each in choices if _KNOWN.match(getattr(each, "name", ""))]
        if not templates:
            return choices[:1]
        problem = _problem(name, input_nodes, layout)
        best = wanted(problem, self.target.key, self.target.multi_processor_count)
        order = ranked([_blocks(each) for each in templates], best)
        self.has_chosen |= len(order) > self.choice
        return [templates[order[min(self.choice, len(order) - 1)]]]


def _blocks(caller: Any) -> Blocks:
    told = caller.log_info
    m, k, n = ast.literal_eval(told["tile_shape"])
    return Blocks(m, n, k, told["num_warps"], told["num_stages"], max(told.get("GROUP_M", 0), 0))


def _problem(name: str, input_nodes: Any, layout: Any) -> Problem:
    out = _numbers(layout.size)
    dtype = str(layout.dtype).removeprefix("torch.")
    if name == "convolution":
        weight = _numbers(input_nodes[1].get_size())
        return Problem(name, out[0] * math.prod(out[2:]), weight[0], math.prod(weight[1:]), 1, dtype)
    inner = _numbers(input_nodes[-1].get_size())[-2]
    return Problem(name, out[-2], out[-1], inner, math.prod(out[:-2]), dtype)


def _numbers(sizes: Any) -> list[int]:
    """Symbols by the size that they were traced with."""
    graph = V.graph.sizevars
    hint = getattr(graph, "optimization_hint", None) or graph.size_hint
    return [int(hint(size)) for size in sizes]


def _two_products(mat1: Any, mat2: Any, mat3: Any, mat4: Any, *, layout: Any = None) -> Any:
    """Two products and a sum, fused into the second: the template for both at once has no readable form."""
    product = lowering.lowerings[aten.mm]
    return lowering.lowerings[aten.add](product(mat1, mat2), product(mat3, mat4))
