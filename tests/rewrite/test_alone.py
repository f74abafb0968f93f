"""Kernels that stand alone: what is read of the comment above a kernel, and that both sides give the same numbers."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from triton_data.rewrite.kernel.fragment import fragment_of
from triton_data.rewrite.kernel.readable_aten import spoken

ROOT = Path(__file__).parents[2]
HEAD = "# Topologically Sorted Source Nodes: [y], Original ATen: [aten.add]\n# Graph fragment:\n"
X = '#   %arg0_1 : Tensor "f32[4, 8][8, 1]cuda:0" = PlaceHolder[target=arg0_1]\n'
ADD = (
    '#   %add : Tensor "f32[4, 8][8, 1]cuda:0"[num_users=1] = call_function[target=torch.ops.aten.add.Tensor]'
    "(args = (%arg0_1, 1.5), kwargs = {})\n"
)
VAR = (
    "#   %var_mean : [num_users=2] = call_function[target=torch.ops.aten.var_mean.correction]"
    "(args = (%arg0_1, [1]), kwargs = {correction: 0, keepdim: True})\n"
    '#   %sub : Tensor "f32[4, 8][8, 1]cuda:0"[num_users=1] = call_function[target=torch.ops.aten.sub.Tensor]'
    "(args = (%arg0_1, %getitem_1), kwargs = {})\n"
    '#   %div : Tensor "f32[4, 8][8, 1]cuda:0"[num_users=1] = call_function[target=torch.ops.aten.div.Tensor]'
    "(args = (%sub, %getitem), kwargs = {})\n"
)
DRAW = "#   %rand : [num_users=1] = call_function[target=torch.ops.aten.rand.default](args = ([4, 8],), kwargs = {})\n"


def said(comment: str, outputs: int = 1) -> list[str]:
    fragment = fragment_of(HEAD + comment, outputs)
    return [] if fragment is None else [f"{call.name} = {ast.unparse(spoken(call))}" for call in fragment.calls]


def test_calls_are_spoken_as_people_write_them() -> None:
    assert said(X + ADD + "#   return %add\n") == ["add = arg0_1 + 1.5"]


def test_a_pair_of_results_is_taken_apart_in_the_order_of_its_numbers() -> None:
    assert said(X + VAR + "#   return %div\n")[1:] == [
        "getitem = var_mean[0]",
        "getitem_1 = var_mean[1]",
        "sub = arg0_1 - getitem_1",
        "div = sub / getitem",
    ]


def test_what_the_comment_does_not_tell_is_declined() -> None:
    assert said(X + DRAW + "#   return %rand\n") == []  # random numbers
    assert said(X + ADD.replace("%arg0_1", "%elsewhere") + "#   return %add\n") == []  # starts from something else
    assert said(X + X.replace("arg0_1", "arg1_1") + ADD + "#   return %add\n") == []  # an input that nothing reads
    assert said(X + ADD + "#   return %add\n", outputs=2) == []
    assert said("") == []


@pytest.mark.slow
def test_both_sides_give_the_same_numbers() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/kernels_alone.py"), "--only"]
    command.append("^(FnGelu|ReduceSum|LayerGroupNorm|LlamaBlock|AttentionManual)$")
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=None)
    lines = done.stdout.splitlines()
    assert lines and "wrong" not in done.stdout, done.stdout + done.stderr[-2000:]
    alone, right = lines[-1].split(" stand alone")[0].split()[-1], lines[-1].split()[-1]
    assert alone == right and int(right) >= 7, lines
