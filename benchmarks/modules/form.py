"""The three forms of a zoo program: a layer that exists, a function of one expression, a module with a body."""

from __future__ import annotations

import textwrap


def inputs(shapes: str) -> str:
    """'8x16, i8:4x4, b4x4' → tensors: floats by default, iN: integers below N, b: booleans."""
    parts = []
    for part in filter(None, (piece.strip() for piece in shapes.split(","))):
        kind, _, sizes = part.rpartition(":")
        shape = ", ".join(sizes.lstrip("b").split("x"))
        if kind.startswith("i"):
            parts.append(f"torch.randint(0, {kind[1:]}, ({shape},))")
        elif sizes.startswith("b"):
            parts.append(f"torch.rand({shape}) > 0.5")
        else:
            parts.append(f"torch.randn({shape})")
    return f"[{', '.join(parts)}]"


def layer(name: str, init: str, shapes: str, wrap: str = "{}") -> tuple[str, str]:
    given = inputs(shapes)
    names = ", ".join(f"x{index}" for index in range(given.count("torch.")))
    return name, (
        f"class {name}(nn.Module):\n"
        f"    def __init__(self):\n        super().__init__()\n        self.layer = {init}\n\n"
        f"    def forward(self, {names}):\n        return {wrap.format(f'self.layer({names})')}\n\n\n"
        f"def get_inputs():\n    return {given}\n\n\ndef get_init_inputs():\n    return []\n"
    )


def function(name: str, arguments: str, result: str, shapes: str) -> tuple[str, str]:
    return name, (
        f"def {name}({arguments}):\n    return {result}\n\n\ndef get_inputs():\n    return {inputs(shapes)}\n"
    )


def module(name: str, init: str, forward: str, shapes: str, arguments: str = "x") -> tuple[str, str]:
    body = textwrap.indent(textwrap.dedent(init).strip(), " " * 8)
    steps = textwrap.indent(textwrap.dedent(forward).strip(), " " * 8)
    return name, (
        f"class {name}(nn.Module):\n"
        f"    def __init__(self):\n        super().__init__()\n{body}\n\n"
        f"    def forward(self, {arguments}):\n{steps}\n\n\n"
        f"def get_inputs():\n    return {inputs(shapes)}\n\n\ndef get_init_inputs():\n    return []\n"
    )
