"""What one graph is asked to be: operators, dtype, rank, form, and a window of FLOPs, bytes and intensity.

In: plan.py and the flags. Out: frozen records that cross to workers. Not covered: making it so (grow.py, fit.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from triton_data.generate.graphs.graph import LARGEST_TENSOR, Graph
from triton_data.generate.operators import operator


@dataclass(frozen=True, slots=True)
class Window:
    min_flops: int = 0
    max_flops: int = 2**62
    min_bytes: int = 0
    max_bytes: int = 2**62
    min_intensity: float = 0.0  # FLOPs a byte
    max_intensity: float = inf

    def holds(self, graph: Graph) -> bool:
        return (
            self.min_flops <= graph.flops <= self.max_flops
            and self.min_bytes <= graph.bytes <= self.max_bytes
            and self.min_intensity <= graph.intensity <= self.max_intensity
            and graph.largest <= LARGEST_TENSOR
        )


@dataclass(frozen=True, slots=True)
class Wish:
    index: int
    seed: int
    count: int  # operators
    exact: tuple[str, ...] = ()  # these, in this order, each reading the one before
    pairs: tuple[tuple[str, str], ...] = ()  # wanted beside each other, most wanted first
    dtype: str = "float32"
    rank: int = -1  # of the first tensor; -1: any
    backwards: bool = False  # from an output to inputs
    module: bool = False  # an nn.Module with parameters, not a function
    window: Window = Window()
    usual: bool = False  # nobody asked for the window: it may move to where these operators reach

    @property
    def reach(self) -> float:
        """FLOPs that no sizes can exceed; inf where a list is not fixed or has a sum of products."""
        return sum(operator(name).bound for name in self.exact) * LARGEST_TENSOR if self.exact else inf
