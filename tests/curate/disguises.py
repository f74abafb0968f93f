"""Problems of a small benchmark, each in other clothes; and neighbours that compute something else.

Written before the code that looks for them was read. `SAME` computes what its problem does, `WITHIN` computes it and
more (or hands out more), `OTHER` does not compute it.
"""

from __future__ import annotations

_HEAD = "import math\n\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n\n"


def _module(
    made: str, forward: str, inputs: str, given: str = "x", *, name: str = "Model", above: str = "", more: str = ""
) -> str:
    """Statements are parted by `;`."""
    lines = [*(f"        {each.strip()}" for each in made.split(";") if each.strip())]
    steps = [f"        {each.rstrip()}" for each in forward.split("\n") if each.strip()]
    init = ["    def __init__(self):", "        super().__init__()", *lines, ""]
    body = [f"class {name}(nn.Module):", *init, f"    def forward(self, {given}):", *steps]
    tail = f"def get_inputs():\n    return [{inputs}]\n\n\ndef get_init_inputs():\n    return []\n"
    return _HEAD + (above + "\n\n" if above else "") + "\n".join(body) + "\n\n\n" + tail + more


_X, _IMAGE = "torch.randn(16, 24)", "torch.randn(2, 3, 12, 12)"
_QKV = "torch.randn(2, 4, 8, 16), torch.randn(2, 4, 8, 16), torch.randn(2, 4, 8, 16)"
_LINEAR = "self.proj = nn.Linear(24, 40)"
_W_IN = "self.w = nn.Parameter(torch.randn(24, 40)); self.b = nn.Parameter(torch.zeros(40))"
_W_OUT = "self.w = nn.Parameter(torch.randn(40, 24)); self.b = nn.Parameter(torch.zeros(40))"
_TAIL = "x = F.gelu(x)\nx = x * 0.5\nreturn torch.softmax(x, dim=1)"
_CONV = "self.conv = nn.Conv2d(3, 8, 3)"

PROBLEMS = {
    "linear": _module(_LINEAR, f"x = self.proj(x)\n{_TAIL}", _X),
    "mlp": _module(
        "self.a = nn.Linear(24, 32); self.b = nn.Linear(32, 32); self.c = nn.Linear(32, 8)",
        "x = F.relu(self.a(x))\nx = F.relu(self.b(x))\nreturn self.c(x)", _X),
    "conv": _module(_CONV, "x = self.conv(x)\nx = F.relu(x)\nx = x.mean(dim=(2, 3))\nreturn torch.tanh(x) * 2.0", _IMAGE),
    "attention": _module(
        "pass", "s = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(16)\np = F.softmax(s, dim=-1)\nreturn torch.matmul(p, v)",
        _QKV, "q, k, v"),
    "rms": _module(
        "self.weight = nn.Parameter(torch.ones(24)); self.eps = 1e-6",
        "rms = torch.sqrt(x.pow(2).mean(dim=-1, keepdim=True) + self.eps)\nreturn F.silu(x / rms * self.weight)", _X),
    "bmm": _module("pass", "y = torch.bmm(a, b)\ny = y + c\nreturn F.leaky_relu(y, 0.1).sum(dim=1)",
                   "torch.randn(4, 6, 8), torch.randn(4, 8, 5), torch.randn(4, 6, 5)", "a, b, c"),
    "norm": _module("self.norm = nn.LayerNorm(24); self.proj = nn.Linear(24, 24)",
                    "return x + torch.tanh(self.proj(self.norm(x)))", _X),
}  # fmt: skip

_SCRIPTED = "@torch.jit.script\ndef head(x):\n    x = F.gelu(x)\n    x = x * 0.5\n    return torch.softmax(x, dim=1)"
_SCRIPTED = _SCRIPTED.replace("F.gelu", "torch.nn.functional.gelu").replace(
    "def head(x):", "def head(x: torch.Tensor) -> torch.Tensor:"
)
_MLP = "self.a = nn.Linear(24, 32); self.b = nn.Linear(32, 32); self.c = nn.Linear(32, 8)"
_MLP_FORWARD = "x = F.relu(self.a(x))\nx = F.relu(self.b(x))\nreturn self.c(x)"
_NAMES = "self.layers = nn.ModuleList([nn.Linear(24, 32), nn.Linear(32, 32), nn.Linear(32, 8)])"

