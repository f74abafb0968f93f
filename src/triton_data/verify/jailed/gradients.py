"""A call and the gradients of what it gives: outputs like any other, compared like them.

In: an instance, its inputs, a seed for what flows back. Out: `{"result": …, "gradients": {name: tensor}}`, with one
gradient for every floating-point input and weight that something flows to. `call` runs foreign code: only in the jail.
Not covered: second derivatives, forward mode.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from typing import Any

import torch
from torch.utils import _pytree as pytree

RESULT, GRADIENTS = "result", "gradients"


def defines_backward(text: str) -> bool:
    """The text says how to differentiate what its kernels compute."""
    classes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]
    functions = [node for node in classes if any(ast.unparse(base).endswith("Function") for base in node.bases)]
    return any(_differentiates(inner) for node in functions for inner in node.body)


def _differentiates(node: ast.stmt) -> bool:
    """`backward` that does more than say that there is none."""
    if not isinstance(node, ast.FunctionDef) or node.name != "backward":
        return False
    return any(isinstance(inner, ast.Return) and inner.value is not None for inner in ast.walk(node))


def call(
    instance: Any,
    inputs: Any,
    seed: int,
    names: Mapping[str, str] | None = None,
    only: Collection[str] | None = None,
    before_backward: Callable[[], None] = lambda: None,
    forms: bool = False,
    wrote: Callable[[], None] = lambda: None,
    arriving: Callable[[list[torch.Tensor]], None] = lambda upstream: None,
) -> dict[str, Any]:
    """`names` are those by which others know the weights, `only` the gradients that are asked for. With `forms` what
    flows back comes in another form for each seed; `wrote` is called where it has been written,
    `arriving` with it, before anybody sees it."""
    args, kwargs = pytree.tree_map(_leaf, inputs)
    weights = dict(instance.named_parameters()) if isinstance(instance, torch.nn.Module) else {}
    leaves = [leaf for leaf in pytree.tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
    wanted = {f"input {index}": leaf for index, leaf in enumerate(leaves) if leaf.requires_grad}
    wanted |= {f"weight {(names or {}).get(n, n)}": w for n, w in weights.items() if _differentiable(w)}
    wanted = {name: leaf for name, leaf in wanted.items() if only is None or name in only}
    for weight in weights.values():
        weight.requires_grad_(_differentiable(weight))
    with torch.enable_grad():
        result = instance(*args, **kwargs)
        heads = [leaf for leaf in pytree.tree_leaves(result) if isinstance(leaf, torch.Tensor) and leaf.requires_grad]
        before_backward()
        upstream = _upstream(heads, seed, forms)
        arriving(upstream)
        before = [one.clone() for one in upstream]
        found = _gradients(heads, list(wanted.values()), upstream)
        if not all(torch.equal(old, new) for old, new in zip(before, upstream, strict=True)):
            wrote()
    gradients = {name: gradient.detach() for name, gradient in zip(wanted, found, strict=True) if gradient is not None}
    return {RESULT: pytree.tree_map(_detached, result), GRADIENTS: gradients}


def _upstream(heads: list[torch.Tensor], seed: int, forms: bool) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed + 77)
    noises = [torch.randn(head.shape, generator=generator, dtype=torch.float64) for head in heads]
    form = FORMS[seed % len(FORMS)] if forms else "plain"
    shaped = [_formed(noise, form) for noise in noises]
    return [_moved(noise, head) for noise, head in zip(shaped, heads, strict=True)]


FORMS = ("plain", "large", "expanded", "transposed", "zero rows")


def _formed(noise: torch.Tensor, form: str) -> torch.Tensor:
    """As sums, transposes and masks leave what flows back."""
    if form == "expanded":
        return (noise.reshape(-1)[:1] + 1.5).reshape([1] * noise.ndim).expand(noise.shape) if noise.numel() else noise
    if form == "transposed" and noise.ndim > 1:
        return noise.transpose(-1, -2).contiguous().transpose(-1, -2)
    if form == "zero rows" and noise.ndim:
        noise[::2].zero_()  # not an assignment: a number that is made here would count as the candidate's
    return noise * 64.0 if form == "large" else noise


def _moved(noise: torch.Tensor, head: torch.Tensor) -> torch.Tensor:
    """With its strides, also where one of them is 0."""
    if 0 not in noise.stride() or not noise.numel():
        return noise.to(head.device, head.dtype)
    return noise[tuple(slice(0, 1) for _ in noise.shape)].to(head.device, head.dtype).expand(noise.shape)


def _gradients(
    heads: list[torch.Tensor], wanted: list[torch.Tensor], upstream: list[torch.Tensor]
) -> list[torch.Tensor | None]:
    if not heads or not wanted:
        return [None] * len(wanted)
    # torch.autograd.grad() would hand itself to the modes around it, and backward would run outside of them.
    engine = torch.autograd.Variable._execution_engine
    return list(engine.run_backward(tuple(heads), tuple(upstream), False, False, tuple(wanted), True, False))


def _differentiable(tensor: torch.Tensor) -> bool:
    return bool(tensor.is_floating_point() or tensor.is_complex())


def _leaf(leaf: Any) -> Any:
    """In the same memory, so that what is written into it is seen."""
    if not isinstance(leaf, torch.Tensor) or not _differentiable(leaf):
        return leaf
    return leaf.detach().requires_grad_()


def _detached(leaf: Any) -> Any:
    return leaf.detach() if isinstance(leaf, torch.Tensor) else leaf
