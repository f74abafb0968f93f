"""What each placeholder of a traced graph is, in the words of the code that was traced.

In: Dynamo's graph. Out: for each placeholder an expression over `L`, the locals of the traced function, such as
`L['x']` or `L['self']._modules['norm']._parameters['weight']`; a bare symbol for a size; '' where Dynamo does not say.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch


def sources_of(graph: torch.fx.GraphModule) -> Iterator[str]:
    for node in graph.graph.nodes:
        if node.op != "placeholder":
            continue
        argument = node.meta.get("grapharg")
        source = getattr(argument, "source", None)
        name = getattr(source, "name", "")
        text = str(name() if callable(name) else name)  # a method before torch 2.10, a property since
        example = node.meta.get("example_value")
        yield str(example) if isinstance(example, torch.SymInt) and not text.startswith("L[") else text