SAME: dict[str, tuple[str, str]] = {
    "matmul, weight stored in x out": ("linear", _module(_W_IN, f"x = x @ self.w + self.b\n{_TAIL}", _X)),
    "matmul, weight stored out x in": ("linear", _module(_W_OUT, f"x = x @ self.w.T + self.b\n{_TAIL}", _X)),
    "transpose called": ("linear", _module(_W_OUT, f"x = torch.matmul(x, self.w.transpose(0, 1)) + self.b\n{_TAIL}", _X)),
    "permute called": ("linear", _module(_W_OUT, f"x = self.b + torch.mm(x, self.w.permute(1, 0))\n{_TAIL}", _X)),
    "F.linear": ("linear", _module(_W_OUT, f"x = F.linear(x, self.w, self.b)\n{_TAIL}", _X)),
    "F.linear of the other weight": ("linear", _module(_W_IN, f"x = F.linear(x, self.w.t(), self.b)\n{_TAIL}", _X)),
    "addmm": ("linear", _module(_W_IN, f"x = torch.addmm(self.b, x, self.w)\n{_TAIL}", _X)),
    "addmm of the transposed": ("linear", _module(_W_OUT, f"x = torch.addmm(self.b, x, self.w.t())\n{_TAIL}", _X)),
    "einsum io": ("linear", _module(_W_IN, f'x = torch.einsum("bi,io->bo", x, self.w) + self.b\n{_TAIL}', _X)),
    "einsum oi": ("linear", _module(_W_OUT, f'x = torch.einsum("bi,oi->bo", x, self.w) + self.b\n{_TAIL}', _X)),
    "einsum, weight first": ("linear", _module(_W_OUT, f'x = torch.einsum("oi,bi->bo", self.w, x) + self.b\n{_TAIL}', _X)),
    "bias apart": ("linear", _module("self.w = nn.Linear(24, 40, bias=False); self.b = nn.Parameter(torch.zeros(40))",
                                     f"x = self.w(x) + self.b\n{_TAIL}", _X)),
    "bias as a row": ("linear", _module("self.w = nn.Parameter(torch.randn(24, 40)); self.b = nn.Parameter(torch.zeros(1, 40))",
                                        f"x = torch.add(torch.mm(x, self.w), self.b)\n{_TAIL}", _X)),
    "transposed product": ("linear", _module(_W_OUT, f"x = (self.w @ x.t()).t() + self.b\n{_TAIL}", _X)),
    "one dimension more": ("linear", _module(_LINEAR, f"x = self.proj(x.unsqueeze(1)).squeeze(1)\n{_TAIL}", _X)),
    "views between": ("linear", _module(_LINEAR, "x = self.proj(x.view(-1, 24))\nx = F.gelu(x.reshape(16, 40)).contiguous()\n"
                                        "x = (0.5 * x).view(16, 40)\nreturn F.softmax(x, -1)", _X)),
    "flatten and unflatten": ("linear", _module(_LINEAR, "x = self.proj(torch.flatten(x, 1))\nx = F.gelu(x.flatten())"
                                                ".unflatten(0, (16, 40))\nreturn (x * 0.5).softmax(dim=1)", _X)),
    "cast in __init__ with to": ("linear", _module(_LINEAR + "; self.proj = self.proj.to(torch.float32); self.to('cpu')",
                                                   f"x = self.proj(x)\n{_TAIL}", _X)),
    "float in __init__": ("linear", _module(_LINEAR + "; self.float()", f"x = self.proj(x.float())\n{_TAIL}", _X)),
    "device of the day": ("linear", _module("device = torch.device('cuda' if torch.cuda.is_available() else 'cpu');"
                                            "self.proj = nn.Linear(24, 40).to(device); self.scale = torch.tensor(0.5).to(device).float()",
                                            "x = F.gelu(self.proj(x))\nreturn torch.softmax(x * 0.5, dim=1)", _X)),
    "half weights cast back": ("linear", _module("self.proj = nn.Linear(24, 40).double().float()", f"x = self.proj(x)\n{_TAIL}", _X)),
    "weights initialised by hand": ("linear", _module(
        _LINEAR + "; nn.init.xavier_uniform_(self.proj.weight); nn.init.zeros_(self.proj.bias);"
        "self.proj.weight.data = self.proj.weight.data.float() * 0.5; print(self.proj.weight.abs().mean().item())",
        f"x = self.proj(x)\n{_TAIL}", _X)),
    "scripted helper": ("linear", _module(_LINEAR, "return head(self.proj(x))", _X, above=_SCRIPTED)),
    "scripted module": ("linear", _module("self.inner = torch.jit.script(Inner())", "return self.inner(x)", _X, name="Outer", above=_module(
        _LINEAR, "x = self.proj(x)\nx = F.gelu(x)\nx = x * 0.5\nreturn torch.softmax(x, dim=1)", _X, name="Inner")
        .removeprefix(_HEAD).partition("\n\n\ndef get_inputs")[0])),
    "finite or raise": ("linear", _module(_LINEAR, "x = self.proj(x)\nif not torch.isfinite(x).all():\n"
                                          f"    raise ValueError('not finite')\n{_TAIL}", _X)),
    "finite asserted": ("linear", _module(_LINEAR, f"assert torch.isfinite(x).all(), 'bad'\nx = self.proj(x)\n{_TAIL}", _X)),
    "nan counted": ("linear", _module(_LINEAR, "x = self.proj(x)\nif torch.isnan(x).any().item() or x.abs().max() > 1e30:\n"
                                      f"    print('warning')\n{_TAIL}", _X)),
    "torch._assert": ("linear", _module(_LINEAR, f"torch._assert(x.shape[-1] == 24, 'size')\nx = self.proj(x)\n{_TAIL}", _X)),
    "no_grad and autocast": ("linear", _module(_LINEAR, "with torch.no_grad(), torch.autocast('cpu', enabled=False):\n"
                                               "    x = F.gelu(self.proj(x)) * 0.5\nreturn torch.softmax(x, dim=1)", _X)),
    "gelu written out": ("linear", _module(_LINEAR, "x = self.proj(x)\nx = 0.5 * x * (1.0 + torch.erf(x / math.sqrt(2.0)))\n"
                                           "x = x * 0.5\nreturn torch.softmax(x, dim=1)", _X)),
    "softmax written out": ("linear", _module(_LINEAR, "x = F.gelu(self.proj(x)) * 0.5\ne = torch.exp(x - x.max(dim=1, keepdim=True).values)\n"
                                              "return e / e.sum(dim=1, keepdim=True)", _X)),
    "sequential": ("mlp", _module("self.net = nn.Sequential(nn.Linear(24, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(inplace=True), nn.Linear(32, 8))",
                                  "return self.net(x)", _X)),
    "a loop over layers": ("mlp", _module(_NAMES, "for layer in self.layers[:-1]:\n    x = layer(x).clamp(min=0)\nreturn self.layers[-1](x)", _X)),
    "other inputs": ("mlp", _module(_MLP, _MLP_FORWARD, "torch.rand(3, 24)", more="\n\ndef get_more_inputs():\n    return [[torch.rand(7, 24)]]\n")),
    "weights in a dict": ("mlp", _module(
        "self.p = nn.ParameterDict({'w0': nn.Parameter(torch.randn(24, 32)), 'w1': nn.Parameter(torch.randn(32, 32)), 'w2': nn.Parameter(torch.randn(32, 8)),"
        "'b0': nn.Parameter(torch.zeros(32)), 'b1': nn.Parameter(torch.zeros(32)), 'b2': nn.Parameter(torch.zeros(8))})",
        "x = torch.relu(x @ self.p['w0'] + self.p['b0'])\nx = torch.relu(x @ self.p['w1'] + self.p['b1'])\nreturn torch.addmm(self.p['b2'], x, self.p['w2'])", _X)),
    "checkpointed": ("mlp", _module(_MLP, "from torch.utils.checkpoint import checkpoint\nx = checkpoint(lambda y: F.relu(self.a(y)), x, use_reentrant=False)\n"
                                    "x = F.relu(self.b(x))\nreturn self.c(x)", _X)),
    "conv by functional": ("conv", _module("self.w = nn.Parameter(torch.randn(8, 3, 3, 3)); self.b = nn.Parameter(torch.zeros(8))",
                                           "x = torch.relu_(F.conv2d(x, self.w, self.b))\nx = torch.mean(x, (-2, -1))\nreturn 2.0 * x.tanh()", _IMAGE)),
    "pooled mean": ("conv", _module(_CONV, "x = F.adaptive_avg_pool2d(self.conv(x).relu(), 1).flatten(1)\nreturn torch.tanh(x).mul(2.0)", _IMAGE)),
    "mean of the flattened": ("conv", _module(_CONV, "x = F.relu(self.conv(x)).flatten(2).mean(-1)\nreturn torch.tanh(x) * 2.0", _IMAGE)),
    "fused attention": ("attention", _module("pass", "return F.scaled_dot_product_attention(q, k, v)", _QKV, "q, k, v")),
    "attention by einsum": ("attention", _module(
        "self.scale = 16 ** -0.5", "s = torch.einsum('bhqd,bhkd->bhqk', q, k) * self.scale\nreturn torch.einsum('bhqk,bhkd->bhqd', s.softmax(-1), v)", _QKV, "q, k, v")),
    "attention over folded heads": ("attention", _module(
        "pass", "b, h, n, d = q.shape\nq, k, v = (t.reshape(b * h, n, d) for t in (q, k, v))\ns = torch.bmm(q, k.transpose(1, 2)) / math.sqrt(d)\n"
        "return torch.bmm(torch.softmax(s, -1), v).view(b, h, n, d)", _QKV, "q, k, v")),
    "scaled before": ("attention", _module("pass", "s = (q / math.sqrt(16)) @ k.mT\nreturn F.softmax(s, dim=-1) @ v", _QKV, "q, k, v")),
    "rsqrt": ("rms", _module("self.weight = nn.Parameter(torch.ones(24))",
                             "n = x.float() * torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + 1e-6)\nreturn F.silu(n.type_as(x) * self.weight)", _X)),
    "squares multiplied": ("rms", _module("self.g = nn.Parameter(torch.ones(24))",
                                          "ms = (x * x).mean(-1, True)\nx = self.g * (x / (ms + 1e-6).sqrt())\nreturn x * torch.sigmoid(x)", _X)),
    "nn.RMSNorm": ("rms", _module("self.norm = nn.RMSNorm(24, eps=1e-6)", "return F.silu(self.norm(x))", _X)),
    "baddbmm": ("bmm", _module("self.act = nn.LeakyReLU(0.1)", "return torch.sum(self.act(torch.baddbmm(c, a, b)), 1)",
                               "torch.randn(4, 6, 8), torch.randn(4, 8, 5), torch.randn(4, 6, 5)", "a, b, c")),
    "in place": ("bmm", _module("pass", "y = a @ b\ny += c\nreturn F.leaky_relu_(y, 0.1).sum(1)",
                                "torch.randn(4, 6, 8), torch.randn(4, 8, 5), torch.randn(4, 6, 5)", "a, b, c")),
    "norm written out": ("norm", _module(
        "self.g = nn.Parameter(torch.ones(24)); self.s = nn.Parameter(torch.zeros(24)); self.w = nn.Parameter(torch.randn(24, 24)); self.b = nn.Parameter(torch.zeros(24))",
        "m = x.mean(-1, keepdim=True)\nv = x.var(-1, keepdim=True, unbiased=False)\nn = (x - m) / torch.sqrt(v + 1e-5) * self.g + self.s\nreturn torch.tanh(n @ self.w + self.b) + x", _X)),
}  # fmt: skip

