"""A second set: other problems of a small benchmark in other clothes, and neighbours that compute something else.

Written by somebody who has not read the code that looks for them. `SAME` computes what its problem does, `WITHIN`
computes it and more (or hands out more), `OTHER` does not compute it.
"""

from __future__ import annotations

_HEAD = "import math\n\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n\n"


def _module(
    made: str, forward: str, inputs: str, given: str = "x", *, name: str = "Model", above: str = "", more: str = "",
    base: str = "nn.Module", methods: str = "", head: str = _HEAD,
) -> str:  # fmt: skip
    """Statements of `made` are parted by `;`."""
    lines = [*(f"        {each.strip()}" for each in made.split(";") if each.strip())]
    steps = [f"        {each.rstrip()}" for each in forward.split("\n") if each.strip()]
    init = ["    def __init__(self):", "        super().__init__()", *lines, ""] if made else []
    body = [f"class {name}({base}):", *init, f"    def forward(self, {given}):", *steps]
    if methods:
        body += ["", *(f"    {each}".rstrip() for each in methods.strip("\n").split("\n"))]
    tail = f"def get_inputs():\n    return [{inputs}]\n\n\ndef get_init_inputs():\n    return []\n"
    return head + (above.strip("\n") + "\n\n\n" if above else "") + "\n".join(body) + "\n\n\n" + tail + more


def _file(body: str, inputs: str, head: str = _HEAD) -> str:
    tail = f"def get_inputs():\n    return [{inputs}]\n\n\ndef get_init_inputs():\n    return []\n"
    return head + body.strip("\n") + "\n\n\n" + tail


_FEATURES = "torch.randn(2, 16, 6, 6)"
_LABELLED = "torch.randn(16, 24), torch.randint(0, 10, (16,))"
_RAYS = "torch.rand(4, 32), torch.rand(4, 32), torch.rand(4, 32, 3)"
_MAPS = "torch.randn(2, 8, 10, 10)"
_TOKENS = "torch.randn(2, 6, 24)"
_STATE = "torch.randn(8, 12), torch.randn(8, 16), torch.randn(8, 16)"
_THREE = "torch.randn(16, 24), torch.randn(16, 24), torch.randn(16, 24)"
_CHAIN = "torch.randn(4, 6, 8), torch.randn(4, 8, 10), torch.randn(4, 10, 5)"
_PADDED = "torch.randn(4, 9, 24), torch.arange(9)[None, :] < torch.tensor([9, 5, 7, 3])[:, None]"
_SMALL = "torch.randn(2, 4, 8, 8)"
_TWO_LOGITS = "torch.randn(16, 10), torch.randn(16, 10)"
_VIEWS = "torch.randn(12, 20), torch.randn(12, 20)"
_POINTS = "torch.randn(32, 8)"
_HEADS = "torch.randn(2, 4, 8, 16)"

_GROUP = "self.norm = nn.GroupNorm(4, 16); self.scale = nn.Parameter(torch.randn(16, 1, 1))"
_GROUP_PARTS = "self.gamma = nn.Parameter(torch.ones(16)); self.beta = nn.Parameter(torch.zeros(16)); self.scale = nn.Parameter(torch.randn(16, 1, 1))"
_SWISH = "x = x * torch.sigmoid(x)"
_RENDER = (
    "a = 1.0 - torch.exp(-F.relu(sigma) * delta)\n"
    "t = torch.cumprod(torch.cat([torch.ones_like(a[:, :1]), 1.0 - a], dim=1), dim=1)[:, :-1]\n"
    "w = a * t\n"
)
_DEPTHWISE = "self.dw = nn.Conv2d(8, 8, 3, padding=1, groups=8); self.pw = nn.Conv2d(8, 16, 1)"
_GATED = "self.weight = nn.Parameter(torch.ones(24)); self.gate = nn.Linear(24, 48, bias=False); self.up = nn.Linear(24, 48, bias=False); self.down = nn.Linear(48, 24, bias=False)"
_RMS = "h = x * torch.rsqrt(x.pow(2).mean(dim=-1, keepdim=True) + 1e-6) * self.weight\n"
_CELL = "self.wx = nn.Linear(12, 64); self.wh = nn.Linear(16, 64)"
_CELL_STEP = (
    "gates = self.wx(x) + self.wh(h)\ni, f, g, o = gates.chunk(4, dim=1)\n"
    "c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)\nh = torch.sigmoid(o) * torch.tanh(c)\n"
)
_NET = "self.net = nn.Linear(24, 16)"
_EMBED = (
    "a = F.normalize(self.net(a), dim=1)\np = F.normalize(self.net(p), dim=1)\nn = F.normalize(self.net(n), dim=1)\n"
)
_POOL = "self.proj = nn.Linear(24, 12); self.score = nn.Linear(12, 1)"
_POOL_STEP = "s = self.score(torch.tanh(self.proj(x))).squeeze(-1)\n"
_UNET = "self.conv = nn.Conv2d(4, 4, 3, padding=1)"
_CODES = "self.codes = nn.Parameter(torch.randn(64, 8))"
_ANGLES = (
    "inv = 1.0 / (10000 ** (torch.arange(0, 16, 2).float() / 16)); freqs = torch.outer(torch.arange(8).float(), inv);"
    "emb = torch.cat([freqs, freqs], dim=-1); self.register_buffer('cos', emb.cos()); self.register_buffer('sin', emb.sin())"
)

PROBLEMS = {
    "group": _module(_GROUP, f"x = self.norm(x)\n{_SWISH}\nx = x * self.scale\nreturn x.amax(dim=(2, 3))", _FEATURES),
    "smooth": _module("self.head = nn.Linear(24, 10)",
                      "logits = self.head(x)\nreturn F.cross_entropy(logits, target, label_smoothing=0.1)", _LABELLED, "x, target"),
    "render": _module("", _RENDER + "return (w.unsqueeze(-1) * rgb).sum(dim=1)", _RAYS, "sigma, delta, rgb"),
    "depthwise": _module(_DEPTHWISE, "x = F.hardswish(self.dw(x))\nx = self.pw(x)\nreturn F.hardswish(x)", _MAPS),
    "gated": _module(_GATED, _RMS + "return x + self.down(F.silu(self.gate(h)) * self.up(h))", _TOKENS),
    "cell": _module(_CELL, _CELL_STEP + "return h, c", _STATE, "x, h, c"),
    "triplet": _module(_NET + "; self.loss = nn.TripletMarginLoss(margin=0.3)", _EMBED + "return self.loss(a, p, n)", _THREE, "a, p, n"),
    "chain": _module("", "y = torch.bmm(torch.bmm(a, b), c)\ny = y / 8.0\nreturn torch.logsumexp(y, dim=2)", _CHAIN, "a, b, c"),
    "pooling": _module(_POOL, _POOL_STEP + "s = s.masked_fill(~mask, float('-inf'))\nw = torch.softmax(s, dim=1)\n"
                       "return (w.unsqueeze(-1) * x).sum(dim=1)", _PADDED, "x, mask"),
    "unet": _module(_UNET, "y = F.max_pool2d(x, 2)\ny = F.relu(self.conv(y))\ny = F.interpolate(y, scale_factor=2, mode='nearest')\n"
                    "return torch.cat([x, y], dim=1)", _SMALL),
    "distil": _module("", "log_q = F.log_softmax(student / 4.0, dim=1)\np = F.softmax(teacher / 4.0, dim=1)\n"
                      "return F.kl_div(log_q, p, reduction='batchmean') * 16.0", _TWO_LOGITS, "student, teacher"),
    "contrast": _module("", "a = F.normalize(a, dim=1)\nb = F.normalize(b, dim=1)\nlogits = a @ b.t() / 0.07\n"
                        "labels = torch.arange(a.shape[0], device=a.device)\nreturn F.cross_entropy(logits, labels)", _VIEWS, "a, b"),
    "codebook": _module(_CODES, "d = x.pow(2).sum(1, keepdim=True) - 2 * x @ self.codes.t() + self.codes.pow(2).sum(1)\n"
                        "q = self.codes[d.argmin(dim=1)]\nreturn q, F.mse_loss(q, x)", _POINTS),
    "rotary": _module(_ANGLES, "x1, x2 = x.chunk(2, dim=-1)\nreturn x * self.cos + torch.cat([-x2, x1], dim=-1) * self.sin", _HEADS),
}  # fmt: skip

# ---- the same ------------------------------------------------------------------------------------------------------

