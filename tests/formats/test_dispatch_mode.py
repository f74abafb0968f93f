"""Modes and fake tensors without Dynamo, and as torch's own are once it is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys, torch
from triton_data.verify.jailed import cuda_on_cpu, operations
from triton_data.verify.jailed.meaning import memory_estimate
from triton_data.verify.compare import numbers

def loaded():
    return [name for name in ("sympy", "torch._dynamo", "torch._dynamo.config") if name in sys.modules]

with cuda_on_cpu.redirected(), operations.Operations() as seen:
    torch.randn(2, device="cuda").add_(1)
wrong = numbers.compare(numbers.Expected(torch.ones(2, 3), torch.ones(2, 3).double()), torch.eye(2, 3))
assert "element [0, 1]" in wrong.detail, wrong
assert not loaded(), loaded()
text = "import torch\\nModel = torch.nn.Linear\\ndef get_inputs(): return [torch.randn(2, 4099)]\\n"
size = memory_estimate.of(text + "def get_init_inputs(): return [4099, 4099]\\n", "Model")
fails = text.replace("randn(2", "nonsense(2") + "def get_init_inputs(): return [4099, 4099]\\n"
assert memory_estimate.of(fails, "Model") == 0
print(seen.names(), size > 4 * 4099 * 4099, loaded())

needs = "from torch._dynamo import config, utils\\n" + text + "def get_init_inputs(): return [4099, 4099]\\n"
assert memory_estimate.of(needs, "Model") == size and "torch._dynamo" in sys.modules

import torch._dynamo
with operations.Operations() as seen:
    torch.compile(lambda x: x * 2, backend="eager")(torch.ones(2))
same = memory_estimate.of(text + "def get_init_inputs(): return [4099, 4099]\\n", "Model") == size
print(seen.names(), same, torch._dynamo.disable.__module__)
"""


def test_nothing_loads_dynamo_until_it_is_asked_for(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    first, then = done.stdout.splitlines()
    assert first == "['add_', 'randn'] True ['sympy']"
    assert then.endswith("True torch._dynamo.decorators") and "mul" in then
