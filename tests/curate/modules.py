"""Modules for known-answer tests: distinct ones, and copies made of them in the ways that people (and models) copy.

Every module is drawn from a seed; two are distinct when their operators differ. The copies are made here, by syntax
trees and by text, with none of the code under test.
"""

from __future__ import annotations

import ast
import random

LAYERS = (
    "nn.Linear({a}, {b}, bias=True)", "nn.Conv2d({a}, {b}, kernel_size=3, padding=1)", "nn.BatchNorm2d({a})",
    "nn.LayerNorm({a}, eps=1e-05)", "nn.MaxPool2d(kernel_size=2, stride=2)", "nn.Embedding({a}, {b})",
    "nn.GRU(input_size={a}, hidden_size={b})", "nn.Softmax(dim=1)", "nn.ConvTranspose2d({a}, {b}, 2, stride=2)",
    "nn.GroupNorm(num_groups=4, num_channels={a})", "nn.AvgPool2d(kernel_size=2, stride=2)",
    "nn.InstanceNorm2d({a}, affine=True)", "nn.PReLU({a})",
)  # fmt: skip
CALLS = (
    "F.relu(x)", "torch.sigmoid(x)", "torch.sum(x, dim=1, keepdim=True)", "x * {c} + residual", "F.gelu(x)",
    "torch.cumsum(x, dim=1)", "F.softplus(x, beta={c}, threshold=20)", "torch.matmul(x, x.transpose(1, 2))",
    "torch.logsumexp(x, dim=1, keepdim=True)", "F.dropout(x, p=0.1, training=self.training)", "torch.tanh(x) - {c}",
    "F.leaky_relu(x, negative_slope={c})", "torch.clamp(x, min=0.0, max={c})", "F.hardswish(x)", "x / x.norm(dim=1)",
    "torch.einsum('bij,bjk->bik', x, x)", "torch.exp(-x)", "F.log_softmax(x, dim=1)", "torch.topk(x, k=2, dim=1)[0]",
)  # fmt: skip


def distinct(count: int, seed: int) -> list[str]:
    """No two with the same multiset of operators."""
    draw = random.Random(seed)
    made: dict[tuple[str, ...], str] = {}
    while len(made) < count:
        layers = draw.sample(LAYERS, draw.randint(1, 4))
        calls = [draw.choice(CALLS) for _ in range(draw.randint(2, 6))]
        made.setdefault(tuple(sorted((*layers, *calls))), module(f"Block{len(made)}", layers, calls, draw))
    return list(made.values())


def module(name: str, layers: list[str], calls: list[str], draw: random.Random) -> str:
    sizes = {"a": draw.choice((8, 16, 64, 96)), "b": draw.choice((32, 128, 256))}
    lines = ["import torch", "import torch.nn as nn", "import torch.nn.functional as F", "", ""]
    lines += [f"class {name}(nn.Module):", "    def __init__(self):", "        super().__init__()"]
    lines += [f"        self.layer{i} = {layer.format(**sizes)}" for i, layer in enumerate(layers)]
    lines += ["", "    def forward(self, x):", "        residual = x"]
    lines += [f"        x = self.layer{i}(x)" for i in range(len(layers))]
    lines += [f"        x = {call.format(c=round(draw.uniform(0.1, 3), 2))}" for call in calls]
    lines += ["        return x", "", "", "def get_inputs():", f"    return [torch.randn({sizes['a']}, 4)]", ""]
    lines += ["", "def get_init_inputs():", "    return []", ""]
    return "\n".join(lines)


# ---- copies ------------------------------------------------------------------------------------------------------


def renamed(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in ("x", "residual"):
            node.id = {"x": "hidden", "residual": "shortcut"}[node.id]
        elif isinstance(node, ast.arg) and node.arg == "x":
            node.arg = "hidden"
        elif isinstance(node, ast.Attribute) and node.attr.startswith("layer"):
            node.attr = f"stage_{node.attr[5:]}"
        elif isinstance(node, ast.ClassDef):
            node.name = f"Renamed{node.name}"
    return ast.unparse(tree)


def reformatted(text: str) -> str:
    lines = text.replace("    ", "  ").splitlines()
    return "\n".join(line if not line.strip() else f"{line}  # step {i}" for i, line in enumerate(lines)).replace(
        "  def forward", '  """A block."""\n\n  def forward'
    )


def reordered(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            node.keywords.reverse()
    return ast.unparse(tree)


def other_constants(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            node.value = node.value + 1
    return ast.unparse(tree)


def retold(text: str) -> str:
    return reformatted(reordered(renamed(text)))


def everything(text: str) -> str:
    return retold(other_constants(text))


SAME = {"renamed": renamed, "reformatted": reformatted, "reordered": reordered, "retold": retold}
LIKE = {"constants": other_constants, "everything": everything}  # of one template, and another program
COPIES = SAME | LIKE
