"""How much a program takes, found out on fake tensors: nothing is allocated and nothing computed.

In: how to build it: what is called, with which arguments. Out: a `Weight`. Runs foreign code: in the jail only. What
depends on values raises, as it cannot be told without them. Not covered: how long the work takes on a machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.symbolic_shapes import ShapeEnv
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

Called: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Weight:
    held: int  # bytes of inputs, parameters and buffers
    heaviest: int  # bytes of the largest tensor that an operator returns
    flops: int  # of what torch counts: products, convolutions, attention
    outputs: int  # tensors that come back

    @property
    def bytes(self) -> int:
        return self.held + 2 * self.heaviest


class Heaviest(TorchDispatchMode):  # type: ignore[misc]  # torch's classes are not checked
    """Weighs every tensor that an operator returns."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes: int = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for value in tree_leaves(result):
            if isinstance(value, torch.Tensor):
                self.bytes = max(self.bytes, int(value.nbytes))
        return result


def fake_mode() -> FakeTensorMode:
    return FakeTensorMode(allow_non_fake_inputs=True, shape_env=ShapeEnv())


def weigh(build: Callable[[], Called]) -> Weight:
    from torch.utils.flop_counter import FlopCounterMode

    with fake_mode():
        forward, args, kwargs = build()
        with FlopCounterMode(display=False) as counter, Heaviest() as heaviest, torch.no_grad():
            result = forward(*args, **kwargs)
        outputs = sum(isinstance(value, torch.Tensor) for value in tree_leaves(result))
        held = sum(int(tensor.nbytes) for tensor in tensors_of(forward, args, kwargs))
        return Weight(held, heaviest.bytes, int(counter.get_total_flops()), outputs)


def tensors_of(forward: Any, args: Any, kwargs: Any) -> Iterator[torch.Tensor]:
    """Inputs, parameters and buffers."""
    yield from (value for value in tree_leaves((args, kwargs)) if isinstance(value, torch.Tensor))
    if isinstance(forward, torch.nn.Module):
        yield from forward.parameters()
        yield from forward.buffers()


def warm() -> None:
    """In a zygote: what the first call of a process imports and makes takes seconds."""
    layer = torch.nn.Linear(2, 2)
    weigh(lambda: (lambda x: torch.relu(layer(x)), (torch.rand(2, 2),), {}))