_LIN = "x = self.proj(x)\nx = F.gelu(x)\nx = x * 0.5\n"
WITHIN: dict[str, tuple[str, str]] = {
    "logits as well": ("linear", _module(_LINEAR, _LIN + "return torch.softmax(x, dim=1), x", _X)),
    "a dict of outputs": ("linear", _module(_LINEAR, _LIN + "return {'p': torch.softmax(x, dim=1), 'norm': x.norm()}", _X)),
    "loss on top": ("linear", _module(_LINEAR, _LIN + "p = torch.softmax(x, dim=1)\nreturn -(p * torch.log(p + 1e-9)).sum(dim=1).mean()", _X)),
    "another layer below": ("linear", _module(_LINEAR + "; self.stem = nn.Linear(6, 24)", "x = torch.sin(self.stem(x))\n" + _LIN
                                              + "return torch.softmax(x, dim=1)", "torch.randn(16, 6)")),
    "hidden states as well": ("mlp", _module(_MLP, "h = F.relu(self.a(x))\ng = F.relu(self.b(h))\nreturn self.c(g), h, g", _X)),
    "weights as well": ("attention", _module("pass", "p = F.softmax(q @ k.transpose(-2, -1) / 4.0, dim=-1)\nreturn p @ v, p", _QKV, "q, k, v")),
    "projections around": ("attention", _module(
        "self.wo = nn.Linear(16, 16)", "s = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(16)\nreturn torch.sigmoid(self.wo(torch.softmax(s, -1) @ v))",
        _QKV, "q, k, v")),
    "a classifier behind": ("conv", _module(_CONV + "; self.head = nn.Linear(8, 5)", "x = F.relu(self.conv(x)).mean(dim=(2, 3))\n"
                                            "return F.log_softmax(self.head(torch.tanh(x) * 2.0), dim=1)", _IMAGE)),
}  # fmt: skip

