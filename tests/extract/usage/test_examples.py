"""Which examples are run, and when."""

from tests.extract.forked import extracted, forked
from triton_data.extract.source.repo import Repo
from triton_data.extract.usage import examples
from triton_data.extract.usage.examples import Examples
from triton_data.extract.wire import FailedAt, Failure, ObserveUsage, Reply, UsageSeen
from triton_data.records import Program

HEAD = "import torch\nfrom torch import nn\n"
FUNCTION = '\n\ndef helper{n}(x):\n    """\n    >>> helper{n}(torch.ones({n}))\n    """\n    return x\n'
NET = '''

class Net(nn.Module):
    """
    >>> net = Net((("a", 5), ("b", 7)))
    >>> net(torch.zeros(3, 5), torch.zeros(3, 7))
    """

    def __init__(self, table):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(size, 2) for key, size in table)

    def forward(self, *parts):
        return sum(layer(part) for layer, part in zip(self.layers, parts, strict=True))
'''


def test_the_example_of_a_class_is_run_however_many_come_before_it(monkeypatch):
    monkeypatch.setattr(examples, "AT_FIRST", 2)
    others = "".join(f"\n\nclass Net{n}(nn.Module):{DOC.format(n=n)}" for n in range(3))
    (net,) = [r for r in extracted({"net.py": HEAD + others + NET}, forked)
              if isinstance(r, Program) and r.entry == "Net"]  # fmt: skip
    assert net.inputs_from == "usage" and "('b', 7)" in net.text


DOC = '\n    """\n    >>> Net{n}()(torch.zeros({n}))\n    """\n\n    def forward(self, x):\n        return x + 1\n'


def test_examples_without_a_class_wait_where_there_are_too_many(monkeypatch):
    text = HEAD + "".join(FUNCTION.format(n=n) for n in range(4)) + NET
    monkeypatch.setattr(examples, "AT_FIRST", 3)
    few = Examples(Repo({"net.py": text.encode()}))
    assert "Net(" in few.first()[0].text
    assert few.first() == [] and few.naming("Net") == []
    monkeypatch.setattr(examples, "AT_FIRST", 80)
    assert "helper0" in Examples(Repo({"net.py": text.encode()})).first()[0].text


def test_after_a_slow_example_the_others_get_less_time():
    asked = []

    def slow(request):
        if not isinstance(request, ObserveUsage):
            return Reply(Failure(FailedAt.FORWARD, "no"))
        asked.append(request.seconds)
        return Reply(UsageSeen({}, "TooSlow: more than 15.0 s", too_slow=True), 15.0)

    blocks = "".join(f"```python\nfrom net import Net\nNet()({n})\n```\n" for n in range(5))
    text = (
        "import torch\nfrom torch import nn\n\n\nclass Net(nn.Module):\n    def forward(self, x):\n        return x\n"
    )
    list(extracted({"README.md": blocks, "net.py": text}, slow))
    assert asked == [15.0, 7.5, 3.75, 3.0, 3.0]
