"""Look-alikes that compute another thing, and copies that compute the same, each of one module or kernel."""

from __future__ import annotations

LONG = """import torch
import torch.nn as nn
import torch.nn.functional as F

EPS = 1e-5


def gate(value, scale):
    return torch.sigmoid(value) * scale


class Norm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return x / (x.pow(2).mean(dim=-1, keepdim=True) + EPS).sqrt() * self.weight


class Block(nn.Module):
    def __init__(self, size=32, heads=4):
        super().__init__()
        self.norm = Norm(size)
        self.after = nn.LayerNorm(size)
        self.query = nn.Linear(size, size)
        self.key = nn.Linear(size, size)
        self.out = nn.Linear(size, size)
        self.conv = nn.Conv1d(size, size, 3, padding=1)
        self.pool = nn.MaxPool1d(2)

    def mix(self, x):
        return self.conv(x.transpose(1, 2)).transpose(1, 2)

    def forward(self, x):
        residual = x
        x = self.norm(x)
        scores = torch.einsum("bid,bjd->bij", self.query(x), self.key(x))
        scores = scores.masked_fill(torch.triu(torch.ones_like(scores), diagonal=1) > 0, -1e9)
        x = torch.bmm(F.softmax(scores, dim=-1), x)
        x = F.relu(self.mix(x)) + gate(torch.sin(x), scale=2.0)
        x = self.out(self.after(x)) + residual
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        return self.pool(x).cumsum(1) - x.mean()


def get_inputs():
    return [torch.randn(2, 8, 32)]


def get_init_inputs():
    return [[32], {}]
"""
OTHERS = {  # what stands there, and what makes it another program
    "axis": ("F.softmax(scores, dim=-1)", "F.softmax(scores, dim=1)"), "exponent": ("pow(2)", "pow(3)"),
    "einsum": ("bid,bjd->bij", "bid,bjd->bji"), "mode": ('"nearest"', '"linear"'), "gelu": ("F.relu", "F.gelu"),
    "norm": ("nn.LayerNorm", "nn.RMSNorm"), "tril": ("torch.triu", "torch.tril"),
    "pool": ("nn.MaxPool1d", "nn.AvgPool1d"),
    "residual": ("self.out(self.after(x)) + residual", "self.out(self.after(x))"), "cos": ("torch.sin", "torch.cos"),
    "operator": (".cumsum(1) - x.mean()", ".cumsum(1) + x.mean()"), "constant": ("EPS = 1e-5", "EPS = 1e-3"),
    "method": (".cumsum(1)", ".cumprod(1)"), "wiring": ("self.query(x), self.key(x)", "self.query(x), self.query(x)"),
    "keyword": ("padding=1", "dilation=1"), "argument": ("scale=2.0", "scale=3.0"),
    "swapped": ("x / (x", "(x) / (2 * x"),
}  # fmt: skip

_RENAMED = {
    "Block": "Attention", "class Norm": "class Root", "= Norm(": "= Root(",
    "gate": "switch", "residual": "shortcut", "scores": "weights_of",
    "self.norm": "self.first",
    "self.query": "self.wq", "self.mix": "self.local", "def mix": "def local", "value": "given", "scale": "factor",
    "EPS": "TINY", "self.weight": "self.gain", "self.conv": "self.near",
}  # fmt: skip


def renamed(text: str) -> str:
    for old, new in _RENAMED.items():
        text = text.replace(old, new) if old != "scale" else _arguments_renamed(text, new)
    return text


def _arguments_renamed(text: str, new: str) -> str:
    text = text.replace("(given, scale)", f"(given, {new})").replace("* scale", f"* {new}")
    return text.replace("scale=2.0", f"{new}=2.0")


def reordered(text: str) -> str:
    """`Norm` and `gate` behind `Block`, and its methods the other way round."""
    parts = text.split("\n\n\n")
    head, gate, norm, block, *inputs = parts
    first, mix, forward = block.split("\n\n    ")
    return "\n\n\n".join([head, "\n\n    ".join([first, forward, mix]), norm, gate, *inputs])


def annotated(text: str) -> str:
    text = text.replace(
        "def forward(self, x):", 'def forward(self, x: torch.Tensor) -> torch.Tensor:\n        """Says."""'
    )
    return text.replace("residual = x\n", "residual: torch.Tensor = x  # kept\n        assert x.ndim == 3, 'three'\n")


def unused_added(text: str) -> str:
    return text.replace("def get_inputs", "def helper(a):\n    return torch.exp(a) * 7\n\n\ndef get_inputs")


def other_inputs(text: str) -> str:
    more = "\n\ndef get_more_inputs():\n    return [[torch.randn(3, 5, 32)]]\n"
    return text.replace("torch.randn(2, 8, 32)", "torch.randn(4, 16, 64)").replace("[[32], {}]", "[[64], {}]") + more


COPIES = {
    "renamed": renamed, "reordered": reordered, "annotated": annotated, "unused": unused_added, "inputs": other_inputs,
    "all": lambda text: unused_added(other_inputs(renamed(annotated(reordered(text))))),
}  # fmt: skip

KERNEL = """import triton
import triton.language as tl


@triton.jit
def inner(value, slope):
    return tl.where(value > 0, value, value * slope)


@triton.jit
def fused(x_ptr, y_ptr, n, stride, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    at = row * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + at // stride * n + at % stride, mask=at < n, other=0.0)
    total = tl.sum(inner(x, 0.01), axis=0)
    tl.store(y_ptr + at, tl.exp(x) / total, mask=at < n)
"""
OTHER_KERNELS = {
    "sum": ("tl.sum", "tl.max"), "exp": ("tl.exp", "tl.log"),
    "index": ("at // stride * n + at % stride", "at % stride * n + at // stride"),
    "divided": (") / total", ") * total"), "slope": ("0.01", "0.2"), "mask": ("other=0.0", 'other=float("-inf")'),
    "compared": ("value > 0", "value < 0"), "axis": ("program_id(0)", "program_id(1)"),
}  # fmt: skip
ACTIVATIONS = (
    "torch.relu(x)", "F.gelu(x)", "F.silu(x)", "x * torch.tanh(F.softplus(x))", "F.elu(x, self.slope)", "F.selu(x)",
    "F.celu(x, self.slope)", "F.leaky_relu(x, self.slope)", "torch.tanh(x)", "torch.sigmoid(x)", "F.hardtanh(x)",
    "F.hardswish(x)", "F.hardsigmoid(x)", "F.softplus(x)", "F.softsign(x)", "F.logsigmoid(x)", "F.relu6(x)",
    "x * torch.sigmoid(1.702 * x)", "x - torch.tanh(x)", "torch.exp(-x * x)",
)  # fmt: skip


def activation(number: int) -> str:
    """One of twenty layers of a library, with the helpers that all of them share."""
    shared = LONG.split("class Block")[0].replace("class Norm", "class Base")
    body = f"class Layer{number}(Base):\n    def __init__(self, size=8, slope=0.1):\n        super().__init__(size)\n"
    body += f"        self.slope = slope\n\n    def forward(self, x):\n        return {ACTIVATIONS[number]}\n"
    return f"{shared}{body}\n\ndef get_inputs():\n    return [torch.randn(2, 8)]\n"
