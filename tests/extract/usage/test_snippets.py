"""What a file does with a class when it runs is evidence for that class, in and outside of a `__main__` block."""

from typing import Any

import pytest

from tests.extract.forked import extracted, forked
from triton_data.extract.source.repo import Repo
from triton_data.extract.usage.snippets import snippets
from triton_data.records import Program

NET = """import torch
from torch import nn

WIDTH = 17


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.inner = nn.Linear(width, 3)

    def forward(self, x):
        return self.inner(x)
"""
USED = {
    "in its own file": {"net.py": f"{NET}\n\nnet = Net(WIDTH); print(net(torch.randn(5, WIDTH)))\n"},
    "in its own __main__": {
        "net.py": f"{NET}\n\nif __name__ == '__main__':\n    net = Net(WIDTH)\n    net(torch.randn(5, WIDTH))\n"
    },
    "through star imports": {
        "net.py": NET,
        "use.py": "from net import *\nif __name__ == '__main__':\n    Net(WIDTH)(torch.randn(5, WIDTH))\n",
    },
    "in another file, between definitions": {
        "lib/net.py": NET,
        "use.py": "import torch\n\nROWS = 5\nfrom lib.net import Net, WIDTH\n\nnet = Net(\n    WIDTH,\n)\n\n\n"
        "def inputs():\n    return torch.randn(ROWS, WIDTH)\n\n\nfor _ in range(2):\n    net(inputs())\n",
    },
    "as an attribute of its module": {
        "lib/net.py": NET,
        "use.py": "import torch\nimport lib.net as b\n\nwith torch.no_grad():\n    b.Net(17)(torch.ones(5, 17))\n",
    },
    "in a script whose name is no identifier": {
        "net.py": NET,
        "01-demo.py": "import torch\nfrom net import *\n\nif __name__ == '__main__':\n    Net(17)(torch.ones(5, 17))\n",
    },
}


@pytest.mark.parametrize("files", USED.values(), ids=USED)
def test_what_a_file_does_is_usage(files):
    repo = Repo({path: text.encode() for path, text in files.items()})
    (made,) = extracted(repo, forked)
    assert isinstance(made, Program), made
    assert made.inputs_from == "usage"
    namespace: dict[str, Any] = {"__name__": "alone"}
    exec(made.text, namespace)
    assert [tuple(each.shape) for each in namespace["get_inputs"]()] == [(5, 17)]


@pytest.mark.parametrize("statement", ["table = dict(a=1)", "helper(3)", "torch.manual_seed(0)", "Net", "Other()"])
def test_a_file_that_constructs_nothing_is_no_usage(statement):
    other = "\n\nclass Other:\n    pass\n\n\ndef helper(x):\n    return Net(x)\n\n\n"
    assert not list(snippets(Repo({"net.py": f"{NET}{other}{statement}\n".encode()})))
