"""A third set: problems, disguises and neighbours by the author of the comparison by numbers, written after it was done.

`SAME` computes what its problem does, `WITHIN` is empty, `OTHER` does not compute it. What is found of it says less
than what is found of the sets of others.
"""

from __future__ import annotations

_HEAD = "import math\n\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n\n"


def _module(made: str, forward: str, inputs: str, given: str = "x", above: str = "") -> str:
    """Statements are parted by `;` in `made` and by lines in `forward`."""
    init = "".join(f"        {each.strip()}\n" for each in made.split(";") if each.strip())
    body = "".join(f"        {each}\n" for each in forward.split("\n"))
    made_by = f"    def __init__(self):\n        super().__init__()\n{init}\n" if init else ""
    return (
        f"{_HEAD}{above}class Model(nn.Module):\n{made_by}    def forward(self, {given}):\n{body}\n\n"
        f"def get_inputs():\n    return [{inputs}]\n\n\ndef get_init_inputs():\n    return []\n"
    )


_WORDS = "torch.randn(2, 10, 32)"
_IMAGES = "torch.randn(2, 8, 12, 12)"
_MASKS = "torch.randn(3, 1, 16, 16), torch.randint(0, 2, (3, 1, 16, 16)).float()"
_STATE = "torch.randn(6, 12), torch.randn(6, 20)"
_TARGETS = "torch.randn(12, 7), torch.randn(12, 7)"
_CLASSES = "torch.randn(14, 6), torch.randint(0, 6, (14,))"
_QKV = "torch.randn(2, 4, 9, 8), torch.randn(2, 4, 9, 8), torch.randn(2, 4, 9, 8)"
_IDS = "torch.randint(0, 40, (5, 7))"
_POINTS = "torch.randn(11, 6), torch.randn(13, 6)"
_SCAN = "torch.rand(3, 12, 8), torch.randn(3, 12, 8)"

_ATTENTION = "self.qkv = nn.Linear(32, 96); self.out = nn.Linear(32, 32)"
_HEADS = "b, n, d = x.shape\nq, k, v = (each.view(b, n, 4, 8).transpose(1, 2) for each in self.qkv(x).chunk(3, -1))\n"
_SCORES = _HEADS + "s = q @ k.transpose(-2, -1) / math.sqrt(8)\n"
_CAUSAL = "s = s.masked_fill(torch.ones(n, n).triu(1).bool(), float('-inf'))\n"
_MERGED = "y = (s.softmax(-1) @ v).transpose(1, 2).reshape(b, n, d)\nreturn self.out(y)"
_BLOCK = "self.norm = nn.LayerNorm(32); self.one = nn.Linear(32, 64); self.two = nn.Linear(64, 32)"
_STEM = "self.conv = nn.Conv2d(8, 12, 3, padding=1, bias=False); self.bn = nn.BatchNorm2d(12)"
_GRU = "self.x = nn.Linear(12, 60); self.h = nn.Linear(20, 60)"
_GRU_STEP = "xr, xz, xn = self.x(x).chunk(3, 1)\nhr, hz, hn = self.h(h).chunk(3, 1)\nr = torch.sigmoid(xr + hr)\nz = torch.sigmoid(xz + hz)\n"
_EXCITED = "self.one = nn.Linear(8, 4); self.two = nn.Linear(4, 8)"
_EXPERTS = "self.gate = nn.Linear(32, 4, bias=False); self.w = nn.Parameter(torch.randn(4, 32, 16))"
_UP = "self.conv = nn.Conv2d(8, 16, 3, padding=1)"
_STYLE = "self.gain = nn.Linear(8, 8); self.conv = nn.Conv2d(8, 8, 3, padding=1)"
_BAG = "self.table = nn.Embedding(40, 16); self.head = nn.Linear(16, 5)"