_SAME_GROUP = {
    "group norm, functional, fused swish": _module(
        _GROUP_PARTS, "y = F.group_norm(x, 4, self.gamma, self.beta, 1e-5)\nreturn torch.amax(F.silu(y) * self.scale, (-2, -1))", _FEATURES),
    "group norm written out": _module(
        _GROUP_PARTS, "b, c, h, w = x.shape\ng = x.view(b, 4, -1)\nm = g.mean(2, keepdim=True)\nv = g.var(2, keepdim=True, unbiased=False)\n"
        "g = ((g - m) / torch.sqrt(v + 1e-5)).view(b, c, h, w)\ng = g * self.gamma.view(1, -1, 1, 1) + self.beta.view(1, -1, 1, 1)\n"
        "g = g * g.sigmoid() * self.scale\nreturn g.flatten(2).max(dim=2).values", _FEATURES),
    "five-dimensional groups, var_mean": _module(
        _GROUP_PARTS, "b = x.size(0)\ng = x.reshape(b, 4, 4, 6, 6)\nv, m = torch.var_mean(g, dim=(2, 3, 4), correction=0, keepdim=True)\n"
        "g = (g - m) * torch.rsqrt(v + 1e-5)\nx = g.reshape(b, 16, 6, 6)\nx = torch.addcmul(self.beta[:, None, None], x, self.gamma[:, None, None])\n"
        "x = F.silu(x)\nx = torch.mul(self.scale, x)\nreturn x.amax((2, 3))", _FEATURES),
    "global maximum pooled": _module(
        _GROUP + "; self.act = nn.SiLU(inplace=True); self.pool = nn.AdaptiveMaxPool2d(1)",
        "return self.pool(self.act(self.norm(x)) * self.scale).squeeze(-1).squeeze(-1)", _FEATURES),
    "swish by an expression": _module(
        _GROUP, "x = self.norm(x)\nx = x / (1 + torch.exp(-x))\nx *= self.scale\nreturn x.amax(dim=-1).amax(dim=-1)", _FEATURES),
    "swish by a class": _file('''
class Swish(nn.Module):
    """Self-gated activation."""

    def __init__(self, beta: float = 1.0):
        super().__init__()
        self.beta = beta

    def forward(self, inputs):
        return inputs * (self.beta * inputs).sigmoid()


class ChannelScale(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.factor = nn.Parameter(torch.randn(width, 1, 1))

    def forward(self, inputs):
        return inputs * self.factor


class Model(nn.Sequential):
    def __init__(self, width=16, groups=4):
        super().__init__(nn.GroupNorm(num_groups=groups, num_channels=width), Swish(), ChannelScale(width))

    def forward(self, inputs):
        out = super().forward(inputs)
        return torch.max(out.view(out.size(0), out.size(1), -1), dim=-1)[0]
''', _FEATURES),
    "channels last, other sizes": _module(
        "self.n = nn.GroupNorm(8, 64, eps=1e-5); self.s = nn.Parameter(torch.randn(64))",
        "x = self.n(x.contiguous(memory_format=torch.channels_last))\nx = x.permute(0, 2, 3, 1)\nx = F.silu(x) * self.s\n"
        "return x.amax(dim=(1, 2))", "torch.randn(8, 64, 14, 14)"),
}  # fmt: skip

_SAME_SMOOTH = {
    "smoothing by a loss class": _module(
        "self.fc = nn.Linear(24, 10); self.criterion = nn.CrossEntropyLoss(label_smoothing=0.1)", "return self.criterion(self.fc(x), y)",
        _LABELLED, "x, y"),
    "smoothing by gather": _module(
        "self.head = nn.Linear(24, 10)", "logp = F.log_softmax(self.head(x), dim=-1)\nnll = -logp.gather(1, target.unsqueeze(1)).squeeze(1)\n"
        "smooth = -logp.mean(dim=-1)\nreturn (0.9 * nll + 0.1 * smooth).mean()", _LABELLED, "x, target"),
    "smoothing by soft targets": _module(
        "self.head = nn.Linear(24, 10)", "logp = self.head(x).log_softmax(1)\nsoft = torch.full_like(logp, 0.1 / 10)\n"
        "soft.scatter_(1, target.unsqueeze(1), 0.9 + 0.1 / 10)\nreturn -(soft * logp).sum(1).mean()", _LABELLED, "x, target"),
    "smoothing by one hot": _module(
        "self.head = nn.Linear(24, 10); self.eps = 0.1",
        "z = self.head(x)\nq = F.one_hot(target, 10).float() * (1 - self.eps) + self.eps / 10\nreturn F.cross_entropy(z, q)", _LABELLED, "x, target"),
    "smoothing by nll and logsumexp": _module(
        "self.w = nn.Parameter(torch.randn(10, 24)); self.b = nn.Parameter(torch.zeros(10))",
        "z = F.linear(x, self.w, self.b)\nlse = torch.logsumexp(z, dim=1, keepdim=True)\nlogp = z - lse\nhard = F.nll_loss(logp, target)\n"
        "return 0.9 * hard - 0.1 * logp.mean()", _LABELLED, "x, target"),
    "smoothing, a library's class": _file('''
class LabelSmoothingCrossEntropy(nn.Module):
    def __init__(self, smoothing=0.1):
        super().__init__()
        self.smoothing = smoothing
        self.confidence = 1. - smoothing

    def forward(self, x: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        logprobs = F.log_softmax(x, dim=-1)
        nll_loss = -logprobs.gather(dim=-1, index=target.unsqueeze(1))
        nll_loss = nll_loss.squeeze(1)
        smooth_loss = -logprobs.mean(dim=-1)
        loss = self.confidence * nll_loss + self.smoothing * smooth_loss
        return loss.mean()


class Outer(nn.Module):
    def __init__(self, features=24, classes=10):
        super().__init__()
        self.classifier = nn.Linear(features, classes)
        self.loss_fn = LabelSmoothingCrossEntropy(0.1)

    def forward(self, features, labels):
        return self.loss_fn(self.classifier(features), labels)
''', _LABELLED),
}  # fmt: skip

_SAME_RENDER = {
    "transmittance by cumulated density": _module(
        "", "tau = F.relu(sigma) * delta\na = 1.0 - torch.exp(-tau)\nt = torch.exp(-(torch.cumsum(tau, dim=1) - tau))\n"
        "return ((a * t)[..., None] * rgb).sum(1)", _RAYS, "sigma, delta, rgb"),
    "transmittance padded": _module(
        "", "tau = sigma.clamp(min=0) * delta\nkeep = torch.exp(-tau)\nt = F.pad(torch.cumprod(keep, -1)[:, :-1], (1, 0), value=1.0)\n"
        "w = (1 - keep) * t\nreturn torch.einsum('rs,rsc->rc', w, rgb)", _RAYS, "sigma, delta, rgb"),
    "transmittance by a loop": _module(
        "self.relu = nn.ReLU()", "a = 1 - torch.exp(-self.relu(sigma) * delta)\nt = torch.ones_like(a[:, 0])\nout = torch.zeros_like(rgb[:, 0])\n"
        "for s in range(a.shape[1]):\n    out = out + (a[:, s] * t)[:, None] * rgb[:, s]\n    t = t * (1 - a[:, s])\nreturn out", _RAYS, "sigma, delta, rgb"),
    "composited by bmm": _file('''
def alpha_of(density, step):
    return 1.0 - (-(density.relu() * step)).exp()


def exclusive_cumprod(values):
    rolled = torch.cumprod(values, dim=-1)
    rolled = torch.roll(rolled, 1, -1)
    rolled[..., 0] = 1.0
    return rolled


class Model(nn.Module):
    """Composites colours along rays."""

    def forward(self, density, step, colour):
        alpha = alpha_of(density, step)
        weights = alpha * exclusive_cumprod(1.0 - alpha)
        return torch.bmm(weights.unsqueeze(1), colour).squeeze(1)
''', _RAYS),
    "ones by new_ones": _module(
        "", "alpha = 1. - torch.exp(-torch.relu(raw) * dists)\nones = alpha.new_ones((alpha.shape[0], 1))\n"
        "trans = torch.cumprod(torch.cat((ones, 1. - alpha), -1), -1)[..., :-1]\nweights = torch.mul(alpha, trans)\n"
        "return torch.sum(weights[:, :, None] * color, -2)", "torch.randn(64, 48), torch.rand(64, 48), torch.rand(64, 48, 3)", "raw, dists, color"),
}  # fmt: skip

