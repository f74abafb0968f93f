"""Dynamo's example inputs, made on the CPU, as the fake inputs that a run on the target would have had.

Enters: a graph and its example inputs. Leaves: tensors or symbols to lower it with. Not covered: devices inside
the graph, which patches.py moves while the graph is traced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode


def inputs_on(
    device: torch.device, graph: torch.fx.GraphModule, examples: Sequence[Any], mode: FakeTensorMode
) -> list[Any]:
    placeholders = [node for node in graph.graph.nodes if node.op == "placeholder"]
    return [
        # With dynamic shapes Dynamo passes a Python float as a CPU tensor, on a GPU machine too.
        example
        if getattr(node.meta.get("grapharg"), "pass_arg_as_tensor", False)
        else _fake(device, _described(node, example), mode)
        for node, example in zip(placeholders, examples, strict=True)
    ]


def _described(node: torch.fx.Node, example: Any) -> Any:
    """A program that was built on fake tensors: Dynamo's description of it has the symbols."""
    return node.meta["example_value"] if isinstance(example, FakeTensor) else example


def _fake(device: torch.device, example: Any, mode: FakeTensorMode) -> Any:
    if not isinstance(example, torch.Tensor):
        return example
    if not isinstance(example, FakeTensor):
        fake = mode.from_tensor(example)  # knows from Dynamo's context which sizes are symbols
        fake.fake_device = device
        return fake
    meta = torch.empty_strided(example.shape, example.stride(), dtype=example.dtype, device="meta")
    fake = FakeTensor(mode, meta, device)
    if isinstance(example, torch.nn.Parameter):
        return torch.nn.Parameter(fake, example.requires_grad)
    return fake.requires_grad_() if example.requires_grad else fake
