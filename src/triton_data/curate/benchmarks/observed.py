"""What comes out of a program on numbers, at sizes that are quickly run. Runs in the jail.

In: a program's text, and what its trace on fake tensors weighed. Out: text that compared.py reads: for each size that
was run the shapes that went in and a few projections of what came out. Large sizes become small ones, so that
programs written for other sizes meet. Not covered: what draws at random, what is too large even so.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch

from triton_data.curate.benchmarks import canonical
from triton_data.curate.benchmarks.compared import DRAWS
from triton_data.curate.benchmarks.plainly import as_module, plain
from triton_data.formats import resize
from triton_data.formats.program_form import arguments

COLLAPSED = ((48, 16), (8, 8))  # sizes above the first become the second
PROJECTIONS = 4
_EVERYWHERE = 1e3  # infinite, as a number
_FRACTIONS = torch.tensor([0.7548776662, 0.5698402910, 0.3247179572, 0.8191725134], dtype=torch.float64)


@dataclass(frozen=True)
class Sizes:
    """Which sizes a program is written for, whether it computes too little to be anybody's at others, and whether one
    run is enough."""

    given: str
    few: bool
    every: bool


def collapsed(text: str, above: int, to: int) -> str:
    """'' where it names no size that is large."""
    found = resize.literals(text)
    changes = {value: to for _, value in found if value > above}
    return resize.with_sizes(text, found, changes).text if changes else ""


def packed(texts: Iterable[str], entry: str, sizes: Sizes) -> str:
    """The same program at several sizes."""
    torch.set_num_threads(1)  # small tensors: several threads would wait for one another
    runs = list(islice((run for run in (_seen(text, entry) for text in texts) if run), None if sizes.every else 1))
    return json.dumps([int(sizes.few), sizes.given, runs], separators=(",", ":")) if runs else ""


def _seen(text: str, entry: str) -> list[Any] | None:
    """None where it does not run, or where nothing that it gives says anything."""
    for dtype in (torch.float64, torch.float32):
        try:
            with _default(dtype):
                return _observed(text, entry, dtype)
        except (Exception, SystemExit):  # noqa: BLE001 - foreign code: it has no numbers at this precision
            continue
    return None


@contextmanager
def _default(dtype: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def _observed(text: str, entry: str, dtype: torch.dtype) -> list[Any]:
    module = types.ModuleType("program")
    with plain(), as_module("program", module), torch.no_grad():
        exec(compile(text, "program.py", "exec"), module.__dict__)
        runs = [_once(module, entry, dtype, draw) for draw in range(DRAWS)]
    return [*runs[0][:3], [run[3] for run in runs]]


def _once(module: types.ModuleType, entry: str, dtype: torch.dtype, draw: int) -> tuple[str, str, int, Any]:
    torch.default_generator.manual_seed(0)
    made, weights, biases = getattr(module, entry), "", 0
    if isinstance(made, type):
        given, named = arguments(module.get_init_inputs()) if hasattr(module, "get_init_inputs") else ((), {})
        made = made(*given, **named).eval()._apply(lambda each: _cast(each, dtype))
        weights, biases = canonical.fill(made, draw)
    torch.default_generator.manual_seed(0)
    leaves, tree = torch.utils._pytree.tree_flatten(arguments(module.get_inputs()))
    tensors = [_cast(each, dtype) for each in leaves if isinstance(each, torch.Tensor)]
    new = iter(canonical.drawn(tensors, draw))
    given, named = torch.utils._pytree.tree_unflatten(
        [next(new) if isinstance(each, torch.Tensor) else each for each in leaves], tree
    )
    torch.default_generator.manual_seed(draw)
    return canonical.keyed(tensors), weights, biases, _numbers(made(*given, **named))


def _cast(tensor: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    return tensor.to(dtype) if tensor.is_floating_point() else tensor


def _numbers(result: Any) -> list[list[float]] | None:
    """Of each output how many numbers, how large, how far apart, and projections."""
    found = []
    for each in torch.utils._pytree.tree_leaves(result):
        if not isinstance(each, torch.Tensor) or not each.numel():
            continue
        flat = torch.view_as_real(each.resolve_conj()).flatten() if each.is_complex() else each.flatten()
        flat = flat.detach().to(torch.float64)
        if bool(flat.isnan().any()):
            return None
        flat = flat.clamp(-_EVERYWHERE, _EVERYWHERE) if bool(flat.isinf().any()) else flat
        size = float(flat.square().mean().sqrt())
        if not math.isfinite(size):
            return None
        place = torch.arange(1, len(flat) + 1, dtype=torch.float64)
        waves = torch.cos(torch.outer(_FRACTIONS, place) * 6.283185307179586)
        projected = (waves @ flat / math.sqrt(len(flat))).tolist()
        found.append([len(flat), size, float(flat.max() - flat.min()), *projected])
    return [[float(f"{number:.7g}") for number in numbers] for numbers in found] or None