OTHER: dict[str, str] = {
    "relu for gelu": _module(_LINEAR, "x = F.relu(self.proj(x))\nx = x * 0.5\nreturn torch.softmax(x, dim=1)", _X),
    "sigmoid for softmax": _module(_LINEAR, "x = F.gelu(self.proj(x))\nx = x * 0.5\nreturn torch.sigmoid(x)", _X),
    "no bias": _module("self.w = nn.Parameter(torch.randn(24, 40))", f"x = x @ self.w\n{_TAIL}", _X),
    "a gram matrix": _module("self.b = nn.Parameter(torch.zeros(16))", f"x = x @ x.t() + self.b\n{_TAIL}", _X),
    "two layers": _module(_MLP, "x = F.relu(self.a(x))\nreturn self.c(self.b(x))", _X),
    "tanh between": _module(_MLP, "x = torch.tanh(self.a(x))\nx = torch.tanh(self.b(x))\nreturn self.c(x)", _X),
    "maximum for mean": _module(_CONV, "x = F.relu(self.conv(x)).amax(dim=(2, 3))\nreturn torch.tanh(x) * 2.0", _IMAGE),
    "values first": _module("pass", "s = torch.matmul(k.transpose(-2, -1), v)\nreturn torch.matmul(F.softmax(q, dim=-1), s)", _QKV, "q, k, v"),
    "no residual": _module("self.norm = nn.LayerNorm(24); self.proj = nn.Linear(24, 24)", "return torch.tanh(self.proj(self.norm(x)))", _X),
    "residual elsewhere": _module("self.norm = nn.LayerNorm(24); self.proj = nn.Linear(24, 24)",
                                  "n = self.norm(x)\nreturn n + torch.tanh(self.proj(n))", _X),
    "not gated": _module("self.weight = nn.Parameter(torch.ones(24))",
                         "rms = torch.sqrt(x.abs().mean(dim=-1, keepdim=True) + 1e-6)\nreturn F.silu(x / rms * self.weight)", _X),
    "linear and relu": _module(_LINEAR, "return F.relu(self.proj(x))", _X),
}  # fmt: skip
