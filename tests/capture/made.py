"""Programs for the tests of this room."""

from __future__ import annotations

from triton_data.records import Origin, Program

HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n"


def program(body: str, entry: str = "Model") -> Program:
    return Program(entry, HEAD + body, "given", Origin("given"))


def function(result: str, inputs: str, arguments: str = "x") -> Program:
    return program(f"def f({arguments}):\n    return {result}\n\ndef get_inputs():\n    return {inputs}\n", "f")


LINEAR_RELU = program("""
class Model(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(16, width)

    def forward(self, x):
        return self.linear(x).relu()

def get_inputs():
    return [torch.randn(8, 16)]

def get_init_inputs():
    return [32]
""")

BROKEN_GRAPH = program("""
class Model(nn.Module):
    def forward(self, x):
        x = x.exp()
        if x.sum() > 0:
            return x.sin()
        return x.cos()

def get_inputs():
    return [torch.ones(8, 16)]
""")
