"""The operators that modules are written for, by class. Add yours: a line in a list is all that the generator needs.

Nothing is imported here. What `model_name=offline` cannot place it leaves out (offline/).
"""

core_operators = [
    "nn.Linear",
    "nn.Conv1d",
    "nn.Conv2d",
    "nn.Conv3d",
    "nn.ConvTranspose1d",
    "nn.ConvTranspose2d",
    "nn.ConvTranspose3d",
    "torch.matmul",
]

compound_operators = [
    "nn.MultiheadAttention",
    "F.scaled_dot_product_attention",
    "nn.TransformerEncoderLayer",
    "nn.GRUCell",
    "nn.Bilinear",
    "torch.einsum",
]

activations = [
    "nn.ReLU", "nn.LeakyReLU", "nn.ELU", "nn.SELU", "nn.CELU", "nn.GELU", "nn.SiLU", "nn.Mish", "nn.Sigmoid",
    "nn.Tanh", "nn.Softplus", "nn.Softsign", "nn.Hardtanh", "nn.Hardswish", "nn.Hardsigmoid", "nn.LogSigmoid",
    "nn.Tanhshrink", "nn.Softshrink", "nn.Hardshrink", "nn.PReLU", "nn.ReLU6", "nn.GLU", "nn.Threshold",
]  # fmt: skip
elementwise = [
    "torch.add", "torch.sub", "torch.mul", "torch.div", "torch.maximum", "torch.minimum", "torch.clamp", "torch.abs",
    "torch.exp", "torch.sin", "torch.cos", "torch.square", "torch.sqrt", "torch.rsqrt", "torch.where", "torch.lerp",
    "torch.pow", "torch.log1p",
]  # fmt: skip
normalizations = [
    "nn.LayerNorm", "nn.BatchNorm1d", "nn.BatchNorm2d", "nn.BatchNorm3d", "nn.GroupNorm", "nn.InstanceNorm1d",
    "nn.InstanceNorm2d", "nn.InstanceNorm3d", "nn.RMSNorm", "F.normalize", "nn.LocalResponseNorm",
]  # fmt: skip
pooling = [
    "nn.MaxPool1d", "nn.MaxPool2d", "nn.MaxPool3d", "nn.AvgPool1d", "nn.AvgPool2d", "nn.AvgPool3d",
    "nn.AdaptiveAvgPool1d", "nn.AdaptiveAvgPool2d", "nn.AdaptiveMaxPool2d", "nn.LPPool2d",
]  # fmt: skip
reductions = [
    "torch.sum", "torch.mean", "torch.amax", "torch.amin", "torch.logsumexp", "torch.var", "torch.std", "torch.cumsum",
    "F.softmax", "F.log_softmax", "torch.linalg.vector_norm", "torch.argmax",
]  # fmt: skip
shapes = [
    "torch.flatten", "torch.reshape", "torch.transpose", "torch.permute", "torch.cat", "torch.stack", "torch.chunk",
    "torch.flip", "torch.roll", "torch.unsqueeze", "torch.tril",
]  # fmt: skip
channels_and_padding = [
    "nn.PixelShuffle", "nn.PixelUnshuffle", "nn.ChannelShuffle", "nn.ZeroPad2d", "nn.ReflectionPad1d",
    "nn.ReplicationPad2d", "nn.Upsample",
]  # fmt: skip
regularization = ["nn.Dropout", "nn.Dropout2d"]  # they do nothing in inference, and something in training

supporting_operators = [
    *activations,
    *elementwise,
    *normalizations,
    *pooling,
    *reductions,
    *shapes,
    *channels_and_padding,
    *regularization,
]

CLASSES = {"core": core_operators, "compound": compound_operators, "supporting": supporting_operators}
