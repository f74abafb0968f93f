"""The real thing: torch.compile on a CUDA device, with the output code of every graph that it emits.

Enters: a Program. Leaves: output codes, forward and backward. The module and its inputs live on the GPU.
Not covered: a machine without a GPU.
"""

from __future__ import annotations

from typing import Any
from unittest import mock

import torch
import torch._functorch.config as functorch_config
import torch._inductor.config as inductor_config
from torch._inductor.graph import GraphLowering
from torch.utils._pytree import tree_leaves, tree_map_only

from triton_data.capture.headless.program import Built, build, loaded, require_gradients
from triton_data.records import Program


def real_output_codes(program: Program, training: bool, padding: bool = True) -> list[str]:
    codes: list[str] = []
    torch._dynamo.reset()
    torch.manual_seed(0)
    with (
        loaded(program.text) as module,
        mock.patch.object(GraphLowering, "save_output_code", staticmethod(codes.append)),
        functorch_config.patch(enable_autograd_cache=False),
        inductor_config.patch(fx_graph_cache=False, shape_padding=padding),
    ):
        built = _moved(build(module, program.entry, training))
        if training:
            require_gradients(built)
        _run(built, training)
    torch.cuda.synchronize()
    return codes


def _run(built: Built, training: bool) -> None:
    with torch.set_grad_enabled(training):
        out = torch.compile(built.forward, dynamic=False)(*built.args, **built.kwargs)
        losses = [leaf.float().sum() for leaf in tree_leaves(out) if _differentiable(leaf)]
        if training and losses:
            torch.stack(losses).sum().backward()


def _moved(built: Built) -> Built:
    forward = built.forward.cuda() if isinstance(built.forward, torch.nn.Module) else built.forward
    args, kwargs = tree_map_only(torch.Tensor, lambda tensor: tensor.cuda(), (built.args, built.kwargs))
    return Built(forward, args, kwargs)


def _differentiable(leaf: Any) -> bool:
    return isinstance(leaf, torch.Tensor) and leaf.requires_grad
