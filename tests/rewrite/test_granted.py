"""A file refuses what it was not written for: other arguments of the constructor or the call; and only that.

Small programs of each kind are captured once, in one process of their own.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys

import pytest

from triton_data.rewrite import granted
from triton_data.verify.bench.bench import open_bench
from triton_data.verify.judge.pair import verify_texts

HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n"
PROGRAMS = {
    "Pool": (
        """
class Pool(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0, unused=7):
        super().__init__()
        self.pool = nn.MaxPool1d(kernel_size, stride, padding)
    def forward(self, x):
        return self.pool(x)
""",
        "[torch.randn(2, 3, 24)]",
        "[3, 2, 1]",
    ),
    "Norm": (
        """
class Norm(nn.Module):
    def __init__(self, features, groups, eps=1e-5):
        super().__init__()
        self.linear = nn.Linear(features, features)
        self.norm = nn.GroupNorm(groups, features, eps)
    def forward(self, x):
        return F.leaky_relu(self.norm(self.linear(x)), 0.1)
""",
        "[torch.randn(4, 16)]",
        "[16, 4]",
    ),
    "Layers": (
        """
class Layers(nn.Module):
    def __init__(self, width, depth, act="relu", theta=10.0):
        super().__init__()
        self.layers = nn.ModuleList([nn.LayerNorm(width) for _ in range(depth)])
        self.act = nn.ReLU() if act == "relu" else nn.GELU()
        self.register_buffer("angles", theta ** torch.arange(1.0, 3.0))
    def forward(self, x):
        for layer in self.layers:
            x = self.act(layer(x))
        return x * self.angles[0]
""",
        "[torch.randn(4, 16)]",
        "[16, 2]",
    ),
    "Heir": (
        """
class Base(nn.Module):
    def __init__(self, slope, *, scale=2.0):
        super().__init__()
        self.slope, self.scale = slope, scale
class Heir(Base):
    def forward(self, x, power=2, mask=None):
        x = F.leaky_relu(x, self.slope) * self.scale
        return x ** power if mask is None else x * mask
""",
        "[torch.randn(4, 16)]",
        "[0.2]",
    ),
    "Configured": (
        """
from types import SimpleNamespace
class Configured(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.heads = config.heads
        self.linear = nn.Linear(config.width, config.width, bias=False)
    def forward(self, x):
        return torch.softmax(self.linear(x).view(x.shape[0], self.heads, -1), -1)
""",
        "[torch.randn(4, 16)]",
        "[SimpleNamespace(width=16, heads=4)]",
    ),
}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    programs = {name: reference(name) for name in PROGRAMS}
    script = f"""
import json
from triton_data.capture.headless.capture import capture_program
from triton_data.records import Origin, Program
from triton_data.rewrite.rewrite import rewrite
made = {{}}
for entry, text in {programs!r}.items():
    program = Program(entry, text, "given", Origin("given"))
    pair = rewrite(program, capture_program(program))
    made[entry] = getattr(pair, "text", repr(pair))
print(json.dumps(made))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return made


def reference(name: str) -> str:
    text, inputs, init = PROGRAMS[name]
    return f"{HEAD}{text}\ndef get_inputs():\n    return {inputs}\n\ndef get_init_inputs():\n    return {init}\n"


def said(text: str, function: str) -> list[str]:
    """What the assertions of the last function of that name compare, in their messages."""
    found = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef) and n.name == function]
    asserts = [n for n in ast.walk(found[-1]) if isinstance(n, ast.Assert) and isinstance(n.msg, ast.Constant)]
    return [str(each.msg.value) for each in asserts if isinstance(each.msg, ast.Constant)]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Pool", ["written for kernel_size=3, stride=2, padding=1"]),
        ("Norm", ["written for groups=4, eps=1e-05"]),
        ("Layers", ["written for depth=2, act='relu'"]),
        ("Heir", ["written for slope=0.2, scale=2.0"]),
        ("Configured", ["written for config.heads=4"]),
    ],
)
def test_what_numbers_of_the_kernels_come_from_is_asserted_and_sizes_are_free(
    name: str, wanted: list[str], texts: dict[str, str]
) -> None:
    assert said(texts[name], "__init__") == wanted


def test_arguments_of_the_call_that_are_no_tensors_are_asserted(texts: dict[str, str]) -> None:
    assert said(texts["Heir"], "forward") == ["written for mask=None, power=2"]


def test_such_a_file_refuses_in_one_line(texts: dict[str, str]) -> None:
    assert "assert (kernel_size, stride, padding) == (3, 2, 1), " in texts["Pool"]
    space = _module(texts["Heir"])
    with pytest.raises(AssertionError, match=r"written for slope=0\.2, scale=2\.0"):
        space["HeirNew"](0.2, scale=3.0)
    space["HeirNew"](0.2, scale=2.0)


def _module(text: str) -> dict[str, type]:
    """Its classes alone: kernels need a file to be read from."""
    tree = ast.parse(text)
    kept = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom | ast.ClassDef)]
    space: dict[str, type] = {}
    exec(compile(ast.Module(list[ast.stmt](kept), []), "file", "exec"), space)
    return space


def test_long_lists_are_several_lines() -> None:
    lines = list(granted.assertions([f"argument_{i} == {i}" for i in range(9)]))
    assert len(lines) > 1 and all(len(line) <= granted.WIDEST for line in lines)


def test_the_judge_finds_that_it_refuses_other_arguments_and_is_right_with_its_own(texts: dict[str, str]) -> None:
    with open_bench("cpu", False) as bench:
        found = verify_texts(reference("Pool"), texts["Pool"], bench=bench, captured=True)
    assert found.passed, found
    checks = dict(found.checks)
    assert checks["other sizes"] == "refused" and "refused with stride=3" in checks["other arguments"]
