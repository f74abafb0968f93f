"""A notebook is a file like any other: its classes are found, and what its cells do is usage."""

import json

import pytest

from tests.extract.forked import extracted, forked
from triton_data.extract.source.notebooks import Unreadable, python_of
from triton_data.records import Drop, Program

NET = """import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.inner = nn.Linear(width, 3)

    def forward(self, x):
        return self.inner(x)"""
USED = "model = Net(17)\nmodel(torch.randn(5, 17))"


def notebook(*cells):
    made = [{"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": []} for cell in cells]
    return json.dumps(
        {"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "class Not(nn.Module): pass"}, *made]}
    )


@pytest.mark.parametrize(
    "files",
    [
        {"Walk through.ipynb": notebook("!pip install net\n%matplotlib inline", NET, "Net?")},
        {"nb/first.ipynb": notebook("files = !ls\n%cd ..", NET, "%%bash\nls && echo", USED)},
        {"lib/net.py": NET, "nb/use.ipynb": notebook("%%time\nimport torch\nfrom lib.net import Net", USED)},
    ],
)
def test_classes_and_usage_in_notebooks(files):
    (made,) = extracted(files, forked)
    assert isinstance(made, Program) and made.entry == "Net"
    used = any(
        USED.splitlines()[0] in json.loads(text)["cells"][-1]["source"][0]
        for path, text in files.items()
        if path.endswith("ipynb")
    )
    assert (made.inputs_from == "usage" and "torch.randn(5, 17)" in made.text) == used


def test_only_what_is_no_python_is_left_out():
    cells = ["%%bash\nls", "x = 1\n  %time y = 2", "if x:\n    !ls\nz = [v\n% 2]", 'text = """\n%d\n"""', "print 'two'"]
    assert python_of(notebook(*cells).encode()).decode().split("\n\n") == [
        "# %%bash\n# ls", "# x = 1\n#   %time y = 2", "# if x:\n#     !ls\n# z = [v\n# % 2]", cells[3], "# print 'two'"
    ]  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"nn.Module", b"[]", b'{"cells": 3}', b"\xff", b"[" * 100_000])
def test_what_is_no_notebook_is_a_counted_drop(data):
    with pytest.raises(Unreadable):
        python_of(data)
    (drop,) = extracted({"nb.ipynb": data + b"\n# import torch; class Net(nn.Module):"})
    assert isinstance(drop, Drop) and drop.reason == "syntax"