_HSWISH = "def h_swish(x):\n    return x * F.relu6(x + 3.0) / 6.0"
_SAME_DEPTHWISE = {
    "hard swish by relu6": _module(
        _DEPTHWISE, "return h_swish(self.pw(h_swish(self.dw(x))))", _MAPS, above=_HSWISH),
    "hard swish by clamp": _module(
        _DEPTHWISE, "for layer in (self.dw, self.pw):\n    x = layer(x)\n    x = x * (x + 3).clamp(0, 6) * (1.0 / 6.0)\nreturn x", _MAPS),
    "hard swish by hard sigmoid": _module(
        _DEPTHWISE, "x = self.dw(x)\nx = x * F.hardsigmoid(x)\nx = self.pw(x)\nreturn x * F.hardsigmoid(x)", _MAPS),
    "depthwise in a sequence": _module(
        "self.block = nn.Sequential(nn.Conv2d(8, 8, kernel_size=3, stride=1, padding=1, groups=8), nn.Hardswish(), nn.Conv2d(8, 16, kernel_size=1), nn.Hardswish(inplace=True))",
        "return self.block(x)", _MAPS),
    "depthwise functional, padded before": _module(
        "self.k = nn.Parameter(torch.randn(8, 1, 3, 3)); self.kb = nn.Parameter(torch.zeros(8)); self.p = nn.Parameter(torch.randn(16, 8, 1, 1)); self.pb = nn.Parameter(torch.zeros(16))",
        "x = F.conv2d(F.pad(x, (1, 1, 1, 1)), self.k, self.kb, groups=8)\nx = F.hardswish(x)\nx = F.conv2d(x, self.p, self.pb)\nreturn F.hardswish(x)", _MAPS),
    "pointwise as a linear layer": _module(
        "self.dw = nn.Conv2d(8, 8, 3, padding='same', groups=8); self.pw = nn.Linear(8, 16); self.act = nn.Hardswish()",
        "x = self.act(self.dw(x))\nx = self.pw(x.permute(0, 2, 3, 1))\nreturn self.act(x.permute(0, 3, 1, 2))", _MAPS),
    "pointwise by einsum": _module(
        "self.dw = nn.Conv2d(8, 8, 3, padding=1, groups=8); self.w = nn.Parameter(torch.randn(16, 8)); self.b = nn.Parameter(torch.zeros(16))",
        "x = F.hardswish(self.dw(x))\nx = torch.einsum('oc,bchw->bohw', self.w, x) + self.b[None, :, None, None]\nreturn F.hardswish(x)", _MAPS),
    "depthwise by unfolding": _module(
        "self.k = nn.Parameter(torch.randn(8, 9)); self.kb = nn.Parameter(torch.zeros(8)); self.pw = nn.Conv2d(8, 16, 1)",
        "b, c, h, w = x.shape\np = F.unfold(x, 3, padding=1).view(b, c, 9, h * w)\ny = (p * self.k[None, :, :, None]).sum(2) + self.kb[None, :, None]\n"
        "y = F.hardswish(y.view(b, c, h, w))\nreturn F.hardswish(self.pw(y))", _MAPS),
    "depthwise of a config": _file('''
from dataclasses import dataclass


@dataclass
class BlockConfig:
    channels: int = 32
    expansion: int = 4
    kernel: int = 5


class ConvAct(nn.Module):
    def __init__(self, cin, cout, k, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, k, padding=k // 2, groups=groups)
        self.act = nn.Hardswish()

    def forward(self, x):
        return self.act(self.conv(x))


class Model(nn.Module):
    def __init__(self, config=BlockConfig()):
        super().__init__()
        self.spatial = ConvAct(config.channels, config.channels, config.kernel, groups=config.channels)
        self.mix = ConvAct(config.channels, config.channels * config.expansion, 1)

    def forward(self, x):
        return self.mix(self.spatial(x))
''', "torch.randn(1, 32, 28, 28)"),
}  # fmt: skip

_SAME_GATED = {
    "gate and up fused": _module(
        "self.norm = nn.RMSNorm(24, eps=1e-6); self.w12 = nn.Linear(24, 96, bias=False); self.w3 = nn.Linear(48, 24, bias=False)",
        "a, b = self.w12(self.norm(x)).chunk(2, dim=-1)\nreturn x + self.w3(F.silu(a) * b)", _TOKENS),
    "gated, a language model's names": _file('''
class LlamaRMSNorm(nn.Module):
    def __init__(self, hidden_size, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden_size))
        self.variance_epsilon = eps

    def forward(self, hidden_states):
        input_dtype = hidden_states.dtype
        hidden_states = hidden_states.to(torch.float32)
        variance = hidden_states.pow(2).mean(-1, keepdim=True)
        hidden_states = hidden_states * torch.rsqrt(variance + self.variance_epsilon)
        return self.weight * hidden_states.to(input_dtype)


class LlamaMLP(nn.Module):
    def __init__(self, hidden_size, intermediate_size):
        super().__init__()
        self.gate_proj = nn.Linear(hidden_size, intermediate_size, bias=False)
        self.up_proj = nn.Linear(hidden_size, intermediate_size, bias=False)
        self.down_proj = nn.Linear(intermediate_size, hidden_size, bias=False)
        self.act_fn = nn.SiLU()

    def forward(self, x):
        return self.down_proj(self.act_fn(self.gate_proj(x)) * self.up_proj(x))


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.post_attention_layernorm = LlamaRMSNorm(24)
        self.mlp = LlamaMLP(24, 48)

    def forward(self, hidden_states):
        residual = hidden_states
        hidden_states = self.post_attention_layernorm(hidden_states)
        hidden_states = self.mlp(hidden_states)
        hidden_states = residual + hidden_states
        return hidden_states
''', _TOKENS),
    "gated, all matrices": _module(
        "self.g = nn.Parameter(torch.ones(24)); self.w1 = nn.Parameter(torch.randn(24, 48)); self.w3 = nn.Parameter(torch.randn(24, 48)); self.w2 = nn.Parameter(torch.randn(48, 24))",
        "n = F.rms_norm(x, (24,), self.g, 1e-6)\nu = n @ self.w1\nreturn torch.add((u * torch.sigmoid(u) * (n @ self.w3)) @ self.w2, x)", _TOKENS),
    "gated by einsum": _module(
        "self.g = nn.Parameter(torch.ones(24)); self.w = nn.Parameter(torch.randn(2, 48, 24)); self.o = nn.Parameter(torch.randn(24, 48))",
        "n = x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-6) * self.g\ny = torch.einsum('bsd,kfd->kbsf', n, self.w)\n"
        "return x + torch.einsum('bsf,df->bsd', F.silu(y[0]) * y[1], self.o)", _TOKENS),
    "gated over flat tokens": _module(
        _GATED, "shape = x.shape\nt = x.reshape(-1, shape[-1])\nms = torch.linalg.vector_norm(t, dim=-1, keepdim=True) ** 2 / t.shape[-1]\n"
        "n = self.weight * (t * (ms + 1e-6) ** -0.5)\ny = self.down(F.silu(self.gate(n)).mul_(self.up(n)))\nreturn (t + y).view(shape)", _TOKENS),
    "gated, norm in double": _module(
        _GATED, "d = x.double()\nn = (d * (d.square().mean(-1, True) + 1e-6).rsqrt()).to(x.dtype) * self.weight\n"
        "y = self.down(self.up(n) * F.silu(self.gate(n)))\nx = y + x\nreturn x", _TOKENS),
}  # fmt: skip

_SAME_CELL = {
    "the cell itself": _module("self.cell = nn.LSTMCell(12, 16)", "return self.cell(x, (h, c))", _STATE, "x, h, c"),
    "cell over both joined": _module(
        "self.w = nn.Linear(28, 64)", "z = self.w(torch.cat([x, h], dim=1))\ni, f, g, o = torch.split(z, 16, dim=1)\n"
        "c = torch.addcmul(f.sigmoid() * c, i.sigmoid(), g.tanh())\nreturn o.sigmoid() * c.tanh(), c", _STATE, "x, h, c"),
    "cell by gates": _module(
        "self.f = nn.Linear(28, 16); self.i = nn.Linear(28, 16); self.o = nn.Linear(28, 16); self.g = nn.Linear(28, 16)",
        "xh = torch.cat((x, h), 1)\nforget = torch.sigmoid(self.f(xh))\ninp = torch.sigmoid(self.i(xh))\nout = torch.sigmoid(self.o(xh))\ncand = torch.tanh(self.g(xh))\n"
        "c_next = forget * c + inp * cand\nh_next = out * torch.tanh(c_next)\nreturn h_next, c_next", _STATE, "x, h, c"),
    "cell of eight matrices": _file('''
class Gate(nn.Module):
    def __init__(self, act):
        super().__init__()
        self.W = nn.Parameter(torch.randn(12, 16))
        self.U = nn.Parameter(torch.randn(16, 16))
        self.b = nn.Parameter(torch.zeros(16))
        self.act = act

    def forward(self, x, h):
        return self.act(x @ self.W + h @ self.U + self.b)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.gates = nn.ModuleDict({"i": Gate(torch.sigmoid), "f": Gate(torch.sigmoid), "c": Gate(torch.tanh), "o": Gate(torch.sigmoid)})

    def forward(self, x, hidden, memory):
        i, f, g, o = (self.gates[k](x, hidden) for k in "ifco")
        memory = f * memory + i * g
        return o * memory.tanh(), memory
''', _STATE),
    "cell, sigmoid of three at once": _module(
        _CELL, "z = (self.wx(x) + self.wh(h)).view(-1, 4, 16)\ns = torch.sigmoid(z[:, [0, 1, 3]])\nn = s[:, 1] * c + s[:, 0] * z[:, 2].tanh()\n"
        "return s[:, 2] * torch.tanh(n), n", _STATE, "x, h, c"),
    "cell, sigmoid by tanh": _module(
        _CELL, "def sig(v):\n    return 0.5 * (torch.tanh(0.5 * v) + 1.0)\ni, f, g, o = (self.wx(x) + self.wh(h)).chunk(4, 1)\n"
        "c = sig(f) * c + sig(i) * torch.tanh(g)\nreturn sig(o) * torch.tanh(c), c", _STATE, "x, h, c"),
    "cell by functional linears": _module(
        "self.weight_ih = nn.Parameter(torch.randn(64, 12)); self.weight_hh = nn.Parameter(torch.randn(64, 16)); self.bias = nn.Parameter(torch.zeros(64))",
        "pre = torch.addmm(self.bias, x, self.weight_ih.t()) + torch.mm(h, self.weight_hh.t())\nn = 16\n"
        "i = pre[:, :n].sigmoid()\nf = pre[:, n:2 * n].sigmoid()\ng = pre[:, 2 * n:3 * n].tanh()\no = pre[:, 3 * n:].sigmoid()\n"
        "c = (f * c).add_(i * g)\nh = c.tanh().mul(o)\nreturn h, c", _STATE, "x, h, c"),
}  # fmt: skip

