"""Small PyTorch modules that need helpers from one another's files."""

from .attention import CausalAttention, CrossAttention
from .blocks import FeedForward, GatedUnit, RMSNorm
from .config import FormerConfig
from .conv import ConvBlock, SqueezeExcite, TinyResNet
from .losses import FocalLoss, SmoothedCrossEntropy
from .model import TinyFormer

__all__ = [
    "CausalAttention",
    "ConvBlock",
    "CrossAttention",
    "FeedForward",
    "FocalLoss",
    "FormerConfig",
    "GatedUnit",
    "RMSNorm",
    "SmoothedCrossEntropy",
    "SqueezeExcite",
    "TinyFormer",
    "TinyResNet",
]
