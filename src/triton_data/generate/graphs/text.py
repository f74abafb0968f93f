"""The text of a graph: `fused_operator` and `get_inputs`, or an nn.Module with parameters.

In: a Graph. Out: a program in KernelBench's form, and what its inputs and outputs are. Names follow from the order
alone, so two graphs that differ only in names have one text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from triton_data.generate.graphs.graph import Graph, Input, Node
from triton_data.generate.operators.entry import Spec
from triton_data.generate.operators.rendering import tensor

FUNCTION, MODULE = "fused_operator", "Model"


@dataclass(frozen=True, slots=True)
class Program:
    entry: str
    imports: str
    inputs: str  # get_inputs(), and get_init_inputs() of a module
    operator: str  # the function or the class

    @property
    def text(self) -> str:
        return f"{self.imports}\n\n\n{self.inputs}\n\n\n{self.operator}\n"


def program(graph: Graph, module: bool) -> Program:
    return _module(graph) if module else _function(graph)


def metadata(graph: Graph, module: bool) -> dict[str, Any]:
    given = [each for each in graph.inputs if not (module and each.argument.weight)]
    return {
        "inputs": [_described(graph, each.value) for each in given],
        "outputs": [_described(graph, value) for value in graph.outputs],
        "operators": list(graph.names),
        "flops": graph.flops,
        "bytes": graph.bytes,
    }


def _described(graph: Graph, value: int) -> dict[str, Any]:
    return {"name": f"tensor_{value}", "shape": list(graph.specs[value].shape), "dtype": graph.specs[value].dtype}


def _imports(operator: str, module: bool) -> str:
    lines = ["import torch"]
    lines += ["import torch.nn as nn"] if module else []
    lines += ["import torch.nn.functional as F"] if "F." in operator else []
    return "\n".join(lines)


def _drawn(each: Input) -> str:
    if not each.strided:
        return tensor(each.argument)
    *lead, rows, columns = each.argument.spec.shape
    swapped = each.argument.spec.of(*lead, columns, rows)
    return f"{_bracketed(tensor(replace(each.argument, spec=swapped)))}.transpose(-1, -2)"


def _bracketed(text: str) -> str:
    return f"({text})" if " * " in text or " > " in text else text


def _get_inputs(given: list[Input]) -> str:
    lines = [f"    tensor_{each.value} = {_drawn(each)}" for each in given]
    names = ", ".join(f"tensor_{each.value}" for each in given)
    return "\n".join(["def get_inputs():", *lines, f"    return [{names}]"])


def _returned(graph: Graph) -> str:
    names = ", ".join(f"tensor_{value}" for value in graph.outputs)
    return f"return [{names}]"


def _arguments(node: Node, names: dict[int, str]) -> list[str]:
    return [use.around.format(names.get(use.value, f"tensor_{use.value}")) for use in node.uses]


# ---- a function --------------------------------------------------------------------------------


def _function(graph: Graph) -> Program:
    parameters = ", ".join(f"tensor_{each.value}" for each in graph.inputs)
    body = [
        f"    tensor_{node.makes} = {node.operator.render(node.call, _arguments(node, {}))}" for node in graph.nodes
    ]
    operator = "\n".join([f"def {FUNCTION}({parameters}):", *body, f"    {_returned(graph)}"])
    return Program(FUNCTION, _imports(operator, False), _get_inputs(list(graph.inputs)), operator)


# ---- a module --------------------------------------------------------------------------------


def _module(graph: Graph) -> Program:
    weights = {each.value: each for each in graph.inputs if each.argument.weight}
    given = [each for each in graph.inputs if not each.argument.weight]
    made, body, names = [], [], {value: f"self.weight_{value}" for value in weights}
    for number, node in enumerate(graph.nodes):
        own = [use.value for use in node.uses if use.value in weights]
        if node.operator.layer and own:
            layer = node.operator.layer.format(**node.call.settings)
            made.append(f"        self.layer_{number} = {_with_dtype(layer, graph.specs[own[0]])}")
            arguments = [
                text for use, text in zip(node.uses, _arguments(node, {}), strict=True) if use.value not in own
            ]
            body.append(f"        tensor_{node.makes} = self.layer_{number}({', '.join(arguments)})")
            continue
        made += [f"        self.weight_{value} = nn.Parameter({_drawn(weights[value])})" for value in own]
        body.append(f"        tensor_{node.makes} = {node.operator.render(node.call, _arguments(node, names))}")
    parameters = ", ".join(["self", *(f"tensor_{each.value}" for each in given)])
    init = ["    def __init__(self):", "        super().__init__()", *made]
    forward = [f"    def forward({parameters}):", *body, f"        {_returned(graph)}"]
    operator = "\n".join([f"class {MODULE}(nn.Module):", *init, "", *forward])
    inputs = f"{_get_inputs(given)}\n\n\ndef get_init_inputs():\n    return []"
    return Program(MODULE, _imports(operator, True), inputs, operator)


def _with_dtype(layer: str, spec: Spec) -> str:
    return layer if spec.dtype == "float32" else f"{layer[:-1]}, dtype=torch.{spec.dtype})"