_SAME_TRIPLET = {
    "triplet by functional": _module(_NET, _EMBED + "return F.triplet_margin_loss(a, p, n, margin=0.3)", _THREE, "a, p, n"),
    "triplet by distances": _module(
        _NET, _EMBED + "d = nn.PairwiseDistance(p=2)\nreturn F.relu(d(a, p) - d(a, n) + 0.3).mean()", _THREE, "a, p, n"),
    "triplet of a helper, clamped": _module(
        _NET + "; self.margin = 0.3", "a, p, n = map(self.embed, (anchor, positive, negative))\ngap = self.dist(a, p) - self.dist(a, n)\n"
        "return torch.mean(torch.clamp(gap + self.margin, min=0.0))", _THREE, "anchor, positive, negative",
        methods="def embed(self, x):\n    y = self.net(x)\n    return y / y.norm(dim=1, keepdim=True).clamp_min(1e-12)\n\n"
        "@staticmethod\ndef dist(x, y):\n    return (x - y + 1e-6).pow(2).sum(1).sqrt()"),
    "triplet in one batch": _module(
        _NET, "e = F.normalize(self.net(torch.cat([a, p, n])), dim=-1)\na, p, n = e.chunk(3)\n"
        "dp = torch.linalg.vector_norm(a - p + 1e-6, dim=-1)\ndn = torch.linalg.vector_norm(a - n + 1e-6, dim=-1)\n"
        "return (dp - dn + 0.3).clamp(min=0).mean()", _THREE, "a, p, n"),
    "triplet as a margin ranking": _module(
        _NET, _EMBED + "dp, dn = F.pairwise_distance(a, p), F.pairwise_distance(a, n)\n"
        "return F.margin_ranking_loss(dn, dp, torch.ones_like(dp), margin=0.3)", _THREE, "a, p, n"),
    "triplet with a distance function": _module(
        _NET + "; self.loss = nn.TripletMarginWithDistanceLoss(distance_function=lambda u, v: torch.norm(u - v + 1e-6, dim=1), margin=0.3)",
        _EMBED + "return self.loss(a, p, n)", _THREE, "a, p, n"),
}  # fmt: skip

_SAME_CHAIN = {
    "chain by one einsum": _module("", "y = torch.einsum('bij,bjk,bkl->bil', a, b, c) * 0.125\nreturn y.logsumexp(-1)", _CHAIN, "a, b, c"),
    "chain from the right": _module("", "return torch.logsumexp((a @ (b @ c)) / 8.0, dim=2)", _CHAIN, "a, b, c"),
    "chain transposed": _module(
        "", "ct, bt, at = c.transpose(1, 2), b.transpose(1, 2), a.transpose(1, 2)\ny = torch.matmul(ct, torch.matmul(bt, at))\n"
        "return torch.logsumexp(y.div(8.0), dim=1)", _CHAIN, "a, b, c"),
    "chain by a loop over the batch": _module(
        "", "rows = []\nfor i in range(a.size(0)):\n    rows.append(torch.linalg.multi_dot([a[i], b[i], c[i]]))\n"
        "return torch.logsumexp(torch.stack(rows) / 8.0, dim=-1)", _CHAIN, "a, b, c"),
    "chain reduced": _module(
        "", "from functools import reduce\ny = reduce(torch.matmul, (left, middle, right)) / 8\nm = y.amax(2, keepdim=True)\n"
        "return (y - m).exp().sum(2).log() + m.squeeze(2)", _CHAIN, "left, middle, right"),
    "chain scaled first": _module("self.scale = 1 / 8", "y = torch.bmm(a * self.scale, b)\ny = torch.bmm(y, c)\nreturn y.exp().sum(2).log()", _CHAIN, "a, b, c"),
}  # fmt: skip

_SAME_POOLING = {
    "masked by where": _module(
        _POOL, "s = self.score(torch.tanh(self.proj(x)))[..., 0]\ns = torch.where(mask, s, torch.full_like(s, -1e9))\n"
        "return torch.bmm(F.softmax(s, -1).unsqueeze(1), x).squeeze(1)", _PADDED, "x, mask"),
    "masked by adding": _module(
        _POOL, _POOL_STEP + "s = s + (1.0 - mask.float()) * -1e9\nw = F.softmax(s, dim=-1)\nreturn torch.einsum('bt,btd->bd', w, x)", _PADDED, "x, mask"),
    "masked after the exponential": _module(
        _POOL, _POOL_STEP + "e = torch.exp(s) * mask\nw = e / e.sum(dim=1, keepdim=True)\nreturn torch.sum(w[:, :, None] * x, dim=1)", _PADDED, "x, mask"),
    "masked, additive attention": _file('''
class AdditiveScorer(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(width, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    def forward(self, x):
        return self.layers(x)


class Model(nn.Module):
    """Pools a padded sequence to one vector."""

    def __init__(self, width: int = 24, hidden: int = 12) -> None:
        super().__init__()
        self.scorer = AdditiveScorer(width, hidden)

    def forward(self, sequence, valid):
        scores = self.scorer(sequence)
        scores = scores.masked_fill(valid.logical_not().unsqueeze(-1), torch.finfo(scores.dtype).min)
        weights = scores.softmax(dim=1)
        return (weights.transpose(1, 2) @ sequence).squeeze(1)
''', _PADDED),
    "masked, mask of numbers": _module(
        _POOL, _POOL_STEP + "s = s.masked_fill(mask == 0, float('-inf'))\nw = torch.softmax(s, dim=1)\nreturn w.unsqueeze(1).matmul(x)[:, 0]",
        "torch.randn(4, 9, 24), (torch.arange(9)[None, :] < torch.tensor([9, 5, 7, 3])[:, None]).long()", "x, mask"),
    "masked in place": _module(
        "self.v = nn.Parameter(torch.randn(12)); self.vb = nn.Parameter(torch.zeros(1)); self.w = nn.Parameter(torch.randn(24, 12)); self.wb = nn.Parameter(torch.zeros(12))",
        "s = torch.tanh(x @ self.w + self.wb) @ self.v + self.vb\ns[~mask] = -math.inf\ns = s - s.max(1, keepdim=True)[0]\np = s.exp()\n"
        "p = p.div(p.sum(1, keepdim=True))\nreturn (x * p.unsqueeze(2)).sum(1)", _PADDED, "x, mask"),
}  # fmt: skip

_SAME_UNET = {
    "pool and upsample as modules": _module(
        "self.down = nn.MaxPool2d(2, 2); self.conv = nn.Conv2d(4, 4, 3, padding=1); self.act = nn.ReLU(True); self.up = nn.Upsample(scale_factor=2)",
        "return torch.cat((x, self.up(self.act(self.conv(self.down(x))))), 1)", _SMALL),
    "pooled by a view": _module(
        _UNET, "b, c, h, w = x.shape\ny = x.view(b, c, h // 2, 2, w // 2, 2).amax(dim=(3, 5))\ny = self.conv(y).clamp_min(0)\n"
        "y = y.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)\nreturn torch.cat([x, y], 1)", _SMALL),
    "pooled by strided slices": _module(
        _UNET, "top = torch.maximum(x[..., ::2, ::2], x[..., ::2, 1::2])\nbottom = torch.maximum(x[..., 1::2, ::2], x[..., 1::2, 1::2])\n"
        "y = F.relu(self.conv(torch.maximum(top, bottom)))\ny = F.interpolate(y, size=x.shape[-2:])\nreturn torch.concat([x, y], dim=1)", _SMALL),
    "upsampled by expanding": _module(
        _UNET, "y = torch.max_pool2d(x, 2).contiguous()\ny = torch.relu(self.conv(y))\nb, c, h, w = y.shape\n"
        "y = y[:, :, :, None, :, None].expand(b, c, h, 2, w, 2).reshape(b, c, 2 * h, 2 * w)\nout = x.new_empty(b, 2 * c, 2 * h, 2 * w)\n"
        "out[:, :c] = x\nout[:, c:] = y\nreturn out", _SMALL),
    "a skip around a block": _file('''
from torch import Tensor


class Skip(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, self.inner(x)], dim=1)


class Model(nn.Module):
    def __init__(self, channels: int = 12) -> None:
        super().__init__()
        block = [nn.MaxPool2d(kernel_size=2), nn.Conv2d(channels, channels, 3, 1, 1), nn.ReLU()]
        block.append(nn.UpsamplingNearest2d(scale_factor=2))
        self.body = Skip(nn.Sequential(*block))
        self.history: list[float] = []

    def reset(self) -> None:
        self.history.clear()

    def forward(self, image: Tensor) -> Tensor:
        return self.body(image)
''', "torch.randn(4, 12, 32, 32)"),
}  # fmt: skip

