"""Convolutions: sizes, groups, dilation, transposed, one to three dimensions, both memory formats."""

from __future__ import annotations

from collections.abc import Iterator

from modules.form import layer, module

_PLAIN = (
    ("Conv1d", "nn.Conv1d(8, 16, 3, padding=1)", "4x8x32"),
    ("Conv1dStride", "nn.Conv1d(8, 16, 5, stride=2)", "4x8x32"),
    ("Conv1dDilated", "nn.Conv1d(8, 8, 3, dilation=2, groups=8)", "4x8x32"),
    ("Conv2d", "nn.Conv2d(3, 16, 3, padding=1)", "2x3x16x16"),
    ("Conv2dNoBias", "nn.Conv2d(8, 16, 3, bias=False)", "2x8x16x16"),
    ("Conv2dPoint", "nn.Conv2d(8, 16, 1)", "2x8x16x16"),
    ("Conv2dStride", "nn.Conv2d(8, 16, 3, stride=2, padding=1)", "2x8x16x16"),
    ("Conv2dDilated", "nn.Conv2d(8, 16, 3, dilation=2, padding=2)", "2x8x16x16"),
    ("Conv2dGroups", "nn.Conv2d(8, 16, 3, groups=2)", "2x8x16x16"),
    ("Conv2dDepthwise", "nn.Conv2d(8, 8, 3, padding=1, groups=8)", "2x8x16x16"),
    ("Conv2dDepthwiseDouble", "nn.Conv2d(8, 16, 3, padding=1, groups=8)", "2x8x16x16"),
    ("Conv2dSame", "nn.Conv2d(4, 8, 4, padding='same')", "2x4x15x15"),
    ("Conv2dReflect", "nn.Conv2d(4, 8, 3, padding=1, padding_mode='reflect')", "2x4x12x12"),
    ("Conv2dAsymmetric", "nn.Conv2d(4, 8, (1, 7), padding=(0, 3))", "2x4x12x12"),
    ("Conv2dPatch", "nn.Conv2d(3, 32, 8, stride=8)", "2x3x32x32"),
    ("Conv3d", "nn.Conv3d(2, 4, 3, padding=1)", "1x2x8x8x8"),
    ("ConvTranspose1d", "nn.ConvTranspose1d(8, 4, 4, stride=2)", "2x8x16"),
    ("ConvTranspose2d", "nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1)", "2x8x8x8"),
    ("ConvTranspose2dGroups", "nn.ConvTranspose2d(8, 8, 3, groups=4)", "2x8x8x8"),
    ("ConvTranspose3d", "nn.ConvTranspose3d(4, 2, 2, stride=2)", "1x4x4x4x4"),
)
_BLOCKS = (
    ("ConvBnRelu", "nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU()"),
    ("ConvBnReluInplace", "nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.MaxPool2d(2)"),
    ("ConvGelu", "nn.Conv2d(3, 8, 3), nn.GELU(), nn.Conv2d(8, 8, 1)"),
    ("ConvGroupNorm", "nn.Conv2d(3, 8, 3), nn.GroupNorm(2, 8), nn.SiLU()"),
    ("ConvPool", "nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AvgPool2d(2), nn.Dropout2d(0.1)"),
    ("ConvUp", "nn.Conv2d(3, 8, 3), nn.Upsample(scale_factor=2), nn.Sigmoid()"),
    ("ConvShuffle", "nn.Conv2d(3, 16, 3, padding=1), nn.PixelShuffle(2), nn.Tanh()"),
    ("ConvInstance", "nn.ReflectionPad2d(1), nn.Conv2d(3, 8, 3), nn.InstanceNorm2d(8), nn.LeakyReLU(0.2)"),
    ("SeparableConv", "nn.Conv2d(3, 3, 3, groups=3, padding=1), nn.Conv2d(3, 8, 1), nn.BatchNorm2d(8), nn.ReLU6()"),
    ("ConvHead", "nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10)"),
    ("ConvBnTwice", "nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.BatchNorm2d(8)"),
    ("ConvTransposeNorm", "nn.ConvTranspose2d(3, 8, 4, 2, 1), nn.BatchNorm2d(8), nn.ReLU()"),
)


def texts() -> Iterator[tuple[str, str]]:
    for name, init, shapes in _PLAIN:
        yield layer(name, f"nn.Sequential({init}, nn.ReLU())", shapes)
    for name, layers in _BLOCKS:
        yield layer(name, f"nn.Sequential({layers})", "2x3x18x18")
        yield module(
            name + "ChannelsLast",
            f"self.layers = nn.Sequential({layers}).to(memory_format=torch.channels_last)",
            "return self.layers(x.to(memory_format=torch.channels_last))",
            "2x3x18x18",
        )
    for name, init, shapes in _PLAIN[3:14]:
        yield module(
            name + "InputChannelsLast",
            f"self.conv = {init}",
            "return self.conv(x.contiguous(memory_format=torch.channels_last)).relu()",
            shapes,
        )
