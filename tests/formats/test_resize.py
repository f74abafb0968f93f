"""The same program at other sizes, as text."""

from __future__ import annotations

from triton_data.formats import vary_sizes
from triton_data.formats.resize import meant, shrunk, shrunk_first, shrunk_inputs, shrunk_singly, sizes, varied

TEXT = """
import torch

batch = 4096
DIM = 1000
unrelated = 77


class Model(torch.nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.linear = torch.nn.Linear(dim, 3)


def get_inputs():
    return [torch.randn(batch, DIM), torch.randint(0, 3, (batch,))]


def get_init_inputs():
    return [1000]
"""


def test_sizes_are_divided_together_wherever_they_are_spelled() -> None:
    first = next(iter(shrunk(TEXT)))
    assert dict(first.changes) == {4096: 1024, 1000: 240}
    assert "batch = 1024\nDIM = 240\nunrelated = 77" in first.text
    assert "return [240]" in first.text
    assert "(dim, 3)" in first.text, "the class is left alone"


def test_what_the_constructor_is_given_may_stay() -> None:
    text = TEXT.replace("return [1000]", "return [DIM]")
    assert [dict(each.changes) for each in shrunk_inputs(text)][:2] == [{4096: 16}, {4096: 64}]
    assert list(shrunk_inputs(text.partition("def get_init")[0])) == [], "then all of them are the inputs'"


def test_equal_sizes_of_several_places_are_made_smaller_one_after_the_other() -> None:
    text = "BATCH = 4096\nWIDTH = 4096\n\n\ndef get_inputs():\n    return [torch.rand(BATCH, WIDTH, 8)]\n"
    found = {each.text.partition("\n\n")[0]: each.changes for each in shrunk_first(text)}
    assert found["BATCH = 16\nWIDTH = 4096"] == ((4096, 16),)
    assert found["BATCH = 2\nWIDTH = 2"] == ((4096, 2), (4096, 2))
    assert "BATCH = 4096\nWIDTH = 16" not in found


def test_other_sizes_are_odd_and_come_one_by_one_too() -> None:
    every = list(varied(TEXT))
    assert dict(every[0].changes) == {4096: 4095, 1000: 999}
    assert {resized.changes for resized in every[1:]} >= {((4096, 4095),), ((1000, 1001),)}
    assert all(compile(resized.text, "resized", "exec") for resized in every)


def test_a_text_without_sizes_has_no_other_sizes() -> None:
    assert list(varied("def get_inputs():\n    return [X]\n")) == []


def test_sizes_named_together_or_with_a_type_are_sizes_too() -> None:
    text = "ROWS, COLS = 12, 100\nDEPTH: int = 7\n\n\ndef get_inputs():\n    return [torch.randn(ROWS, COLS, DEPTH)]\n"
    changed = next(iter(varied(text))).text
    assert "ROWS, COLS = 11, 99\nDEPTH: int = 6" in changed


def test_a_function_that_names_a_size_means_it() -> None:
    text = "def steps(x):\n    return sum(x[i] for i in range(9))\n\n\ndef get_inputs():\n    return [make(9, 70)]\n"
    kept = [dict(each.changes) for each in varied(text) if meant(text, "steps", each.changes)]
    assert kept == [{70: 69}, {70: 71}]
    assert all(meant(TEXT, "Model", each.changes) for each in varied(TEXT)), "a class takes its sizes as arguments"
    inputs = "def get_inputs():\n    return [make(9, 70), torch.tensor([3, 8])]\n"
    table = f"def take(x, at):\n    return x[at]\n\n\n{inputs}"
    assert not any(meant(table, "take", each.changes) for each in varied(table))


def test_one_size_alone_is_shrunk_the_first_that_is_named_first() -> None:
    text = "import torch\nROWS, COLS = 32768, 4096\ndef get_inputs():\n    return [torch.rand(ROWS, COLS)]\n"
    assert [str(way) for way in shrunk_singly(text)] == ["32768 as 16", "4096 as 16"]
    first = next(shrunk_singly(text)).text
    assert "ROWS, COLS = 16, 4096" in first


def test_numbers_in_a_table_are_no_sizes() -> None:
    text = "import torch\n\n\ndef get_inputs():\n    return [torch.randn(30), torch.tensor([0, 4, 26])]\n"
    assert sizes(text) == [30]
    assert all("[0, 4, 26]" in one.resized.text for one in vary_sizes.plan(text))