_SAME_DISTIL = {
    "divergence written out": _module(
        "", "p = F.softmax(t / 4.0, dim=1)\nq = F.softmax(s / 4.0, dim=1)\nreturn (p * (p.log() - q.log())).sum(1).mean() * 16.0", _TWO_LOGITS, "s, t"),
    "divergence, log target": _module(
        "self.kl = nn.KLDivLoss(reduction='batchmean', log_target=True); self.T = 4.0",
        "return self.kl(F.log_softmax(s / self.T, -1), F.log_softmax(t / self.T, -1)) * self.T ** 2", _TWO_LOGITS, "s, t"),
    "divergence summed and divided": _module(
        "self.T = 4.0", "T = self.T\nlog_p = torch.log_softmax(student.div(T), 1)\ntarget = torch.softmax(teacher.div(T), 1).detach()\n"
        "loss = F.kl_div(log_p, target, reduction='sum') / student.size(0)\nreturn loss * (T * T)", _TWO_LOGITS, "student, teacher"),
    "divergence by entropies": _module(
        "", "zs, zt = student * 0.25, teacher * 0.25\nlq = zs - zs.logsumexp(1, keepdim=True)\nlp = zt - zt.logsumexp(1, keepdim=True)\np = lp.exp()\n"
        "cross, entropy = -(p * lq).sum(1), -(p * lp).sum(1)\nreturn 16.0 * (cross - entropy).mean()", _TWO_LOGITS, "student, teacher"),
    "divergence by distributions": _module(
        "", "from torch.distributions import Categorical, kl_divergence\np = Categorical(logits=teacher / 4.0)\nq = Categorical(logits=student / 4.0)\n"
        "return kl_divergence(p, q).mean() * 16.0", _TWO_LOGITS, "student, teacher"),
}  # fmt: skip

_SAME_CONTRAST = {
    "contrast by the diagonal": _module(
        "self.t = 0.07", "a = a / a.norm(dim=1, keepdim=True).clamp(min=1e-12)\nb = b / b.norm(dim=1, keepdim=True).clamp(min=1e-12)\n"
        "z = torch.mm(a, b.T) / self.t\nreturn (torch.logsumexp(z, 1) - z.diagonal()).mean()", _VIEWS, "a, b"),
    "contrast by log softmax": _module(
        "", "a, b = F.normalize(a, p=2, dim=-1), F.normalize(b, p=2, dim=-1)\nz = torch.einsum('id,jd->ij', a, b) * (1 / 0.07)\n"
        "return -torch.diag(F.log_softmax(z, dim=1)).mean()", _VIEWS, "a, b"),
    "contrast by cosine similarity": _module(
        "", "z = F.cosine_similarity(a[:, None, :], b[None, :, :], dim=-1) / 0.07\nreturn F.nll_loss(z.log_softmax(-1), torch.arange(len(a)))", _VIEWS, "a, b"),
    "contrast with an identity": _module(
        "", "n = a.size(0)\nu = F.normalize(a)\nv = F.normalize(b)\nsim = (u @ v.mT).div(0.07)\np = sim.softmax(dim=1)\n"
        "return -(p.log() * torch.eye(n)).sum() / n", _VIEWS, "a, b"),
    "contrast in a class": _file('''
import torch as th
from torch import nn


class InfoNCE(nn.Module):
    def __init__(self, temperature=0.07, reduction="mean"):
        super().__init__()
        self.temperature = temperature
        self.ce = nn.CrossEntropyLoss(reduction=reduction)

    def forward(self, query, key):
        query, key = (nn.functional.normalize(each, dim=-1) for each in (query, key))
        logits = query @ key.transpose(-2, -1)
        return self.ce(logits / self.temperature, th.arange(len(query), device=query.device))


class Outer(InfoNCE):
    """The loss with its defaults."""
''', "th.randn(64, 128), th.randn(64, 128)", head=""),
}  # fmt: skip

_SAME_CODEBOOK = {
    "codes by cdist": _module(
        "self.codes = nn.Embedding(64, 8)", "i = torch.cdist(x, self.codes.weight).argmin(1)\nq = self.codes(i)\nreturn q, F.mse_loss(q, x)", _POINTS),
    "codes by differences": _module(
        _CODES, "d = ((x[:, None] - self.codes[None]) ** 2).sum(-1)\nq = self.codes.index_select(0, d.argmin(1))\nreturn q, ((q - x) ** 2).mean()", _POINTS),
    "codes by one hot": _module(
        _CODES, "d = (x ** 2).sum(1, keepdim=True) + (self.codes ** 2).sum(1) - 2 * torch.matmul(x, self.codes.t())\ni = torch.argmin(d, dim=1).unsqueeze(1)\n"
        "hot = torch.zeros(i.shape[0], 64).scatter_(1, i, 1)\nq = hot @ self.codes\nreturn q, (q - x).pow(2).mean()", _POINTS),
    "codes by the largest negative": _module(
        _CODES, "neg = -(x.square().sum(1, True) - 2.0 * torch.einsum('nd,kd->nk', x, self.codes) + self.codes.square().sum(1)[None])\n"
        "_, i = neg.max(dim=1)\nq = F.embedding(i, self.codes)\nreturn q, F.mse_loss(x, q)", _POINTS),
    "codes by addmm": _module(
        _CODES, "d = torch.addmm((x * x).sum(1, keepdim=True) + (self.codes * self.codes).sum(1), x, self.codes.t(), alpha=-2)\ni = d.topk(1, dim=1, largest=False).indices[:, 0]\n"
        "q = self.codes[i]\nloss = nn.MSELoss()(q, x)\nreturn q, loss", _POINTS),
}  # fmt: skip

_SAME_ROTARY = {
    "rotated by a helper": _module(
        _ANGLES, "return (x * self.cos[None, None]) + (rotate_half(x) * self.sin[None, None])", _HEADS,
        above="def rotate_half(x):\n    half = x.shape[-1] // 2\n    return torch.cat((-x[..., half:], x[..., :half]), dim=-1)"),
    "rotated by halves": _module(
        "inv = 10000 ** (-torch.arange(0, 16, 2).float() / 16); f = torch.arange(8).float()[:, None] * inv[None, :]; self.register_buffer('c', f.cos()); self.register_buffer('s', f.sin())",
        "u, v = x[..., :8], x[..., 8:]\nreturn torch.cat([u * self.c - v * self.s, v * self.c + u * self.s], dim=-1)", _HEADS),
    "rotated as complex numbers": _module(
        "f = torch.outer(torch.arange(8).float(), 1.0 / 10000 ** (torch.arange(0, 16, 2).float() / 16)); self.register_buffer('rot', torch.polar(torch.ones_like(f), f))",
        "z = torch.complex(x[..., :8].contiguous(), x[..., 8:].contiguous()) * self.rot\nreturn torch.cat([z.real, z.imag], -1)", _HEADS),
    "rotated by a roll": _module(
        _ANGLES + "; self.register_buffer('sign', torch.cat([-torch.ones(8), torch.ones(8)]))",
        "return torch.addcmul(x * self.cos, torch.roll(x, 8, dims=-1) * self.sign, self.sin)", _HEADS),
    "angles made each time": _module(
        "self.base = 10000.0", "n, d = x.shape[-2], x.shape[-1]\npos = torch.arange(n, dtype=torch.float32, device=x.device)\n"
        "inv = 1.0 / (self.base ** (torch.arange(0, d, 2, dtype=torch.float32) / d))\nang = torch.einsum('i,j->ij', pos, inv).repeat(1, 2)\n"
        "x1, x2 = x.split(d // 2, dim=-1)\nreturn x * ang.cos() + torch.cat([x2.neg(), x1], dim=-1) * ang.sin()", _HEADS),
}  # fmt: skip

