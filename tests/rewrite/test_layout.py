"""Views of a buffer as people write them, each evaluated against what Inductor means."""

import ast

import pytest
import torch

from triton_data.rewrite.host.layout import Layout, Layouts


@pytest.mark.parametrize(
    ("has", "wanted"),
    [((1, 1), ()), ((), (1,)), ((4, 6), (24,)), ((24,), (2, 3, 4)), ((5, 1), (5,))],
)
def test_a_view_has_the_wanted_shape(has: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    def parsed(size: tuple[int, ...]) -> tuple[ast.expr, ast.expr]:
        strides = torch.empty(size).stride()
        return ast.parse(repr(size), mode="eval").body, ast.parse(repr(strides), mode="eval").body

    layouts = Layouts()
    layouts.learn("buf0", *parsed(has))
    text = layouts.view(ast.Name("buf0"), "buf0", Layout(*parsed(wanted)), "0")
    assert text is not None
    assert eval(text, {"buf0": torch.arange(float(torch.empty(has).numel())).reshape(has)}).shape == wanted
