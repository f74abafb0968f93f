"""What the jail runs for the oracle: a kernel and its mutant on the same draws, in Triton's interpreter as it comes.

In: a payload with the three texts and a number of draws. Out: 'same', 'rounding' or 'different', and where. Nothing
here is the verifier's but libdevice, whose functions are empty in Triton's interpreter.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.utils import _pytree as pytree

from judging import blockwise
from triton_data.verify.jailed.interpreter import libdevice

ROUNDINGS = {torch.float64: 64, torch.float32: 64, torch.float16: 4, torch.bfloat16: 4}
SCALES = (1.0, 1e-3, 30.0, 1.0, 0.1, 100.0)


def loaded(text: str, name: str) -> Any:
    path = Path(f"{name}.py")
    path.write_text(text, "utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def made(module: Any, entry: str, given: list[Any]) -> Any:
    target = getattr(module, entry)
    return target(*given).eval() if isinstance(target, type) else target


def entry_of(module: Any) -> str:
    names: list[str] = list(vars(module))
    return next(name for name in names if name.endswith(("New", "_new")))


def give_weights(one: torch.nn.Module, other: torch.nn.Module) -> None:
    """The same to both, also in buffers that no state_dict has."""
    theirs = {**dict(other.named_parameters()), **dict(other.named_buffers())}
    for name, tensor in [*one.named_parameters(), *one.named_buffers()]:
        if tensor.is_floating_point():
            tensor.copy_(torch.rand_like(tensor) + 0.5)
        theirs[name].copy_(tensor)


def numbers(inputs: Callable[[], Any], draw: int) -> list[Any]:
    torch.manual_seed(1000 + draw)
    redrawn = []
    for value in inputs():
        if isinstance(value, torch.Tensor) and value.is_floating_point() and draw:
            noise = torch.randn(value.shape, dtype=torch.float64)
            wide = noise if draw % 3 == 1 else value.double() * SCALES[draw % len(SCALES)]
            wide = torch.where(torch.rand(value.shape) < 0.2, 0.0, wide) if draw % 4 == 3 else wide
            wide = wide + (5.0 if draw % 7 == 6 else 0.0)
            value = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype).copy_(wide)
        redrawn.append(value)
    return redrawn


def outputs(target: Any, inputs: list[Any]) -> list[torch.Tensor]:
    copies = [value.clone() if isinstance(value, torch.Tensor) else value for value in inputs]
    torch.manual_seed(0)
    found = target(*copies)
    leaves = pytree.tree_leaves((found, copies))
    return [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]


def difference(a: torch.Tensor, b: torch.Tensor) -> str:
    if a.shape != b.shape or a.dtype != b.dtype:
        return "different"
    if torch.equal(a, b) or bool(((a == b) | ((a != a) & (b != b))).all()):
        return "same"
    if a.dtype not in ROUNDINGS or not torch.equal(a.isfinite(), b.isfinite()):
        return "different"
    finite = a.isfinite()
    a, b, eps = a[finite].double(), b[finite].double(), ROUNDINGS[a.dtype] * torch.finfo(a.dtype).eps
    return "rounding" if float((a - b).abs().max()) <= eps * float(a.abs().max()) else "different"


def run(payload: dict[str, Any]) -> list[str]:
    libdevice.install()
    blockwise.install()
    reference = loaded(payload["reference"], "reference")
    old, new = loaded(payload["original"], "original"), loaded(payload["mutant"], "mutant")
    given: list[Any] = getattr(reference, "get_init_inputs", list)()
    worst = "same"
    with torch.no_grad():
        models = [made(module, entry_of(old), given) for module in (old, new)]
        if isinstance(models[0], torch.nn.Module):
            give_weights(*models)
        for draw in range(payload["draws"]):
            inputs = numbers(reference.get_inputs, draw)
            wanted = outputs(models[0], inputs)
            try:
                got = outputs(models[1], inputs)
            except Exception as error:  # noqa: BLE001  whatever a mutant raises is a difference
                return ["different", f"draw {draw}: {type(error).__name__}"]
            for a, b in zip(wanted, got, strict=True):
                found = difference(a, b)
                if found == "different":
                    return [found, f"draw {draw}"]
                worst = "rounding" if found == "rounding" else worst
    return [worst, ""]