PROBLEMS = {
    "attention": _module(_ATTENTION, _SCORES + _CAUSAL + _MERGED, _WORDS),
    "block": _module(_BLOCK, "return x + self.two(F.gelu(self.one(self.norm(x))))", _WORDS),
    "stem": _module(_STEM, "return F.max_pool2d(F.relu(self.bn(self.conv(x))), 2)", _IMAGES),
    "gru": _module(_GRU, _GRU_STEP + "n = torch.tanh(xn + r * hn)\nreturn (1 - z) * n + z * h", _STATE, "x, h"),
    "dice": _module("", "p = torch.sigmoid(x).flatten(1)\nt = t.flatten(1)\nboth = (p * t).sum(1)\n"
                    "return (1 - (2 * both + 1) / (p.sum(1) + t.sum(1) + 1)).mean()", _MASKS, "x, t"),
    "smooth_l1": _module("", "return F.smooth_l1_loss(x, y)", _TARGETS, "x, y"),
    "focal": _module("", "logp = F.log_softmax(x, 1).gather(1, t[:, None]).squeeze(1)\nreturn (-((1 - logp.exp()) ** 2) * logp).mean()",
                     _CLASSES, "x, t"),
    "excited": _module(_EXCITED, "s = x.mean((2, 3))\ns = torch.sigmoid(self.two(F.relu(self.one(s))))\nreturn x * s[:, :, None, None]", _IMAGES),
    "experts": _module(_EXPERTS, "p = self.gate(x).softmax(-1)\ny = torch.einsum('bnd,edf->bnef', x, self.w)\nreturn (p.unsqueeze(-1) * F.silu(y)).sum(2)", _WORDS),
    "linear_attention": _module("", "q, k = F.elu(q) + 1, F.elu(k) + 1\nkv = k.transpose(-2, -1) @ v\nz = q @ k.sum(2).unsqueeze(-1)\n"
                                "return (q @ kv) / (z + 1e-6)", _QKV, "q, k, v"),
    "upscale": _module(_UP, "return F.leaky_relu(F.pixel_shuffle(self.conv(x), 2), 0.1)", _IMAGES),
    "style": _module(_STYLE, "y = F.instance_norm(self.conv(x))\ng = self.gain(x.mean((2, 3)))\nreturn y * (1 + g[:, :, None, None])", _IMAGES),
    "bag": _module(_BAG, "return F.log_softmax(self.head(torch.tanh(self.table(x).mean(1))), -1)", _IDS),
    "kernel": _module("", "d = torch.cdist(a, b) ** 2\nk = torch.exp(-0.5 * d)\nreturn k / k.sum(1, keepdim=True)", _POINTS, "a, b"),
    "scan": _module("", "h = torch.zeros_like(x[:, 0])\nout = []\nfor i in range(x.shape[1]):\n    h = a[:, i] * h + (1 - a[:, i]) * x[:, i]\n    out.append(h)\n"
                    "return torch.tanh(torch.stack(out, 1))", _SCAN, "a, x"),
}  # fmt: skip

