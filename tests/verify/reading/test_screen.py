"""What looks suspicious, and what only stands in the same file."""

from __future__ import annotations

import pytest

from triton_data.verify.reading.screen import suspicious

HONEST = """
import re
import time
import operator
import importlib
import torch
import gc



def newer(package, than):
    found = importlib.import_module(package).__version__
    return operator.ge(tuple(map(int, re.findall(r"\\d+", found)[:2])), than)


NEW = newer("torch", (2, 0))


class ModelNew(torch.nn.Module):
    def __init__(self):
        super().__init__()
        for module in self.modules():
            module.training = True

    def forward(self, x):
        return launch(x)

    def extra_repr(self):
        return self.__class__.__name__


def launch(x):
    return x


def benchmark():
    gc.collect()
    started = time.time()
    return launch(torch.ones(3)).tolist(), time.time() - started


if __name__ == "__main__":
    print(globals(), benchmark())
"""


def test_benchmarks_and_unused_imports_are_nobodys_concern() -> None:
    assert suspicious(HONEST, "ModelNew") == ""


USED = {
    "by the entry": ("return launch(x)", "return benchmark()"),
    "by what it calls": ("return x\n", "return benchmark(x)\n"),
    "as an attribute": ("return launch(x)", "return self.of[0].benchmark"),
    "by its name": ("return launch(x)", "return self.of['benchmark']"),
    "while importing": ("def launch(x):", "LATER = benchmark()\n\n\ndef launch(x):"),
    "as a default": ("def launch(x):", "def launch(x, y=benchmark()):"),
    "by a decorator": ("def benchmark", "@torch.no_grad()\ndef benchmark"),
    "in another guard": ('if __name__ == "__main__":', 'if __name__ != "__main__":'),
    "in the guard's other half": ("    print(globals(), benchmark())\n", "    pass\nelse:\n    benchmark()\n"),
    "a clock in a call": ("return launch(x)", "return launch(x) if time.time() else x"),
    "a module by its name": ("return launch(x)", "return importlib.import_module('math').sqrt(x)"),
    "a module that nobody needs": ("def launch(x)", "C = importlib.import_module('ctypes')\n\n\ndef launch(x)"),
    "a loop over attributes": ("return launch(x)", "return operator.attrgetter('a.b')(x)"),
}


@pytest.mark.parametrize("how", USED)
def test_what_can_run_is_looked_at(how: str) -> None:
    old, new = USED[how]
    assert HONEST.count(old) >= 1
    assert suspicious(HONEST.replace(old, new, 1), "ModelNew") != ""
