"""Losses: of single numbers, of class scores, of a language model's head, of distributions, of a policy."""

from __future__ import annotations

from triton_data.generate.templates.family import FLOATS, Choice, Family, sizes

ANY, BINARY, SIGNS = (
    "torch.randn(COUNT, dtype=DTYPE)",
    "torch.rand(COUNT, dtype=DTYPE)",
    "torch.randn(COUNT, dtype=DTYPE)",
)


def _loss(name: str, title: str, math: str, torch: str, triton: str, grad: str, target: str = ANY) -> Choice:
    texts = {"title": title, "math": math, "torch": torch, "triton": triton, "grad": grad, "target": target}
    return Choice(name, texts, ("loss",))


POINTWISE = (
    _loss("mse_loss", "Squared error", "(x_i - t_i)^2", "F.mse_loss(x, target)",
          "loss = (x - target) * (x - target)", "2.0 * (x - target)"),
    _loss("l1_loss", "Absolute error", "|x_i - t_i|", "F.l1_loss(x, target)", "loss = tl.abs(x - target)",
          "tl.where(x > target, 1.0, tl.where(x < target, -1.0, 0.0))"),
    _loss("smooth_l1_loss", "Smooth absolute error", "d^2 / 2 where |d| < 1, else |d| - 1/2, d = x_i - t_i",
          "F.smooth_l1_loss(x, target)",
          "apart = tl.abs(x - target); loss = tl.where(apart < 1.0, 0.5 * apart * apart, apart - 0.5)",
          "tl.minimum(tl.maximum(x - target, -1.0), 1.0)"),
    _loss("huber_loss", "Huber loss, delta 2", "d^2 / 2 where |d| <= 2, else 2 (|d| - 1), d = x_i - t_i",
          "F.huber_loss(x, target, delta=2.0)",
          "apart = tl.abs(x - target); loss = tl.where(apart <= 2.0, 0.5 * apart * apart, 2.0 * (apart - 1.0))",
          "tl.minimum(tl.maximum(x - target, -2.0), 2.0)"),
    _loss("bce_with_logits", "Binary cross-entropy of logits", "max(x_i, 0) - x_i t_i + log(1 + exp(-|x_i|))",
          "F.binary_cross_entropy_with_logits(x, target)",
          "loss = tl.maximum(x, 0.0) - x * target + tl.log(1.0 + tl.exp(-tl.abs(x)))", "tl.sigmoid(x) - target", BINARY),
    _loss("log_cosh_loss", "Logarithm of the hyperbolic cosine of the error", "log cosh(x_i - t_i)",
          "(F.softplus(-2.0 * torch.abs(x.float() - target.float())) + torch.abs(x.float() - target.float()) - 0.6931471805599453).mean().to(x.dtype)",
          "apart = tl.abs(x - target); loss = apart + tl.log(1.0 + tl.exp(-2.0 * apart)) - 0.6931471805599453", ""),
    _loss("poisson_nll", "Negative log-likelihood of a Poisson distribution", "exp(x_i) - t_i x_i",
          "F.poisson_nll_loss(x, target)", "loss = tl.exp(x) - target * x", "tl.exp(x) - target", BINARY),
)  # fmt: skip
WITH_GRADIENT = tuple(op for op in POINTWISE if op["grad"])

FLAT = sizes("COUNT", 1000, 1, 4099, 128, 2500, 777, 4096)
CLASSES = sizes("ROWS, CLASSES", (23, 41), (1, 3), (33, 100), (8, 512), (64, 10), (5, 777))

FAMILIES = (
    Family("pointwise_loss", 2, "loss", "medium", ("loss", "reduction", "two-stage"), ("{op}", "mean_{op}", "fused_{op}"),
           FLAT, {"op": POINTWISE, "dtype": ("float32", "float16"), "BLOCK": (128, 256, 512)}, loose=3),
    Family("loss_grad", 2, "loss", "medium", ("loss", "element-wise", "autograd"), ("{op}", "{op}_elements", "{op}_with_grad"),
           FLAT, {"op": WITH_GRADIENT, "dtype": ("float32",), "BLOCK": (128, 256, 512, 1024)},
           test="input_gradient", backward=True),
    Family("cross_entropy", 3, "loss", "hard", ("loss", "cross-entropy", "autograd"),
           ("cross_entropy", "fused_cross_entropy", "token_loss"), CLASSES,
           {"dtype": ("float32", "float16"), "smoothing": (0, 0.125, 0.25), "BLOCK": (64, 128, 256)},
           test="gradients", backward=True),
    Family("linear_cross_entropy", 3, "loss", "hard", ("loss", "cross-entropy", "matmul", "fused", "online"),
           ("linear_cross_entropy", "fused_linear_cross_entropy", "language_model_loss"),
           sizes("ROWS, WIDTH, CLASSES", (20, 24, 50), (1, 64, 130), (33, 40, 17), (16, 32, 64)),
           {"dtype": FLOATS, "BLOCK_M": (16, 32), "BLOCK_N": (16, 32), "BLOCK_K": (16, 32)}, loose=2),
    Family("kl_divergence", 3, "loss", "medium", ("loss", "distillation", "softmax", "autograd"),
           ("kl_divergence", "distillation_loss", "kl_of_scores"), CLASSES,
           {"dtype": ("float32", "float16"), "warps": (2, 4, 8)}, test="gradients", backward=True, loose=3),
    Family("js_divergence", 3, "loss", "hard", ("loss", "distillation", "softmax"),
           ("js_divergence", "jsd_loss", "generalized_jsd"), CLASSES,
           {"dtype": FLOATS, "beta": (0.25, 0.5, 0.75), "warps": (2, 4)}, loose=2),
    Family("grpo_loss", 3, "loss", "hard", ("loss", "reinforcement-learning", "policy", "autograd"), ("grpo_loss", "policy_loss", "clipped_policy_loss"),
           sizes("ROWS, TOKENS", (6, 33), (1, 100), (16, 64), (3, 257)),
           {"dtype": ("float32", "float16"), "epsilon": (0.125, 0.25), "beta": (0.0625, 0.125), "BLOCK": (32, 64, 128)},
           test="input_gradient", backward=True, loose=2),
)  # fmt: skip
