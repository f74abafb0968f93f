"""Loss functions: each a module of two inputs, reduced by mean unless it says otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from modules.form import function, layer

_REGRESSION = (
    "MSELoss() L1Loss() SmoothL1Loss() HuberLoss(delta=0.5) MSELoss(reduction='sum') L1Loss(reduction='none') "
    "SoftMarginLoss() BCEWithLogitsLoss() KLDivLoss(reduction='batchmean') PoissonNLLLoss() MultiLabelSoftMarginLoss()"
)
_CLASSIFICATION = (
    ("CrossEntropy", "nn.CrossEntropyLoss()", "16x10, i10:16"),
    ("CrossEntropySmooth", "nn.CrossEntropyLoss(label_smoothing=0.1)", "16x10, i10:16"),
    ("CrossEntropyLarge", "nn.CrossEntropyLoss()", "8x5000, i5000:8"),
    ("CrossEntropy2d", "nn.CrossEntropyLoss()", "2x5x6x6, i5:2x6x6"),
    ("CrossEntropyNone", "nn.CrossEntropyLoss(reduction='none')", "16x10, i10:16"),
    ("CrossEntropySoft", "nn.CrossEntropyLoss()", "16x10, 16x10"),
    ("Nll", "nn.NLLLoss()", "16x10, i10:16"),
    ("MultiMargin", "nn.MultiMarginLoss()", "16x10, i10:16"),
    ("Triplet", "nn.TripletMarginLoss()", "8x32, 8x32, 8x32"),
    ("GaussianNll", "nn.GaussianNLLLoss()", "8x4, 8x4, 8x4", "self.layer(x0, x1, x2.abs() + 0.1)"),
    ("CosineEmbedding", "nn.CosineEmbeddingLoss()", "8x32, 8x32, 8", "self.layer(x0, x1, x2.sign())"),
    ("MarginRanking", "nn.MarginRankingLoss()", "8, 8, 8", "self.layer(x0, x1, x2.sign())"),
    ("HingeEmbedding", "nn.HingeEmbeddingLoss()", "8x4, 8x4", "self.layer(x0, x1.sign())"),
    ("Bce", "nn.BCELoss()", "8x4, 8x4", "self.layer(x0.sigmoid(), x1.sigmoid())"),
)
_OWN = {
    "Dice": "1 - (2 * (x.sigmoid() * y.sigmoid()).sum() + 1) / (x.sigmoid().sum() + y.sigmoid().sum() + 1)",
    "Focal": "(F.binary_cross_entropy_with_logits(x, y.sigmoid(), reduction='none') * (1 - x.sigmoid()) ** 2).mean()",
    "Charbonnier": "((x - y) ** 2 + 1e-6).sqrt().mean()",
    "Hinge": "(1 - x * y.sign()).clamp(min=0).mean()",
    "Distill": "F.kl_div(F.log_softmax(x / 2, -1), F.softmax(y / 2, -1), reduction='batchmean') * 4",
    "Contrastive": "F.cross_entropy(F.normalize(x, dim=-1) @ F.normalize(y, dim=-1).t() / 0.07, "
    "torch.arange(8, device=x.device))",
}


def texts() -> Iterator[tuple[str, str]]:
    for index, init in enumerate(_REGRESSION.split()):
        yield layer(f"Loss{init.split('(')[0].removesuffix('Loss')}{index}", "nn." + init, "16x32, 16x32")
    for name, init, shapes, *wrap in _CLASSIFICATION:
        yield layer("Loss" + name, init, shapes, *(text.replace("{", "{{") for text in wrap))
    for name, result in _OWN.items():
        yield function("Loss" + name, "x, y", result, "8x32, 8x32")
