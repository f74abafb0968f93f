"""How far a rewritten file's results are from eager's, with the same weights: what benchmarks/rewrite.py prints.

In: a program, the file, a device and the mode. Out: the largest error, in units of a tolerance a type. In training also
of gradients and buffers. Runs both in this process: only for our own programs.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import torch


def difference(program: Any, path: Path, device: str, training: bool) -> float:
    """The largest error, in units of the tolerance of the output's type; above 1 is wrong."""
    if device == "cpu":
        from triton_data.verify.jailed.interpreter.install import install

        install()
    torch.backends.cudnn.allow_tf32 = False  # else two convolutions of one tensor differ by 1e-3
    reference: dict[str, Any] = {}
    exec(compile(program.text, program.entry, "exec"), reference)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    torch.manual_seed(0)
    old, new = reference[program.entry], getattr(module, f"{program.entry}New")
    inputs = moved(reference["get_inputs"](), device)
    args, kwargs = split(inputs)
    if isinstance(old, type):
        init_args, init_kwargs = split(reference.get("get_init_inputs", list)())
        old, new = (made(*init_args, **init_kwargs).train(training).to(device) for made in (old, new))
        new.load_state_dict(old.state_dict())
    states = copied(old.state_dict()) if isinstance(old, torch.nn.Module) else {}
    wanted = _results(old, copied(args), copied(kwargs), training)
    got = _results(new, copied(args), copied(kwargs), training)
    if states:
        old.load_state_dict(states)
    torch.manual_seed(1)
    again = _results(old, copied(args), copied(kwargs), training)
    if any(a.shape != b.shape or distance(a, b) > 1 for a, b in zip(wanted, again, strict=True)):
        return -1.0  # random: there are no numbers to give
    if len(wanted) != len(got):
        raise ValueError(f"{len(got)} outputs instead of {len(wanted)}")
    return max((distance(a, b) for a, b in zip(wanted, got, strict=True)), default=0.0)


def _results(call: Any, args: Any, kwargs: Any, training: bool) -> list[Any]:
    """What it returns; in training also the gradients of a weighted sum of that, and the buffers afterwards."""
    with torch.set_grad_enabled(training):
        if not training:
            return tensors(call(*args, **kwargs))
        learned = list(call.parameters()) if isinstance(call, torch.nn.Module) else []
        learned = [p for p in learned if p.requires_grad]
        if not learned:  # as in the capture
            learned = [v for v in (*args, *kwargs.values()) if isinstance(v, torch.Tensor) and v.is_floating_point()]
            learned = [v.requires_grad_() for v in learned if v.is_leaf]
        made = tensors(call(*args, **kwargs))
        losses = [(leaf.double() * _weights(leaf)).sum() for leaf in made if leaf.requires_grad]
        gradients = torch.autograd.grad(sum(losses), learned, allow_unused=True) if losses else ()
        gradients = _as_one([g for g in gradients if g is not None], made)
    buffers = list(call.buffers()) if isinstance(call, torch.nn.Module) else []
    return [*(leaf.detach() for leaf in made), *gradients, *copied(buffers)]


def _as_one(gradients: list[Any], made: list[Any]) -> list[Any]:
    """All gradients as one tensor, of the least precise type: what is zero but for rounding has no scale of its own."""
    if not gradients:
        return []
    kinds = [each.dtype for each in (*gradients, *made) if each.is_floating_point()]
    least = max(kinds, key=lambda kind: torch.finfo(kind).eps)
    return [torch.cat([each.double().flatten() for each in gradients]).to(least)]


def _weights(leaf: Any) -> Any:
    return torch.linspace(-1, 2, leaf.numel(), dtype=torch.float64, device=leaf.device).reshape(leaf.shape)


def distance(wanted: Any, got: Any) -> float:
    if wanted.shape != got.shape or wanted.dtype != got.dtype:
        raise ValueError(f"{tuple(got.shape)} {got.dtype} instead of {tuple(wanted.shape)} {wanted.dtype}")
    if not wanted.is_floating_point():
        return 0.0 if torch.equal(wanted.cpu(), got.cpu()) else float("inf")
    unit = {torch.float64: 1e-8, torch.float32: 1e-4, torch.float16: 1e-2, torch.bfloat16: 4e-2}[wanted.dtype]
    a, b = wanted.double().cpu(), got.double().cpu()
    if not torch.equal(a.isnan(), b.isnan()):
        return float("inf")
    a, b = a.nan_to_num(), b.nan_to_num()
    scale = a.abs().max().clamp(min=1e-3) if a.numel() else torch.tensor(1.0)
    return float(((a - b).abs().max() / scale / unit) if a.numel() else 0.0)


def split(given: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    match given:
        case [list() | tuple() as args, dict() as kwargs]:
            return tuple(args), kwargs
    return tuple(given), {}


def moved(value: Any, device: str) -> Any:
    return torch.utils._pytree.tree_map(lambda v: v.to(device) if isinstance(v, torch.Tensor) else v, value)


def copied(value: Any) -> Any:
    return torch.utils._pytree.tree_map(lambda v: v.clone() if isinstance(v, torch.Tensor) else v, value)


def tensors(value: Any) -> list[Any]:
    return [leaf for leaf in torch.utils._pytree.tree_leaves(value) if isinstance(leaf, torch.Tensor)]