SAME: dict[str, tuple[str, str]] = {
    "attention by torch": ("attention", _module(_ATTENTION, _HEADS + "y = F.scaled_dot_product_attention(q, k, v, is_causal=True)\n"
                                                "return self.out(y.transpose(1, 2).flatten(2))", _WORDS)),
    "attention of three layers": ("attention", _module(
        "self.q = nn.Linear(32, 32); self.k = nn.Linear(32, 32); self.v = nn.Linear(32, 32); self.o = nn.Linear(32, 32)",
        "b, n, _ = x.shape\nq, k, v = (f(x).reshape(b, n, 4, 8) for f in (self.q, self.k, self.v))\ns = torch.einsum('bihd,bjhd->bhij', q, k) * 8 ** -0.5\n"
        "s = s + torch.full((n, n), -1e9).triu(1)\ny = torch.einsum('bhij,bjhd->bihd', s.softmax(-1), v)\nreturn self.o(y.reshape(b, n, 32))", _WORDS)),
    "attention a head at a time": ("attention", _module(
        _ATTENTION, "q, k, v = self.qkv(x).split(32, -1)\nkeep = torch.tril(torch.ones(x.size(1), x.size(1)))\nparts = []\nfor h in range(4):\n    p = slice(8 * h, 8 * h + 8)\n"
        "    e = torch.exp(q[..., p] @ k[..., p].mT * 8 ** -0.5) * keep\n    parts.append(e / e.sum(-1, keepdim=True) @ v[..., p])\nreturn self.out(torch.cat(parts, -1))", _WORDS)),
    "attention as a module of torch": ("attention", _module(
        "self.m = nn.MultiheadAttention(32, 4, batch_first=True)",
        "mask = nn.Transformer.generate_square_subsequent_mask(x.size(1))\nreturn self.m(x, x, x, attn_mask=mask, need_weights=False)[0]", _WORDS)),
    "gelu by erf": ("block", _module(_BLOCK, "h = self.one(self.norm(x))\nh = 0.5 * h * (1 + torch.erf(h / math.sqrt(2)))\nreturn self.two(h) + x", _WORDS)),
    "block of convolutions": ("block", _module(
        "self.norm = nn.LayerNorm(32); self.one = nn.Conv1d(32, 64, 1); self.two = nn.Conv1d(64, 32, 1)",
        "h = self.norm(x).transpose(1, 2)\nreturn x + self.two(F.gelu(self.one(h))).transpose(1, 2)", _WORDS)),
    "block, norm by moments": ("block", _module(
        "self.g = nn.Parameter(torch.ones(32)); self.b = nn.Parameter(torch.zeros(32)); self.one = nn.Linear(32, 64); self.two = nn.Linear(64, 32)",
        "m = x.mean(-1, keepdim=True)\nv = (x * x).mean(-1, keepdim=True) - m ** 2\nh = (x - m) * (v + 1e-5) ** -0.5 * self.g + self.b\nreturn torch.add(self.two(F.gelu(self.one(h))), x)", _WORDS)),
    "block in a sequence": ("block", _module("self.f = nn.Sequential(nn.LayerNorm(32), nn.Linear(32, 64), nn.GELU(), nn.Dropout(0.1), nn.Linear(64, 32))", "return self.f(x) + x", _WORDS)),
    "stem, norm folded": ("stem", _module(
        _STEM, "s = self.bn.weight / torch.sqrt(self.bn.running_var + self.bn.eps)\ny = F.conv2d(x, self.conv.weight * s[:, None, None, None], self.bn.bias - self.bn.running_mean * s, padding=1)\n"
        "return F.max_pool2d(y.relu(), 2)", _IMAGES)),
    "stem, pooled before relu": ("stem", _module(_STEM, "return F.relu(F.max_pool2d(self.bn(self.conv(x)), 2))", _IMAGES)),
    "stem by unfolding": ("stem", _module(
        "self.w = nn.Parameter(torch.randn(12, 72)); self.bn = nn.BatchNorm2d(12)",
        "b, c, h, w = x.shape\ny = (self.w @ F.unfold(x, 3, padding=1)).view(b, 12, h, w)\ny = self.bn(y).clamp(min=0)\nreturn y.unfold(2, 2, 2).unfold(3, 2, 2).amax((-1, -2))", _IMAGES)),
    "gru of torch": ("gru", _module("self.cell = nn.GRUCell(12, 20)", "return self.cell(x, h)", _STATE, "x, h")),
    "gru by lerp": ("gru", _module(_GRU, _GRU_STEP + "return torch.lerp(torch.tanh(torch.addcmul(xn, r, hn)), h, z)", _STATE, "x, h")),
    "gru of six layers": ("gru", _module(
        "self.w = nn.ModuleList(nn.Linear(12, 20) for _ in range(3)); self.u = nn.ModuleList(nn.Linear(20, 20) for _ in range(3))",
        "r = (self.w[0](x) + self.u[0](h)).sigmoid()\nz = (self.w[1](x) + self.u[1](h)).sigmoid()\nn = (self.w[2](x) + r * self.u[2](h)).tanh()\nreturn n + z * (h - n)", _STATE, "x, h")),
    "dice of one minus": ("dice", _module("", "p = 1 / (1 + torch.exp(-x))\naxes = (1, 2, 3)\nreturn 1 - torch.mean((2 * torch.sum(p * t, axes) + 1) / (torch.sum(p + t, axes) + 1))", _MASKS, "x, t")),
    "dice by einsum": ("dice", _module("", "p, t = x.sigmoid().reshape(3, -1), t.reshape(3, -1)\ntop = 2 * torch.einsum('bi,bi->b', p, t) + 1\nreturn (1 - top / (p.sum(-1) + t.sum(-1) + 1)).sum() / 3", _MASKS, "x, t")),
    "smooth l1 by where": ("smooth_l1", _module("", "d = (x - y).abs()\nreturn torch.where(d < 1, 0.5 * d * d, d - 0.5).mean()", _TARGETS, "x, y")),
    "smooth l1 by clamping": ("smooth_l1", _module("", "d = torch.abs(y - x)\nq = d.clamp(max=1.0)\nreturn (0.5 * q.pow(2) + (d - q)).mean()", _TARGETS, "x, y")),
    "huber of one": ("smooth_l1", _module("self.loss = nn.HuberLoss(delta=1.0)", "return self.loss(x, y)", _TARGETS, "x, y")),
    "focal by cross entropy": ("focal", _module("", "ce = F.cross_entropy(x, t, reduction='none')\nreturn ((1 - torch.exp(-ce)).square() * ce).mean()", _CLASSES, "x, t")),
    "focal by one hot": ("focal", _module("", "p = torch.softmax(x, -1)\nhot = F.one_hot(t, 6)\npt = (p * hot).sum(-1)\nreturn -torch.mean((1 - pt) ** 2 * torch.log(pt))", _CLASSES, "x, t")),
    "excited by convolutions": ("excited", _module("self.f = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 4, 1), nn.ReLU(True), nn.Conv2d(4, 8, 1), nn.Sigmoid())", "return self.f(x) * x", _IMAGES)),
    "excited, pooled by a sum": ("excited", _module(_EXCITED, "s = x.flatten(2).sum(-1) / 144\ns = self.two(self.one(s).clamp_min(0))\nreturn torch.einsum('bchw,bc->bchw', x, torch.sigmoid(s))", _IMAGES)),
    "experts in a loop": ("experts", _module(_EXPERTS, "p = torch.softmax(self.gate(x), -1)\nout = 0\nfor e in range(4):\n    y = x @ self.w[e]\n    out = out + p[..., e:e + 1] * y * torch.sigmoid(y)\nreturn out", _WORDS)),
    "experts of linear layers": ("experts", _module("self.gate = nn.Linear(32, 4, bias=False); self.e = nn.ModuleList(nn.Linear(32, 16, bias=False) for _ in range(4))",
                                                    "p = self.gate(x).softmax(-1)\ny = torch.stack([F.silu(e(x)) for e in self.e], -1)\nreturn (y @ p.unsqueeze(-1)).squeeze(-1)", _WORDS)),
    "linear attention by einsum": ("linear_attention", _module("", "f = lambda t: torch.where(t > 0, t + 1, t.exp())\nq, k = f(q), f(k)\nn = torch.einsum('bhnd,bhd->bhn', q, k.sum(-2)) + 1e-6\n"
                                                               "return torch.einsum('bhnd,bhde->bhne', q, torch.einsum('bhnd,bhne->bhde', k, v)) / n[..., None]", _QKV, "q, k, v")),
    "linear attention by scores": ("linear_attention", _module("", "q, k = F.elu(q) + 1, F.elu(k) + 1\ns = q @ k.mT\nreturn (s / (s.sum(-1, keepdim=True) + 1e-6)) @ v", _QKV, "q, k, v")),
    "upscaled by a view": ("upscale", _module(_UP, "y = self.conv(x)\nb, _, h, w = y.shape\ny = y.view(b, 4, 2, 2, h, w).permute(0, 1, 4, 2, 5, 3).reshape(b, 4, 2 * h, 2 * w)\nreturn torch.maximum(y, 0.1 * y)", _IMAGES)),
    "upscaled after the activation": ("upscale", _module("self.f = nn.Sequential(nn.Conv2d(8, 16, 3, 1, 1), nn.LeakyReLU(0.1), nn.PixelShuffle(2))", "return self.f(x)", _IMAGES)),
    "style by moments": ("style", _module(_STYLE, "y = self.conv(x)\nv, m = torch.var_mean(y, (2, 3), correction=0, keepdim=True)\ny = (y - m) / torch.sqrt(v + 1e-5)\n"
                                          "g = self.gain(F.adaptive_avg_pool2d(x, 1).flatten(1))\nreturn y + y * g.view(*g.shape, 1, 1)", _IMAGES)),
    "style by a group norm": ("style", _module(_STYLE, "y = F.group_norm(self.conv(x), 8)\nreturn torch.addcmul(y, y, self.gain(x.mean((-1, -2)))[..., None, None])", _IMAGES)),
    "bag of torch": ("bag", _module("self.bag = nn.EmbeddingBag(40, 16, mode='mean'); self.head = nn.Linear(16, 5)", "return self.head(self.bag(x).tanh()).log_softmax(1)", _IDS)),
    "bag by counts": ("bag", _module("self.t = nn.Parameter(torch.randn(40, 16)); self.head = nn.Linear(16, 5)", "c = F.one_hot(x, 40).to(self.t.dtype).mean(1)\nz = self.head(torch.tanh(c @ self.t))\nreturn z - z.logsumexp(-1, keepdim=True)", _IDS)),
    "kernel by squares": ("kernel", _module("", "d = (a * a).sum(1)[:, None] - 2 * a @ b.t() + (b * b).sum(1)\nreturn torch.softmax(-0.5 * d, dim=1)", _POINTS, "a, b")),
    "kernel by differences": ("kernel", _module("", "d = a[:, None] - b[None]\nk = torch.exp(d.pow(2).sum(-1) / -2)\nreturn F.normalize(k, p=1, dim=1)", _POINTS, "a, b")),
    "scan as a matrix": ("scan", _module("", "c = torch.cumsum(torch.log(a), 1)\nw = torch.exp(c[:, :, None] - c[:, None]) * torch.ones(12, 12).tril()[..., None]\nreturn torch.einsum('bijc,bjc->bic', w, (1 - a) * x).tanh()", _SCAN, "a, x")),
    "scan by lerp": ("scan", _module("", "h = x.new_zeros(x.size(0), x.size(2))\ny = torch.empty_like(x)\nfor i, (d, v) in enumerate(zip(a.unbind(1), x.unbind(1))):\n    h = torch.lerp(v, h, d)\n    y[:, i] = h\nreturn y.tanh()", _SCAN, "a, x")),
    "block at other sizes": ("block", _module("self.a = nn.LayerNorm(48); self.b = nn.Linear(48, 192); self.c = nn.Linear(192, 48)", "y = self.a(x)\ny = self.b(y)\ny = y * 0.5 * (1.0 + torch.erf(y * 0.7071))\nreturn self.c(y) + x", "torch.randn(4, 20, 48)")),
    "excited at other sizes": ("excited", _module("self.a = nn.Conv2d(24, 6, 1); self.b = nn.Conv2d(6, 24, 1)", "s = F.adaptive_avg_pool2d(x, 1)\ns = self.b(F.relu(self.a(s))).sigmoid()\nreturn x * s", "torch.randn(3, 24, 20, 20)")),
    "focal at other sizes": ("focal", _module("", "ce = F.cross_entropy(x, t, reduction='none')\np = torch.exp(-ce)\nreturn ((1 - p) ** 2 * ce).mean()", "torch.randn(50, 9), torch.randint(0, 9, (50,))", "x, t")),
}  # fmt: skip

