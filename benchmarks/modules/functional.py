"""Functions of one expression: pointwise, reductions, indexing, shapes, linear algebra."""

from __future__ import annotations

from collections.abc import Iterator

from modules.form import function

_POINTWISE = [
    "relu",
    "sigmoid",
    "tanh",
    "gelu",
    "silu",
    "softplus",
    "elu",
    "selu",
    "celu",
    "leaky_relu",
    "hardtanh",
    "hardswish",
    "hardsigmoid",
    "mish",
    "softsign",
    "tanhshrink",
    "logsigmoid",
    "relu6",
    "hardshrink",
    "softshrink",
]
_UNARY = [
    "exp",
    "sin",
    "cos",
    "abs",
    "erf",
    "sign",
    "floor",
    "ceil",
    "round",
    "trunc",
    "neg",
    "reciprocal",
    "square",
    "sinh",
    "asinh",
    "atan",
    "expm1",
    "sinc",
]
_POSITIVE = ["log", "sqrt", "rsqrt", "log1p", "log2", "lgamma", "digamma"]
_REDUCE = {
    "Sum": "x.sum(-1)",
    "Mean": "x.mean(-1)",
    "Max": "x.max(-1).values",
    "Min": "x.amin(0)",
    "Std": "x.std(-1)",
    "Var": "x.var(1)",
    "Prod": "x.prod(-1)",
    "LogSumExp": "x.logsumexp(-1)",
    "Norm2": "x.norm(dim=-1)",
    "Norm1": "x.abs().sum(0)",
    "ArgMax": "x.argmax(-1)",
    "ArgMin": "x.argmin(0)",
    "All": "(x > 0).all(-1)",
    "Any": "(x > 2).any(0)",
    "SumAll": "x.sum()",
    "MeanKeep": "x - x.mean(-1, keepdim=True)",
    "VarMean": "torch.var_mean(x, -1)",
    "CountNonzero": "(x > 0).sum(-1)",
    "MaxWithIndex": "x.max(0)",
}
_SCAN = {
    "CumSum": "x.cumsum(-1)",
    "CumProd": "x.cumprod(-1)",
    "CumMax": "x.cummax(-1).values",
    "LogCumSumExp": "x.logcumsumexp(-1)",
    "CumSumFlip": "x.flip(-1).cumsum(-1).flip(-1)",
}
_TWO = {
    "AddMul": "x * y + 1.5",
    "Lerp": "torch.lerp(x, y, 0.3)",
    "Hypot": "torch.hypot(x, y)",
    "Atan2": "torch.atan2(x, y)",
    "Maximum": "torch.maximum(x, y)",
    "Fmod": "torch.fmod(x, y.abs() + 1)",
    "Where": "torch.where(x > y, x, y * 2)",
    "AddCMul": "torch.addcmul(x, x, y, value=0.5)",
    "AddCDiv": "torch.addcdiv(x, x, y.abs() + 1)",
    "Clamp": "x.clamp(-1, 1) + y.clamp(min=0)",
    "CopySign": "torch.copysign(x, y)",
    "LogAddExp": "torch.logaddexp(x, y)",
    "Xlogy": "torch.xlogy(x, y.abs() + 1)",
    "Cosine": "F.cosine_similarity(x, y, dim=-1)",
    "Pairwise": "F.pairwise_distance(x, y)",
    "Cdist": "torch.cdist(x, y)",
    "SwiGLU": "F.silu(x) * y",
    "GeGLU": "F.gelu(x, approximate='tanh') * y",
    "Outer": "x[:, :, None] * y[:, None, :]",
    "Cat": "torch.cat([x.relu(), y.sigmoid()], -1)",
    "Stack": "torch.stack([x, y], 1).sum(-1)",
    "Einsum": "torch.einsum('ij,kj->ik', x, y).relu()",
    "MatmulBias": "torch.matmul(x, y.t()) + 1",
    "BroadcastSub": "(x[:, None] - y[None]).pow(2).sum(-1).sqrt()",
    "Dot": "(x * y).sum(-1).sigmoid()",
}
_SHAPE = {
    "Transpose": "x.transpose(0, 1).contiguous()",
    "Permute": "x.permute(2, 0, 1).contiguous() + 1",
    "Roll": "torch.roll(x, 2, 1)",
    "Flip": "x.flip(1)",
    "Repeat": "x.repeat(1, 2, 1)",
    "Tile": "x.tile((2, 1, 1))",
    "Pad": "F.pad(x, (1, 2, 0, 1))",
    "PadReflect": "F.pad(x, (2, 2), mode='reflect')",
    "PadReplicate": "F.pad(x, (1, 1), mode='replicate')",
    "PadCircular": "F.pad(x, (2, 1), mode='circular')",
    "Unfold": "x.unfold(-1, 4, 2).sum(-1)",
    "Diff": "x.diff(dim=-1)",
    "Tril": "x.tril()",
    "Triu": "x.triu(1)",
    "Chunk": "torch.cat(x.chunk(2, -1)[::-1], -1)",
    "Split": "sum(x.split(4, -1))",
    "Narrow": "x.narrow(-1, 2, 8).exp()",
    "Strided": "x[:, ::2, 1::3] * 2",
    "Expand": "x[:, :1].expand(-1, 8, -1) + x",
    "OneHotLike": "(x > 0).float() * x",
    "Rot90": "x.rot90(1, (1, 2))",
    "PixelUnshuffle": "F.pixel_unshuffle(x[None], 2)",
    "Diagonal": "x.diagonal(0, 1, 2).exp()",
    "MeshGrid": "sum(torch.meshgrid(x[0, 0], x[0, 1], indexing='ij'))",
    "LinSpace": "x * torch.linspace(0, 1, 16, device=x.device)",
    "Arange": "x + torch.arange(16, device=x.device)",
    "Eye": "x[:, :8, :8] + torch.eye(8, device=x.device)",
    "ScalarTensor": "x * torch.tensor(0.5)",
    "ListTensor": "x[..., :3] * torch.tensor([0.1, 0.2, 0.3], device=x.device)",
    "NewZeros": "torch.cat([x.new_zeros(4, 8, 2), x], -1)",
    "LogSoftmax": "F.log_softmax(x, -1)",
    "Softmax": "F.softmax(x, 1)",
    "Softmin": "F.softmin(x, -1)",
    "Normalize": "F.normalize(x, dim=-1)",
    "LayerNormF": "F.layer_norm(x, (16,))",
    "RmsNormF": "F.rms_norm(x, (16,))",
    "GLU": "F.glu(x, -1)",
    "Threshold": "F.threshold(x, 0.1, 20.0)",
    "ToHalf": "(x.half() * 2).float()",
    "ToInt": "(x * 10).int() // 3",
    "DtypeMix": "x + (x > 0)",
    "Bucketize": "torch.bucketize(x, torch.linspace(-1, 1, 5, device=x.device))",
    "Sort": "x.sort(-1).values",
    "TopK": "x.topk(3, -1).values",
    "Median": "x.median(-1).values",
    "Nonzero": "x.relu().sign()",
    "MaskedFill": "x.masked_fill(x > 0, -1.0)",
    "NanToNum": "x.log().nan_to_num(0.0)",
    "Interpolate": "F.interpolate(x, scale_factor=2.0, mode='linear')",
    "CumulativeNorm": "x / x.cumsum(-1).abs().add(1)",
}
_INDEX = {
    "Gather": ("x, i", "x.gather(1, i)", "8x32, i32:8x16"),
    "IndexSelect": ("x, i", "x.index_select(0, i)", "8x32, i8:16"),
    "Embedding": ("i, w", "F.embedding(i, w)", "i100:4x8, 100x32"),
    "EmbeddingBag": ("i, w", "F.embedding(i, w).mean(1)", "i100:4x8, 100x32"),
    "ScatterAdd": ("x, i", "torch.zeros(8, 32, device=x.device).scatter_add(1, i, x)", "8x16, i32:8x16"),
    "Scatter": ("x, i", "x.scatter(1, i, 1.0)", "8x32, i32:8x4"),
    "IndexAdd": ("x, i, y", "x.index_add(0, i, y)", "8x32, i8:4, 4x32"),
    "OneHot": ("i", "F.one_hot(i, 16).float() * 2", "i16:8x4"),
    "TakeAlong": ("x, i", "torch.take_along_dim(x, i, 1)", "8x32, i32:8x4"),
    "AdvancedIndex": ("x, i", "x[:, i] * 2", "8x32, i32:16"),
    "MaskedWhere": ("x, m", "torch.where(m, x, x.exp())", "8x32, b8x32"),
    "BatchMatmul": ("x, y", "torch.bmm(x, y).relu()", "4x8x16, 4x16x8"),
    "AddMM": ("b, x, y", "torch.addmm(b, x, y).tanh()", "8, 4x16, 16x8"),
    "BAddBMM": ("b, x, y", "torch.baddbmm(b, x, y) * 2", "4x8x8, 4x8x16, 4x16x8"),
    "MatVec": ("x, y", "torch.mv(x, y).sigmoid()", "8x16, 16"),
    "LinearF": ("x, w, b", "F.linear(x, w, b).relu()", "8x16, 32x16, 32"),
    "GridSample": ("x, g", "F.grid_sample(x, g.tanh(), align_corners=False)", "2x4x8x8, 2x6x6x2"),
    "GridSampleAligned": ("x, g", "F.grid_sample(x, g.tanh(), align_corners=True) + 1", "2x4x8x8, 2x6x6x2"),
    "AffineGrid": ("t", "F.affine_grid(t, (2, 3, 8, 8), align_corners=False) * 2", "2x2x3"),
}


def texts() -> Iterator[tuple[str, str]]:
    for name in _POINTWISE:
        yield function("Fn" + name.title().replace("_", ""), "x", f"F.{name}(x)", "16x64")
    for name in _UNARY:
        yield function("Math" + name.title(), "x", f"torch.{name}(x) + 1", "16x64")
    for name in _POSITIVE:
        yield function("Math" + name.title(), "x", f"torch.{name}(x.abs() + 1) * 2", "16x64")
    for name, result in _REDUCE.items():
        yield function("Reduce" + name, "x", result, "32x512")
    for name, result in _SCAN.items():
        yield function("Scan" + name, "x", result, "8x128")
    for name, result in _TWO.items():
        yield function("Two" + name, "x, y", result, "8x32, 8x32")
    for name, result in _SHAPE.items():
        yield function("Shape" + name, "x", result, "4x8x16")
    for name, (arguments, result, shapes) in _INDEX.items():
        yield function("Index" + name, arguments, result, shapes)