_SAME_MORE: dict[str, tuple[str, str]] = {
    "dead code around": ("group", _file('''
class Model(nn.Module):
    debug = False

    def __init__(self, use_dropout=False):
        super().__init__()
        self.norm = nn.GroupNorm(4, 16)
        self.scale = nn.Parameter(torch.randn(16, 1, 1))
        self.drop = nn.Dropout(0.5) if use_dropout else nn.Identity()
        self.calls = 0

    def forward(self, x, return_features=False):
        if self.debug:
            print("input", x.shape)
            return x.mean()
        self.calls += 1
        x = self.drop(self.norm(x))
        _unused = x.detach().std()
        x = F.silu(x)
        x = self.scale * x
        if return_features:
            return x
        return torch.amax(x, dim=[2, 3])
''', _FEATURES)),
    "an abstract base": ("gated", _file('''
from abc import abstractmethod


class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.pre = nn.RMSNorm(width, eps=1e-6)

    @abstractmethod
    def branch(self, x):
        ...

    def forward(self, x):
        return x + self.branch(self.pre(x))


class Model(ResidualBlock):
    def __init__(self, width=24, hidden=48):
        super().__init__(width)
        self.proj = nn.ModuleList([nn.Linear(width, hidden, bias=False) for _ in range(2)])
        self.out = nn.Linear(hidden, width, bias=False)

    def branch(self, x):
        gate, value = (layer(x) for layer in self.proj)
        return self.out(value * nn.functional.silu(gate))
''', _TOKENS)),
    "a sequence of one": ("cell", _module("self.rnn = nn.LSTM(12, 16)", "_, (h, c) = self.rnn(x[None], (h[None], c[None]))\nreturn h[0], c[0]", _STATE, "x, h, c")),
    "a convolution each channel": ("depthwise", _module(
        "self.convs = nn.ModuleList([nn.Conv2d(1, 1, 3, padding=1) for _ in range(8)]); self.pw = nn.Conv2d(8, 16, 1); self.act = nn.Hardswish()",
        "x = torch.cat([conv(x[:, i:i + 1]) for i, conv in enumerate(self.convs)], dim=1)\nreturn self.act(self.pw(self.act(x)))", _MAPS)),
    "mapped over the batch": ("chain", _module(
        "", "product = torch.vmap(lambda p, q, r: p @ q @ r)\nreturn torch.logsumexp(product(a, b, c) / 8.0, dim=-1)", _CHAIN, "a, b, c")),
    "products by broadcasting": ("chain", _module(
        "", "ab = (a.unsqueeze(-1) * b.unsqueeze(1)).sum(2)\nabc = (ab.unsqueeze(-1) * c.unsqueeze(1)).sum(2)\nreturn (abc * 0.125).logsumexp(dim=2)", _CHAIN, "a, b, c")),
    "upsampled by a transposed convolution": ("unet", _module(
        _UNET + "; self.register_buffer('ones', torch.ones(4, 1, 2, 2))",
        "y = self.conv(F.max_pool2d(x, kernel_size=(2, 2), stride=(2, 2))).relu()\ny = F.conv_transpose2d(y, self.ones, stride=2, groups=4)\n"
        "return torch.hstack([x, y])", _SMALL)),
    "cross entropy less entropy": ("distil", _module(
        "", "p = (teacher / 4.0).softmax(-1)\nh = -torch.xlogy(p, p).sum(-1).mean()\nreturn 16.0 * (F.cross_entropy(student / 4.0, p) - h)", _TWO_LOGITS, "student, teacher")),
    "rotated by a matrix": ("rotary", _module(
        _ANGLES + "; eye = torch.eye(8); zero = torch.zeros(8, 8); self.register_buffer('turn', torch.cat([torch.cat([zero, eye], 1), torch.cat([-eye, zero], 1)], 0))",
        "return x * self.cos + (x @ self.turn) * self.sin", _HEADS)),
    "keywords and stars": ("smooth", _module(
        "self.head = nn.Linear(in_features=24, out_features=10, bias=True); self.options = dict(weight=None, ignore_index=-100, reduction='mean', label_smoothing=0.1)",
        "x, target = args\nreturn F.cross_entropy(input=self.head(x.flatten(start_dim=1)), target=target.view(-1).long(), **self.options)", _LABELLED, "*args")),
    "autocast off, gradients off": ("render", _module(
        "", "with torch.no_grad():\n    with torch.autocast('cpu', enabled=False):\n        a = -torch.expm1(-F.relu(sigma.float()) * delta.float())\n"
        "        t = torch.cat([torch.ones_like(a[:, :1]), torch.cumprod(1.0 - a, 1)[:, :-1]], 1)\nreturn torch.sum((a * t).unsqueeze(2).expand_as(rgb) * rgb, 1)", _RAYS, "sigma, delta, rgb")),
    "views stacked": ("contrast", _module(
        "self.register_buffer('t', torch.tensor(0.07))", "both = F.normalize(torch.stack([a, b]), dim=-1)\nlogits = F.linear(both[0], both[1]) / self.t\n"
        "return nn.functional.cross_entropy(logits, torch.arange(logits.size(1)))", _VIEWS, "a, b")),
    "codes found without gradients": ("codebook", _module(
        "self.book = nn.Embedding(64, 8); nn.init.uniform_(self.book.weight, -1 / 64, 1 / 64)",
        "with torch.no_grad():\n    i = torch.cdist(x.unsqueeze(0), self.book.weight.unsqueeze(0), p=2.0).squeeze(0).min(dim=-1)[1]\nq = self.book(i)\n"
        "return q, torch.mean(torch.square(q - x))", _POINTS)),
    "embedder given, loss handed in": ("triplet", _file('''
class Embedder(nn.Module):
    def __init__(self, sizes=(24, 16)):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(sizes[1], sizes[0]))
        self.bias = nn.Parameter(torch.zeros(sizes[1]))
        nn.init.kaiming_uniform_(self.weight, a=5 ** 0.5)

    def forward(self, x):
        y = torch.addmm(self.bias, x, self.weight.t())
        return y * torch.rsqrt((y * y).sum(-1, keepdim=True).clamp_min(1e-24))


class Model(nn.Module):
    def __init__(self, embedder=None, loss=None):
        super().__init__()
        self.embedder = embedder or Embedder()
        self.loss = loss or (lambda a, p, n: F.triplet_margin_loss(a, p, n, 0.3))

    def forward(self, *views):
        return self.loss(*[self.embedder(view) for view in views])
''', _THREE)),
}  # fmt: skip

SAME: dict[str, tuple[str, str]] = {
    name: (problem, text)
    for problem, texts in {
        "group": _SAME_GROUP, "smooth": _SAME_SMOOTH, "render": _SAME_RENDER, "depthwise": _SAME_DEPTHWISE, "gated": _SAME_GATED,
        "cell": _SAME_CELL, "triplet": _SAME_TRIPLET, "chain": _SAME_CHAIN, "pooling": _SAME_POOLING, "unet": _SAME_UNET,
        "distil": _SAME_DISTIL, "contrast": _SAME_CONTRAST, "codebook": _SAME_CODEBOOK, "rotary": _SAME_ROTARY,
    }.items()
    for name, text in texts.items()
} | _SAME_MORE  # fmt: skip

# ---- the problem and more ------------------------------------------------------------------------------------------

WITHIN: dict[str, tuple[str, str]] = {
    "features as well": ("group", _module(_GROUP, f"x = self.norm(x)\n{_SWISH}\nx = x * self.scale\nreturn x.amax(dim=(2, 3)), x", _FEATURES)),
    "a convolution before": ("group", _module(_GROUP + "; self.conv = nn.Conv2d(3, 16, 3)", f"x = self.norm(self.conv(x))\n{_SWISH}\nx = x * self.scale\n"
                                              "return x.amax(dim=(2, 3))", "torch.randn(2, 3, 8, 8)")),
    "accuracy as well": ("smooth", _module("self.head = nn.Linear(24, 10)", "logits = self.head(x)\nloss = F.cross_entropy(logits, target, label_smoothing=0.1)\n"
                                           "return loss, (logits.argmax(1) == target).float().mean()", _LABELLED, "x, target")),
    "a penalty added": ("smooth", _module("self.head = nn.Linear(24, 10)", "logits = self.head(x)\n"
                                          "return F.cross_entropy(logits, target, label_smoothing=0.1) + 0.01 * self.head.weight.pow(2).sum()", _LABELLED, "x, target")),
    "depth and opacity as well": ("render", _module("", _RENDER + "colour = (w.unsqueeze(-1) * rgb).sum(dim=1)\ndepth = (w * delta.cumsum(1)).sum(1)\n"
                                                    "return {'colour': colour, 'depth': depth, 'opacity': w.sum(1)}", _RAYS, "sigma, delta, rgb")),
    "squeezed and excited": ("depthwise", _module(_DEPTHWISE + "; self.fc = nn.Linear(16, 16)", "x = F.hardswish(self.dw(x))\nx = self.pw(x)\nx = F.hardswish(x)\n"
                                                  "g = torch.sigmoid(self.fc(x.mean(dim=(2, 3))))\nreturn x * g[:, :, None, None]", _MAPS)),
    "a norm at the end": ("gated", _module(_GATED + "; self.last = nn.LayerNorm(24)", _RMS + "x = x + self.down(F.silu(self.gate(h)) * self.up(h))\n"
                                           "return self.last(x)", _TOKENS)),
    "two steps of the cell": ("cell", _module(_CELL, _CELL_STEP + _CELL_STEP + "return h, c", _STATE, "x, h, c")),
    "a read-out of the cell": ("cell", _module(_CELL + "; self.out = nn.Linear(16, 5)", _CELL_STEP + "return F.log_softmax(self.out(h), dim=1), h, c", _STATE, "x, h, c")),
    "embeddings as well": ("triplet", _module(_NET + "; self.loss = nn.TripletMarginLoss(margin=0.3)", _EMBED + "return self.loss(a, p, n), torch.stack([a, p, n])", _THREE, "a, p, n")),
    "products as well": ("chain", _module("", "ab = torch.bmm(a, b)\ny = torch.bmm(ab, c)\ny = y / 8.0\nreturn torch.logsumexp(y, dim=2), ab, y", _CHAIN, "a, b, c")),
    "weights of the pooling as well": ("pooling", _module(_POOL, _POOL_STEP + "s = s.masked_fill(~mask, float('-inf'))\nw = torch.softmax(s, dim=1)\n"
                                                          "return (w.unsqueeze(-1) * x).sum(dim=1), w", _PADDED, "x, mask")),
    "a classifier of the pooled": ("pooling", _module(_POOL + "; self.classes = nn.Linear(24, 3)", _POOL_STEP + "s = s.masked_fill(~mask, float('-inf'))\n"
                                                      "w = torch.softmax(s, dim=1)\nreturn self.classes(F.gelu((w.unsqueeze(-1) * x).sum(dim=1)))", _PADDED, "x, mask")),
    "a convolution after": ("unet", _module(_UNET + "; self.last = nn.Conv2d(8, 2, 1)", "y = F.max_pool2d(x, 2)\ny = F.relu(self.conv(y))\n"
                                            "y = F.interpolate(y, scale_factor=2, mode='nearest')\nreturn torch.sigmoid(self.last(torch.cat([x, y], dim=1)))", _SMALL)),
    "the hard loss as well": ("distil", _module("", "log_q = F.log_softmax(student / 4.0, dim=1)\np = F.softmax(teacher / 4.0, dim=1)\n"
                                                "soft = F.kl_div(log_q, p, reduction='batchmean') * 16.0\nreturn 0.7 * soft + 0.3 * F.cross_entropy(student, label)",
                                                _TWO_LOGITS + ", torch.randint(0, 10, (16,))", "student, teacher, label")),
    "encoders before": ("contrast", _module("self.f = nn.Linear(30, 20); self.g = nn.Linear(40, 20)", "a = F.normalize(self.f(a), dim=1)\nb = F.normalize(self.g(b), dim=1)\n"
                                            "logits = a @ b.t() / 0.07\nlabels = torch.arange(a.shape[0], device=a.device)\nreturn F.cross_entropy(logits, labels)",
                                            "torch.randn(12, 30), torch.randn(12, 40)", "a, b")),
    "both directions": ("contrast", _module("", "a = F.normalize(a, dim=1)\nb = F.normalize(b, dim=1)\nlogits = a @ b.t() / 0.07\nlabels = torch.arange(a.shape[0], device=a.device)\n"
                                            "return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.t(), labels)) / 2", _VIEWS, "a, b")),
    "indices and perplexity as well": ("codebook", _module(_CODES, "d = x.pow(2).sum(1, keepdim=True) - 2 * x @ self.codes.t() + self.codes.pow(2).sum(1)\ni = d.argmin(dim=1)\n"
                                                           "q = self.codes[i]\nu = F.one_hot(i, 64).float().mean(0)\nreturn q, F.mse_loss(q, x), torch.exp(-(u * (u + 1e-10).log()).sum())", _POINTS)),
    "attention after": ("rotary", _module(_ANGLES, "x1, x2 = x.chunk(2, dim=-1)\nq = x * self.cos + torch.cat([-x2, x1], dim=-1) * self.sin\n"
                                          "return torch.softmax(q @ k.transpose(-2, -1) / 4.0, dim=-1)", _HEADS + ", " + _HEADS, "x, k")),
}  # fmt: skip