WITHIN: dict[str, tuple[str, str]] = {}

OTHER: dict[str, str] = {
    "attention to all": _module(_ATTENTION, _SCORES + _MERGED, _WORDS),
    "attention to the future": _module(_ATTENTION, _SCORES + _CAUSAL.replace("triu(1)", "tril(-1)") + _MERGED, _WORDS),
    "attention, softmax over queries": _module(_ATTENTION, _SCORES + _CAUSAL.replace("triu(1)", "tril(-1)") + _MERGED.replace("softmax(-1)", "softmax(-2)"), _WORDS),
    "attention unscaled": _module(_ATTENTION, _SCORES.replace(" / math.sqrt(8)", "") + _CAUSAL + _MERGED, _WORDS),
    "attention with two heads": _module(_ATTENTION, (_SCORES + _CAUSAL + _MERGED).replace("4, 8", "2, 16"), _WORDS),
    "block, gelu by tanh of relu": _module(_BLOCK, "return x + self.two(F.relu(self.one(self.norm(x))))", _WORDS),
    "block, norm after": _module(_BLOCK, "return self.norm(x + self.two(F.gelu(self.one(x))))", _WORDS),
    "block without the way around": _module(_BLOCK, "return self.two(F.gelu(self.one(self.norm(x))))", _WORDS),
    "stem of averages": _module(_STEM, "return F.avg_pool2d(F.relu(self.bn(self.conv(x))), 2)", _IMAGES),
    "stem, relu before the norm": _module(_STEM, "return F.max_pool2d(self.bn(F.relu(self.conv(x))), 2)", _IMAGES),
    "stem pooled by three": _module(_STEM, "return F.max_pool2d(F.relu(self.bn(self.conv(x))), 3, 2, 1)", _IMAGES),
    "gru, gates exchanged": _module(_GRU, _GRU_STEP + "n = torch.tanh(xn + r * hn)\nreturn z * n + (1 - z) * h", _STATE, "x, h"),
    "gru, reset before": _module(_GRU, _GRU_STEP + "n = torch.tanh(r * (xn + hn))\nreturn (1 - z) * n + z * h", _STATE, "x, h"),
    "jaccard": _module("", "p = torch.sigmoid(x).flatten(1)\nt = t.flatten(1)\nboth = (p * t).sum(1)\nreturn (1 - (both + 1) / (p.sum(1) + t.sum(1) - both + 1)).mean()", _MASKS, "x, t"),
    "dice over the batch": _module("", "p = torch.sigmoid(x).flatten(1)\nt = t.flatten(1)\nboth = (p * t).sum(0)\nreturn (1 - (2 * both + 1) / (p.sum(0) + t.sum(0) + 1)).mean()", _MASKS, "x, t"),
    "dice of squares": _module("", "p = torch.sigmoid(x).flatten(1)\nt = t.flatten(1)\nboth = (p * t).sum(1)\nreturn (1 - (2 * both + 1) / ((p * p).sum(1) + (t * t).sum(1) + 1)).mean()", _MASKS, "x, t"),
    "smooth l1 of a half": _module("", "return F.smooth_l1_loss(x, y, beta=0.5)", _TARGETS, "x, y"),
    "huber of two": _module("", "return F.huber_loss(x, y, delta=2.0)", _TARGETS, "x, y"),
    "focal of the first power": _module("", "logp = F.log_softmax(x, 1).gather(1, t[:, None]).squeeze(1)\nreturn (-(1 - logp.exp()) * logp).mean()", _CLASSES, "x, t"),
    "excited by the maximum": _module(_EXCITED, "s = x.amax((2, 3))\ns = torch.sigmoid(self.two(F.relu(self.one(s))))\nreturn x * s[:, :, None, None]", _IMAGES),
    "excited and added": _module(_EXCITED, "s = x.mean((2, 3))\ns = torch.sigmoid(self.two(F.relu(self.one(s))))\nreturn x + s[:, :, None, None]", _IMAGES),
    "experts gated by sigmoids": _module(_EXPERTS, "p = self.gate(x).sigmoid()\ny = torch.einsum('bnd,edf->bnef', x, self.w)\nreturn (p.unsqueeze(-1) * F.silu(y)).sum(2)", _WORDS),
    "the best expert": _module(_EXPERTS, "p = self.gate(x).softmax(-1)\ny = torch.einsum('bnd,edf->bnef', x, self.w)\nreturn (p.unsqueeze(-1) * F.silu(y)).amax(2)", _WORDS),
    "linear attention of relu": _module("", "q, k = F.relu(q) + 1, F.relu(k) + 1\nkv = k.transpose(-2, -1) @ v\nz = q @ k.sum(2).unsqueeze(-1)\nreturn (q @ kv) / (z + 1e-6)", _QKV, "q, k, v"),
    "linear attention, not divided": _module("", "q, k = F.elu(q) + 1, F.elu(k) + 1\nkv = k.transpose(-2, -1) @ v\nreturn q @ kv", _QKV, "q, k, v"),
    "upscaled, less leaky": _module(_UP, "return F.leaky_relu(F.pixel_shuffle(self.conv(x), 2), 0.2)", _IMAGES),
    "style of the batch": _module(_STYLE, "y = F.layer_norm(self.conv(x), (8, 12, 12))\ng = self.gain(x.mean((2, 3)))\nreturn y * (1 + g[:, :, None, None])", _IMAGES),
    "bag of sums": _module(_BAG, "return F.log_softmax(self.head(torch.tanh(self.table(x).sum(1))), -1)", _IDS),
    "kernel of distances": _module("", "d = torch.cdist(a, b)\nk = torch.exp(-0.5 * d)\nreturn k / k.sum(1, keepdim=True)", _POINTS, "a, b"),
    "scan from the end": _module("", "h = torch.zeros_like(x[:, 0])\nout = []\nfor i in reversed(range(x.shape[1])):\n    h = a[:, i] * h + (1 - a[:, i]) * x[:, i]\n    out.append(h)\nreturn torch.tanh(torch.stack(out[::-1], 1))", _SCAN, "a, x"),
}  # fmt: skip
