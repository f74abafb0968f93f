"""Blocks of networks: residual, gated, mixing, squeeze-and-excite, small whole models, and graph breaks."""

from __future__ import annotations

from collections.abc import Iterator

from modules.form import module

_RESIDUAL = """
self.a = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
self.b = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8))
"""
_BLOCKS = (
    ("ResidualBlock", _RESIDUAL, "return (x + self.b(self.a(x))).relu()", "2x8x12x12"),
    (
        "Bottleneck",
        "self.f = nn.Sequential(nn.Conv2d(16, 4, 1), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1),"
        " nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 16, 1), nn.BatchNorm2d(16))",
        "return F.relu(self.f(x) + x)",
        "2x16x10x10",
    ),
    (
        "InvertedResidual",
        "self.f = nn.Sequential(nn.Conv2d(8, 32, 1), nn.BatchNorm2d(32), nn.ReLU6(),"
        " nn.Conv2d(32, 32, 3, padding=1, groups=32), nn.BatchNorm2d(32), nn.ReLU6(), nn.Conv2d(32, 8, 1))",
        "return x + self.f(x)",
        "2x8x10x10",
    ),
    (
        "SqueezeExcite",
        "self.down, self.up = nn.Conv2d(16, 4, 1), nn.Conv2d(4, 16, 1)",
        "s = x.mean((2, 3), keepdim=True)\nreturn x * self.up(self.down(s).relu()).sigmoid()",
        "2x16x10x10",
    ),
    (
        "ConvNextBlock",
        "self.d = nn.Conv2d(16, 16, 7, padding=3, groups=16)\nself.n = nn.LayerNorm(16)\n"
        "self.f = nn.Sequential(nn.Linear(16, 64), nn.GELU(), nn.Linear(64, 16))\n"
        "self.g = nn.Parameter(torch.ones(16))",
        "y = self.d(x).permute(0, 2, 3, 1)\nreturn x + (self.g * self.f(self.n(y))).permute(0, 3, 1, 2)",
        "2x16x10x10",
    ),
    (
        "MixerBlock",
        "self.n1, self.n2 = nn.LayerNorm(32), nn.LayerNorm(32)\n"
        "self.t = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16))\n"
        "self.c = nn.Sequential(nn.Linear(32, 64), nn.GELU(), nn.Linear(64, 32))",
        "x = x + self.t(self.n1(x).transpose(1, 2)).transpose(1, 2)\nreturn x + self.c(self.n2(x))",
        "2x16x32",
    ),
    (
        "GatedMlp",
        "self.g, self.u, self.d = (nn.Linear(32, 64, bias=False), nn.Linear(32, 64, bias=False),"
        " nn.Linear(64, 32, bias=False))",
        "return self.d(F.silu(self.g(x)) * self.u(x))",
        "2x8x32",
    ),
    (
        "PreNormMlp",
        "self.n = nn.RMSNorm(32)\nself.f = nn.Sequential(nn.Linear(32, 64), nn.SiLU(), nn.Linear(64, 32))",
        "return x + self.f(self.n(x))",
        "2x8x32",
    ),
    (
        "TransformerBlock",
        "self.n1, self.n2 = nn.LayerNorm(64), nn.LayerNorm(64)\n"
        "self.qkv, self.o = nn.Linear(64, 192), nn.Linear(64, 64)\n"
        "self.f = nn.Sequential(nn.Linear(64, 128), nn.GELU(), nn.Linear(128, 64))",
        "b, t, c = x.shape\n"
        "q, k, v = (p.view(b, t, 4, 16).transpose(1, 2) for p in self.qkv(self.n1(x)).chunk(3, -1))\n"
        "y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(b, t, c)\n"
        "x = x + self.o(y)\nreturn x + self.f(self.n2(x))",
        "2x12x64",
    ),
    (
        "LlamaBlock",
        "self.n1, self.n2 = nn.RMSNorm(64), nn.RMSNorm(64)\nself.q, self.k, self.v, self.o = "
        "(nn.Linear(64, n, bias=False) for n in (64, 32, 32, 64))\n"
        "self.g, self.u, self.d = (nn.Linear(a, b, bias=False) for a, b in ((64, 96), (64, 96), (96, 64)))",
        "b, t, c = x.shape\nh = self.n1(x)\nq = self.q(h).view(b, t, 4, 16).transpose(1, 2)\n"
        "k, v = (f(h).view(b, t, 2, 16).transpose(1, 2).repeat_interleave(2, 1) for f in (self.k, self.v))\n"
        "y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(b, t, c)\n"
        "x = x + self.o(y)\nh = self.n2(x)\nreturn x + self.d(F.silu(self.g(h)) * self.u(h))",
        "2x12x64",
    ),
    (
        "Gpt",
        "self.e, self.p = nn.Embedding(100, 32), nn.Embedding(16, 32)\nself.n = nn.LayerNorm(32)\n"
        "self.f = nn.Sequential(nn.Linear(32, 64), nn.GELU(), nn.Linear(64, 32))\nself.h = nn.Linear(32, 100)",
        "y = self.e(x) + self.p(torch.arange(x.shape[1], device=x.device))\n"
        "y = y + self.f(self.n(y))\nreturn self.h(y).log_softmax(-1)",
        "i100:2x16",
    ),
    (
        "VisionPatches",
        "self.e = nn.Conv2d(3, 32, 4, 4)\nself.c = nn.Parameter(torch.zeros(1, 1, 32))\n"
        "self.p = nn.Parameter(torch.zeros(1, 17, 32))\nself.n, self.h = nn.LayerNorm(32), nn.Linear(32, 10)",
        "y = self.e(x).flatten(2).transpose(1, 2)\ny = torch.cat([self.c.expand(len(x), -1, -1), y], 1) + self.p\n"
        "return self.h(self.n(y)[:, 0])",
        "2x3x16x16",
    ),
    (
        "LeNet",
        "self.c1, self.c2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)\n"
        "self.f = nn.Sequential(nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 10))",
        "x = F.max_pool2d(self.c1(x).relu(), 2)\nx = F.max_pool2d(self.c2(x).relu(), 2)\nreturn self.f(x.flatten(1))",
        "2x1x28x28",
    ),
    (
        "UNetStep",
        "self.d, self.m = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)\n"
        "self.u, self.o = nn.ConvTranspose2d(8, 8, 2, 2), nn.Conv2d(16, 1, 1)",
        "a = self.d(x).relu()\nb = self.u(self.m(F.max_pool2d(a, 2)).relu())\n"
        "return self.o(torch.cat([a, b], 1)).sigmoid()",
        "2x3x16x16",
    ),
    (
        "AutoEncoder",
        "self.e = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))\n"
        "self.d = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 64), nn.Sigmoid())",
        "return F.mse_loss(self.d(self.e(x)), x)",
        "8x64",
    ),
    (
        "Variational",
        "self.m, self.s, self.d = nn.Linear(32, 8), nn.Linear(32, 8), nn.Linear(8, 32)",
        "m, s = self.m(x), self.s(x)\nz = m + torch.randn_like(s) * (0.5 * s).exp()\n"
        "return self.d(z), -0.5 * (1 + s - m.pow(2) - s.exp()).sum(-1)",
        "8x32",
    ),
    (
        "Experts",
        "self.r = nn.Linear(32, 4)\nself.w = nn.Parameter(torch.randn(4, 32, 32))",
        "p = self.r(x).softmax(-1)\nreturn torch.einsum('bi,eio,be->bo', x, self.w, p).relu()",
        "8x32",
    ),
    (
        "TopExperts",
        "self.r = nn.Linear(32, 4)\nself.w = nn.Parameter(torch.randn(4, 32, 32))",
        "p, i = self.r(x).softmax(-1).topk(2, -1)\n"
        "return (torch.einsum('bi,bkio->bko', x, self.w[i]) * p[..., None]).sum(1)",
        "8x32",
    ),
    (
        "Highway",
        "self.h, self.t = nn.Linear(32, 32), nn.Linear(32, 32)",
        "t = self.t(x).sigmoid()\nreturn t * self.h(x).relu() + (1 - t) * x",
        "8x32",
    ),
    (
        "Ema",
        "self.register_buffer('avg', torch.zeros(32))",
        "self.avg.mul_(0.9).add_(x.detach().mean(0), alpha=0.1)\nreturn x - self.avg",
        "8x32",
    ),
    (
        "GraphConv",
        "self.f = nn.Linear(16, 16)",
        "d = a.abs().sum(-1, keepdim=True) + 1\nreturn (a @ self.f(x) / d).relu()",
        "8x16, 8x8",
        "x, a",
    ),
    (
        "DeepCross",
        "self.w = nn.ModuleList(nn.Linear(32, 32) for _ in range(3))",
        "y = x\nfor w in self.w:\n    y = x * w(y) + y\nreturn y.sigmoid()",
        "8x32",
    ),
    (
        "FactorizationMachine",
        "self.v = nn.Parameter(torch.randn(32, 8))",
        "return 0.5 * ((x @ self.v) ** 2 - (x ** 2) @ (self.v ** 2)).sum(-1)",
        "8x32",
    ),
    (
        "DenseBlock",
        "self.a, self.b = nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(8, 4, 3, padding=1)",
        "y = torch.cat([x, self.a(x).relu()], 1)\nreturn torch.cat([y, self.b(y).relu()], 1)",
        "2x4x8x8",
    ),
    (
        "FilmBlock",
        "self.f, self.c = nn.Linear(8, 32), nn.Conv2d(16, 16, 3, padding=1)",
        "g, b = self.f(z)[..., None, None].chunk(2, 1)\nreturn F.gelu(self.c(x) * (1 + g) + b)",
        "2x16x8x8, 2x8",
        "x, z",
    ),
    (
        "StyleNorm",
        "self.f = nn.Linear(8, 32)",
        "g, b = self.f(z)[..., None, None].chunk(2, 1)\nreturn F.instance_norm(x) * g + b",
        "2x16x8x8, 2x8",
        "x, z",
    ),
    (
        "Pyramid",
        "self.c = nn.Conv2d(4, 4, 3, padding=1)",
        "y = self.c(F.avg_pool2d(x, 2))\nreturn x + F.interpolate(y, size=x.shape[2:], mode='nearest')",
        "2x4x16x16",
    ),
    (
        "BreakPrint",
        "self.a, self.b = nn.Linear(16, 16), nn.Linear(16, 16)",
        "x = self.a(x).relu()\nprint(end='')\nreturn self.b(x).sigmoid()",
        "8x16",
    ),
    (
        "BreakBranch",
        "self.a = nn.Linear(16, 16)",
        "x = self.a(x).relu()\nif x.sum() > 0:\n    return x.exp()\nreturn x.cos()",
        "8x16",
    ),
    ("BreakItem", "self.a = nn.Linear(16, 16)", "s = x.abs().max().item()\nreturn (self.a(x) / s).tanh()", "8x16"),
)


def texts() -> Iterator[tuple[str, str]]:
    for name, init, forward, shapes, *arguments in _BLOCKS:
        yield module(name, init, forward, shapes, *arguments)
