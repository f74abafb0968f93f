"""A graph: values, and the calls of operators that make them.

In: what grow.py decides. Out: a frozen record with its FLOPs and bytes. Not covered: its text (text.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from triton_data.generate.operators.entry import Argument, Call, Operator, Spec

LARGEST_TENSOR = 2**30  # elements


@dataclass(frozen=True, slots=True)
class Use:
    """One argument of a node: which value, and the expression around its name that casts and guards it."""

    value: int
    around: str = "{0}"


@dataclass(frozen=True, slots=True)
class Node:
    operator: Operator
    call: Call
    uses: tuple[Use, ...]
    makes: int


@dataclass(frozen=True, slots=True)
class Input:
    value: int
    argument: Argument
    strided: bool = False  # drawn with its last two dimensions swapped, and swapped back: not contiguous


@dataclass(frozen=True, slots=True)
class Graph:
    specs: tuple[Spec, ...]  # of every value
    inputs: tuple[Input, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[int, ...]

    @property
    def flops(self) -> int:
        return sum(node.call.flops for node in self.nodes)

    @property
    def bytes(self) -> int:
        """What a kernel that fuses all of it has to move: inputs and outputs, once."""
        return sum(self.specs[each.value].bytes for each in self.inputs) + sum(
            self.specs[value].bytes for value in self.outputs
        )

    @property
    def intensity(self) -> float:
        return self.flops / max(1, self.bytes)

    @property
    def largest(self) -> int:
        return max(spec.elements for spec in self.specs)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(node.operator.name for node in self.nodes)

    def edges(self) -> list[tuple[str, str]]:
        """Pairs of operators of which the second reads what the first made."""
        made = {node.makes: node.operator.name for node in self.nodes}
        return [(made[use.value], node.operator.name) for node in self.nodes for use in node.uses if use.value in made]
