"""Attention: scaled dot products in every form that picks another kernel, written-out variants, encoder layers."""

from __future__ import annotations

from collections.abc import Iterator

from modules.form import layer, module

_SDPA = {
    "Plain": ("q, k, v", "", 16),
    "Causal": ("q, k, v, is_causal=True", "", 16),
    "OddHead": ("q, k, v", "", 15),
    "Mask": ("q, k, v, attn_mask=mask", "mask = torch.ones(12, 12, dtype=torch.bool, device=q.device).tril()", 16),
    "Bias": ("q, k, v, attn_mask=bias", "bias = torch.zeros(12, 12, dtype=q.dtype, device=q.device)", 16),
    "Scale": ("q, k, v, scale=0.3", "", 16),
    "Dropout": ("q, k, v, dropout_p=0.1 if self.training else 0.0", "", 16),
    "Cross": ("q, k[:, :, :6], v[:, :, :6]", "", 16),
    "OneQuery": ("q[:, :, :1], k, v", "", 16),
    "Grouped": ("q, k[:, :2], v[:, :2], enable_gqa=True", "", 16),
    "Wide": ("q, k, v, is_causal=True", "", 64),
}
_DTYPES = {"F32": "", "F16": ".half()", "Bf16": ".bfloat16()"}
_PROJECT = """
b, t, _ = x.shape
q, k, v = (part.view(b, t, 4, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, -1))
"""
_JOIN = "y = y.transpose(1, 2).reshape(b, t, -1)\nreturn self.out(y) + x"
_WRITTEN = {
    "Manual": "a = (q @ k.transpose(-2, -1) / math.sqrt(16)).softmax(-1)\ny = a @ v",
    "ManualCausal": (
        "a = q @ k.transpose(-2, -1) * 0.25\n"
        "a = a.masked_fill(torch.ones(t, t, dtype=torch.bool, device=x.device).triu(1), float('-inf'))\n"
        "y = a.softmax(-1) @ v"
    ),
    "ManualDropout": "a = F.dropout((q @ k.transpose(-2, -1) * 0.25).softmax(-1), 0.1, self.training)\ny = a @ v",
    "Linear": "q, k = F.elu(q) + 1, F.elu(k) + 1\ny = q @ (k.transpose(-2, -1) @ v) / 12",
    "Alibi": (
        "d = torch.arange(t, device=x.device)\nd = d[None] - d[:, None]\n"
        "y = (q @ k.transpose(-2, -1) * 0.25 - d.abs() * 0.1).softmax(-1) @ v"
    ),
    "Cosine": "q, k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)\n"
    "y = (q @ k.transpose(-2, -1) * 10).softmax(-1) @ v",
    "Windowed": (
        "i = torch.arange(t, device=x.device)\nnear = (i[:, None] - i[None]).abs() < 3\n"
        "y = (q @ k.transpose(-2, -1) * 0.25).masked_fill(~near, -1e9).softmax(-1) @ v"
    ),
    "Rotary": (
        "p = torch.arange(t, device=x.device)[:, None] / 10000 ** (torch.arange(8, device=x.device) / 8)\n"
        "c, s = p.cos().repeat(1, 2), p.sin().repeat(1, 2)\n"
        "turn = lambda z: z * c + torch.cat([-z[..., 8:], z[..., :8]], -1) * s\n"
        "y = F.scaled_dot_product_attention(turn(q), turn(k), v, is_causal=True)"
    ),
    "QkNorm": "y = F.scaled_dot_product_attention(F.rms_norm(q, (16,)), F.rms_norm(k, (16,)), v)",
    "TwoStep": "y = F.scaled_dot_product_attention(q, k, v)\ny = F.scaled_dot_product_attention(y.relu(), k, v)",
    "SoftCap": "a = 5 * torch.tanh(q @ k.transpose(-2, -1) / 5)\ny = a.softmax(-1) @ v",
    "Relu": "y = (q @ k.transpose(-2, -1)).relu().square() @ v / t",
}


def texts() -> Iterator[tuple[str, str]]:
    for dtype, cast in _DTYPES.items():
        for name, (arguments, before, head) in _SDPA.items():
            split = f"q, k, v = (part{cast} for part in (q, k, v))\n{before}".strip()
            call = f"{split}\nreturn F.scaled_dot_product_attention({arguments}).relu()"
            yield module(f"Sdpa{name}{dtype}", "pass", call, ", ".join([f"2x4x12x{head}"] * 3), "q, k, v")
    for name, body in _WRITTEN.items():
        init = "self.qkv = nn.Linear(64, 192)\nself.out = nn.Linear(64, 64)"
        yield module(f"Attention{name}", init, _PROJECT.strip() + "\n" + body + "\n" + _JOIN, "2x12x64")
    multi = "nn.MultiheadAttention(64, 4, batch_first=True)"
    for name, rest in {
        "": "",
        "Weights": ", need_weights=False",
        "Masked": ", attn_mask=torch.zeros(12, 12, device=x.device)",
    }.items():
        yield module(f"MultiHead{name}", f"self.attn = {multi}", f"return self.attn(x, x, x{rest})[0] * 2", "2x12x64")
    encoder = "nn.TransformerEncoderLayer(64, 4, 128, batch_first=True{})"
    for name, rest in {"": "", "NormFirst": ", norm_first=True", "Gelu": ", activation='gelu'"}.items():
        yield layer(f"EncoderLayer{name}", encoder.format(rest), "2x12x64", "{} * 2")
    yield layer("DecoderLayer", "nn.TransformerDecoderLayer(64, 4, 128, batch_first=True)", "2x6x64, 2x12x64")
    yield layer("Encoder", f"nn.TransformerEncoder({encoder.format('')}, 2)", "2x12x64", "{} + 1")
