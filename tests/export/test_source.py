"""What a row says that it needs."""

import pytest

from triton_data.export.source import required

TEXT = "import torch, yaml\nfrom einops.layers import x\nimport os\n"


@pytest.mark.parametrize(
    ("pins", "wanted"),
    [
        ((), ["einops", "torch", "yaml"]),
        (("einops==0.8.2",), ["einops==0.8.2", "torch", "yaml"]),
        (("PyYAML==6.0", "einops==0.8.2"), ["PyYAML==6.0", "einops==0.8.2", "torch"]),
        (("timm==1.0",), ["einops", "torch", "yaml"]),  # installed for another part of its repository
    ],
)
def test_what_was_installed_is_pinned_and_the_rest_is_named(pins: tuple[str, ...], wanted: list[str]) -> None:
    assert required(TEXT, pins) == wanted
