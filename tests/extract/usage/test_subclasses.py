"""Where a constructor asks for a class that only its heirs finish."""

from tests.extract.forked import extracted, forked, name_of
from triton_data.extract.source.repo import Repo
from triton_data.records import Program

NN = "import torch\nfrom torch import nn\n\n\n"
BASE = """class Backbone(nn.Module):
    def forward(self, x):
        raise NotImplementedError("Subclasses must implement the forward method.")
"""


def test_an_heir_stands_in_for_an_unfinished_class():
    files = {
        "base.py": NN + BASE,
        "heirs.py": NN
        + """from base import Backbone

class Wide(Backbone):
    def __init__(self, dim):
        super().__init__()
        self.inner = nn.Linear(dim, 7)

    def forward(self, x):
        return self.inner(x)
""",
        "net.py": NN
        + """from base import Backbone

class Net(nn.Module):
    def __init__(self, backbone: Backbone):
        super().__init__()
        self.backbone = backbone

    def forward(self, x):
        return self.backbone(x) + 1
""",
    }
    repo = Repo({path: text.encode() for path, text in files.items()})
    results = {name_of(r): r for r in extracted(repo, forked)}
    assert isinstance(results["Net"], Program) and results["Backbone"].reason == "abstract"
    assert '"backbone": Wide(dim=64)' in results["Net"].text