# ---- neighbours ----------------------------------------------------------------------------------------------------

OTHER: dict[str, str] = {
    "swish before the norm": _module(_GROUP, f"{_SWISH}\nx = self.norm(x)\nx = x * self.scale\nreturn x.amax(dim=(2, 3))", _FEATURES),
    "batch norm for group norm": _module("self.norm = nn.BatchNorm2d(16); self.scale = nn.Parameter(torch.randn(16, 1, 1))",
                                         f"x = self.norm(x)\n{_SWISH}\nx = x * self.scale\nreturn x.amax(dim=(2, 3))", _FEATURES),
    "maximum over channels": _module(_GROUP, f"x = self.norm(x)\n{_SWISH}\nx = x * self.scale\nreturn x.amax(dim=1)", _FEATURES),
    "unbiased groups": _module(_GROUP_PARTS, "b, c, h, w = x.shape\ng = x.view(b, 4, -1)\nm = g.mean(2, keepdim=True)\nv = g.var(2, keepdim=True)\n"
                               "g = ((g - m) / torch.sqrt(v + 1e-5)).view(b, c, h, w)\ng = g * self.gamma.view(1, -1, 1, 1) + self.beta.view(1, -1, 1, 1)\n"
                               "g = g * g.sigmoid() * self.scale\nreturn g.amax(dim=(2, 3))", _FEATURES),
    "scaled in the gate": _module(_GROUP, "x = self.norm(x)\nx = x * torch.sigmoid(x * self.scale)\nreturn x.amax(dim=(2, 3))", _FEATURES),
    "smoothed by the entropy": _module("self.head = nn.Linear(24, 10)", "logp = F.log_softmax(self.head(x), dim=1)\n"
                                       "return F.nll_loss(logp, target) + 0.1 * (logp.exp() * logp).sum(1).mean()", _LABELLED, "x, target"),
    "focal": _module("self.head = nn.Linear(24, 10)", "ce = F.cross_entropy(self.head(x), target, reduction='none')\n"
                     "return ((1 - torch.exp(-ce)) ** 2 * ce).mean()", _LABELLED, "x, target"),
    "multi margin": _module("self.head = nn.Linear(24, 10)", "return F.multi_margin_loss(self.head(x), target)", _LABELLED, "x, target"),
    "inclusive product": _module("", "a = 1.0 - torch.exp(-F.relu(sigma) * delta)\nw = a * torch.cumprod(1.0 - a, dim=1)\n"
                                 "return (w.unsqueeze(-1) * rgb).sum(dim=1)", _RAYS, "sigma, delta, rgb"),
    "summed transmittance": _module("", "a = 1.0 - torch.exp(-F.relu(sigma) * delta)\nt = torch.cumsum(torch.cat([torch.ones_like(a[:, :1]), 1.0 - a], dim=1), dim=1)[:, :-1]\n"
                                    "w = a * t\nreturn (w.unsqueeze(-1) * rgb).sum(dim=1)", _RAYS, "sigma, delta, rgb"),
    "over rays": _module("", "a = 1.0 - torch.exp(-F.relu(sigma) * delta)\nt = torch.cumprod(torch.cat([torch.ones_like(a[:1]), 1.0 - a], dim=0), dim=0)[:-1]\n"
                         "w = a * t\nreturn (w.unsqueeze(-1) * rgb).sum(dim=0)", _RAYS, "sigma, delta, rgb"),
    "from the far end": _module("", "a = 1.0 - torch.exp(-F.relu(sigma) * delta)\nt = torch.cumprod(torch.cat([torch.ones_like(a[:, :1]), 1.0 - a.flip(1)], dim=1), dim=1)[:, :-1]\n"
                                "w = a * t.flip(1)\nreturn (w.unsqueeze(-1) * rgb).sum(dim=1)", _RAYS, "sigma, delta, rgb"),
    "full convolution": _module("self.dw = nn.Conv2d(8, 8, 3, padding=1); self.pw = nn.Conv2d(8, 16, 1)",
                                "x = F.hardswish(self.dw(x))\nx = self.pw(x)\nreturn F.hardswish(x)", _MAPS),
    "hard sigmoid for hard swish": _module(_DEPTHWISE, "x = F.hardsigmoid(self.dw(x))\nx = self.pw(x)\nreturn F.hardsigmoid(x)", _MAPS),
    "pointwise first": _module("self.pw = nn.Conv2d(8, 16, 1); self.dw = nn.Conv2d(16, 16, 3, padding=1, groups=16)",
                               "x = F.hardswish(self.pw(x))\nx = self.dw(x)\nreturn F.hardswish(x)", _MAPS),
    "linear bottleneck": _module(_DEPTHWISE, "x = F.hardswish(self.dw(x))\nreturn self.pw(x)", _MAPS),
    "gate of the raw": _module(_GATED, _RMS + "return x + self.down(F.silu(self.gate(x)) * self.up(h))", _TOKENS),
    "gate in the residual": _module(_GATED, _RMS + "return h + self.down(F.silu(self.gate(h)) * self.up(h))", _TOKENS),
    "gelu gate": _module(_GATED, _RMS + "return x + self.down(F.gelu(self.gate(h)) * self.up(h))", _TOKENS),
    "gate added": _module(_GATED, _RMS + "return x + self.down(F.silu(self.gate(h)) + self.up(h))", _TOKENS),
    "root of the sum": _module(_GATED, "h = x * torch.rsqrt(x.pow(2).sum(dim=-1, keepdim=True) + 1e-6) * self.weight\n"
                               "return x + self.down(F.silu(self.gate(h)) * self.up(h))", _TOKENS),
    "coupled gates": _module("self.wx = nn.Linear(12, 48); self.wh = nn.Linear(16, 48)", "f, g, o = (self.wx(x) + self.wh(h)).chunk(3, dim=1)\nf = torch.sigmoid(f)\n"
                             "c = f * c + (1 - f) * torch.tanh(g)\nh = torch.sigmoid(o) * torch.tanh(c)\nreturn h, c", _STATE, "x, h, c"),
    "no tanh of the state": _module(_CELL, "gates = self.wx(x) + self.wh(h)\ni, f, g, o = gates.chunk(4, dim=1)\n"
                                    "c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)\nh = torch.sigmoid(o) * c\nreturn h, c", _STATE, "x, h, c"),
    "state first": _module(_CELL, "gates = self.wx(x) + self.wh(h)\ni, f, g, o = gates.chunk(4, dim=1)\nh = torch.sigmoid(o) * torch.tanh(c)\n"
                           "c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)\nreturn h, c", _STATE, "x, h, c"),
    "a recurrent unit": _module("self.cell = nn.GRUCell(12, 16)", "return self.cell(x, h), torch.tanh(c)", _STATE, "x, h, c"),
    "softplus for the hinge": _module(_NET, _EMBED + "return F.softplus(F.pairwise_distance(a, p) - F.pairwise_distance(a, n) + 0.3).mean()", _THREE, "a, p, n"),
    "from the positive": _module(_NET, _EMBED + "return F.relu(F.pairwise_distance(a, p) - F.pairwise_distance(p, n) + 0.3).mean()", _THREE, "a, p, n"),
    "cosine triplet": _module(_NET, "a, p, n = self.net(a), self.net(p), self.net(n)\n"
                              "return F.relu(F.cosine_similarity(a, n) - F.cosine_similarity(a, p) + 0.3).mean()", _THREE, "a, p, n"),
    "hinge after the mean": _module(_NET, _EMBED + "return F.relu((F.pairwise_distance(a, p) - F.pairwise_distance(a, n) + 0.3).mean())", _THREE, "a, p, n"),
    "chain of two": _module("", "y = torch.bmm(a, b)\ny = y / 8.0\nreturn torch.logsumexp(y, dim=2)", "torch.randn(4, 6, 8), torch.randn(4, 8, 10)", "a, b"),
    "other rows": _module("", "y = torch.bmm(torch.bmm(a, b), c)\ny = y / 8.0\nreturn torch.logsumexp(y, dim=1)", _CHAIN, "a, b, c"),
    "sum of products": _module("", "y = torch.bmm(a, b) + torch.bmm(a, c)\ny = y / 8.0\nreturn torch.logsumexp(y, dim=2)",
                               "torch.randn(4, 6, 8), torch.randn(4, 8, 10), torch.randn(4, 8, 10)", "a, b, c"),
    "relu in the chain": _module("", "y = torch.bmm(F.relu(torch.bmm(a, b)), c)\ny = y / 8.0\nreturn torch.logsumexp(y, dim=2)", _CHAIN, "a, b, c"),
    "masked after the softmax": _module(_POOL, _POOL_STEP + "w = torch.softmax(s, dim=1) * mask\nreturn (w.unsqueeze(-1) * x).sum(dim=1)", _PADDED, "x, mask"),
    "weights over features": _module("self.proj = nn.Linear(24, 12); self.score = nn.Linear(12, 24)", "s = self.score(torch.tanh(self.proj(x)))\n"
                                     "s = s.masked_fill(~mask.unsqueeze(-1), -1e9)\nw = torch.softmax(s, dim=2)\nreturn (w * x).sum(dim=1)", _PADDED, "x, mask"),
    "gates of the pooling": _module(_POOL, _POOL_STEP + "w = torch.sigmoid(s).masked_fill(~mask, 0.0)\nreturn (w.unsqueeze(-1) * x).sum(dim=1)", _PADDED, "x, mask"),
    "pooled mean of the valid": _module("", "m = mask.unsqueeze(-1).float()\nreturn (x * m).sum(dim=1) / m.sum(dim=1).clamp(min=1.0)", _PADDED, "x, mask"),
    "average pool": _module(_UNET, "y = F.avg_pool2d(x, 2)\ny = F.relu(self.conv(y))\ny = F.interpolate(y, scale_factor=2, mode='nearest')\nreturn torch.cat([x, y], dim=1)", _SMALL),
    "bilinear": _module(_UNET, "y = F.max_pool2d(x, 2)\ny = F.relu(self.conv(y))\ny = F.interpolate(y, scale_factor=2, mode='bilinear')\nreturn torch.cat([x, y], dim=1)", _SMALL),
    "added to the input": _module(_UNET, "y = F.max_pool2d(x, 2)\ny = F.relu(self.conv(y))\ny = F.interpolate(y, scale_factor=2, mode='nearest')\nreturn x + y", _SMALL),
    "convolution after upsampling": _module(_UNET, "y = F.max_pool2d(x, 2)\ny = F.interpolate(y, scale_factor=2, mode='nearest')\ny = F.relu(self.conv(y))\nreturn torch.cat([x, y], dim=1)", _SMALL),
    "reverse divergence": _module("", "log_p = F.log_softmax(teacher / 4.0, dim=1)\nq = F.softmax(student / 4.0, dim=1)\n"
                                  "return F.kl_div(log_p, q, reduction='batchmean') * 16.0", _TWO_LOGITS, "student, teacher"),
    "over the batch": _module("", "log_q = F.log_softmax(student / 4.0, dim=0)\np = F.softmax(teacher / 4.0, dim=0)\nreturn F.kl_div(log_q, p, reduction='batchmean') * 16.0",
                              _TWO_LOGITS, "student, teacher"),
    "squared differences of the soft": _module("", "q = F.softmax(student / 4.0, dim=1)\np = F.softmax(teacher / 4.0, dim=1)\nreturn F.mse_loss(q, p) * 16.0", _TWO_LOGITS, "student, teacher"),
    "half way": _module("", "p = F.softmax(teacher / 4.0, dim=1)\nq = F.softmax(student / 4.0, dim=1)\nm = 0.5 * (p + q)\n"
                        "return 0.5 * ((p * (p / m).log()).sum(1) + (q * (q / m).log()).sum(1)).mean()", _TWO_LOGITS, "student, teacher"),
    "not normalised": _module("", "logits = a @ b.t() / 0.07\nlabels = torch.arange(a.shape[0], device=a.device)\nreturn F.cross_entropy(logits, labels)", _VIEWS, "a, b"),
    "sigmoid pairs": _module("", "a = F.normalize(a, dim=1)\nb = F.normalize(b, dim=1)\nlogits = a @ b.t() / 0.07\n"
                             "return F.binary_cross_entropy_with_logits(logits, torch.eye(a.shape[0]))", _VIEWS, "a, b"),
    "normalised columns": _module("", "a = F.normalize(a, dim=0)\nb = F.normalize(b, dim=0)\nlogits = a.t() @ b / 0.07\n"
                                  "labels = torch.arange(a.shape[1], device=a.device)\nreturn F.cross_entropy(logits, labels)", _VIEWS, "a, b"),
    "largest product": _module(_CODES, "q = self.codes[(x @ self.codes.t()).argmax(dim=1)]\nreturn q, F.mse_loss(q, x)", _POINTS),
    "city blocks": _module(_CODES, "d = (x[:, None] - self.codes[None]).abs().sum(-1)\nq = self.codes[d.argmin(dim=1)]\nreturn q, F.mse_loss(q, x)", _POINTS),
    "soft codes": _module(_CODES, "d = x.pow(2).sum(1, keepdim=True) - 2 * x @ self.codes.t() + self.codes.pow(2).sum(1)\n"
                          "q = torch.softmax(-d, dim=1) @ self.codes\nreturn q, F.mse_loss(q, x)", _POINTS),
    "farthest code": _module(_CODES, "d = x.pow(2).sum(1, keepdim=True) - 2 * x @ self.codes.t() + self.codes.pow(2).sum(1)\n"
                             "q = self.codes[d.argmax(dim=1)]\nreturn q, F.mse_loss(q, x)", _POINTS),
    "constant: cubes for squares": _module(_CODES, "d = ((x[:, None] - self.codes[None]).abs() ** 3).sum(-1)\nq = self.codes[d.argmin(dim=1)]\nreturn q, ((q - x).abs() ** 3).mean()", _POINTS),
    "constant: another hard gate": _module(_DEPTHWISE, "x = self.dw(x)\nx = x * torch.clamp(x + 1.0, 0.0, 2.0) / 2.0\nx = self.pw(x)\nreturn x * torch.clamp(x + 1.0, 0.0, 2.0) / 2.0", _MAPS),
    "constant: gate of twice": _module(_GROUP, "x = self.norm(x)\nx = x * torch.sigmoid(1.702 * x)\nx = x * self.scale\nreturn x.amax(dim=(2, 3))", _FEATURES),
    "constant: inverse of the fourth power": _module(_GATED, "h = x * (x.pow(4).mean(dim=-1, keepdim=True) + 1e-6) ** -0.25 * self.weight\n"
                                                     "return x + self.down(F.silu(self.gate(h)) * self.up(h))", _TOKENS),
    "no smoothing": _module("self.head = nn.Linear(24, 10)", "return F.cross_entropy(self.head(x), target)", _LABELLED, "x, target"),
    "smoothed over the batch": _module("self.head = nn.Linear(24, 10)", "logp = F.log_softmax(self.head(x), dim=0)\nnll = -logp.gather(1, target.unsqueeze(1)).squeeze(1)\n"
                                   "return (0.9 * nll - 0.1 * logp.mean(dim=-1)).mean()", _LABELLED, "x, target"),
    "interleaved pairs": _module(
        "inv = 1.0 / (10000 ** (torch.arange(0, 16, 2).float() / 16)); f = torch.outer(torch.arange(8).float(), inv); self.register_buffer('c', f.cos()); self.register_buffer('s', f.sin())",
        "u, v = x[..., ::2], x[..., 1::2]\nreturn torch.stack([u * self.c - v * self.s, v * self.c + u * self.s], dim=-1).flatten(-2)", _HEADS),
    "angles added": _module(_ANGLES, "x1, x2 = x.chunk(2, dim=-1)\nreturn torch.cat([x1 + self.sin[:, :8], x2 + self.cos[:, :8]], dim=-1)", _HEADS),
    "no sign": _module(_ANGLES, "x1, x2 = x.chunk(2, dim=-1)\nreturn x * self.cos + torch.cat([x2, x1], dim=-1) * self.sin", _HEADS),
}  # fmt: skip
