"""Reduced and mixed precision: the same small bodies in float16, bfloat16 and float64, and casts between them."""

from __future__ import annotations

from collections.abc import Iterator

from modules.form import function, module

_DTYPES = {"F16": "float16", "Bf16": "bfloat16", "F64": "float64"}
_BODIES = {
    "Linear": ("nn.Linear(64, 32)", "self.part(x).relu()", "8x64"),
    "LayerNorm": ("nn.LayerNorm(64)", "self.part(x) * 2", "4x8x64"),
    "RmsNorm": ("nn.RMSNorm(64)", "self.part(x) + x", "4x8x64"),
    "Gelu": ("nn.GELU()", "self.part(x) * x", "8x64"),
    "Softmax": ("nn.Softmax(-1)", "self.part(x)", "8x64"),
    "Conv": ("nn.Conv2d(4, 8, 3, padding=1)", "self.part(x).relu()", "2x4x12x12"),
    "ConvBn": ("nn.Sequential(nn.Conv2d(4, 8, 3), nn.BatchNorm2d(8), nn.ReLU())", "self.part(x)", "2x4x12x12"),
    "GroupNorm": ("nn.GroupNorm(2, 8)", "F.silu(self.part(x))", "2x8x6x6"),
    "Mlp": ("nn.Sequential(nn.Linear(32, 64), nn.SiLU(), nn.Linear(64, 32))", "x + self.part(x)", "8x32"),
    "MaxPool": ("nn.MaxPool2d(2)", "self.part(x).sigmoid()", "2x4x8x8"),
}
_CASTS = {
    "SoftmaxUp": "F.softmax(x.half(), -1, dtype=torch.float32)",
    "LogSoftmaxUp": "F.log_softmax(x.half(), -1, dtype=torch.float32)",
    "SoftmaxUpBf16": "F.softmax(x.bfloat16(), -1, dtype=torch.float32)",
    "NormUp": "(x.bfloat16().float() * torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + 1e-6)).bfloat16()",
    "MatmulMixed": "(x.half() @ x.half().t()).float().softmax(-1)",
    "SumUp": "x.half().sum(-1, dtype=torch.float32)",
    "Quantize": "((x / 0.1).round().clamp(-128, 127).to(torch.int8).float() * 0.1)",
    "IntMean": "(x * 10).to(torch.int32).float().mean(-1)",
    "BoolCount": "(x > 0).to(torch.int64).sum(-1) + 1",
    "Complex": "torch.view_as_real(torch.complex(x, x) * 2).relu()",
}


def texts() -> Iterator[tuple[str, str]]:
    for suffix, dtype in _DTYPES.items():
        for name, (init, result, shapes) in _BODIES.items():
            forward = f"x = x.to(torch.{dtype})\nreturn {result}"
            yield module(name + suffix, f"self.part = {init}.to(torch.{dtype})", forward, shapes)
    for name, result in _CASTS.items():
        yield function("Cast" + name, "x", result, "16x64")
