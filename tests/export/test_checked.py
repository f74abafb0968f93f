"""What an export promises of each row: KernelBench's loader takes it, questions name the answer, origins are there."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch

from tests.export.a_run import ALL, CAPTURE, DOUBLE, INDUCTOR, ORIGIN, PROGRAM, SCALE, SCALE_NEW, make_run
from tests.export.test_export import write
from triton_data.export.problems import problem
from triton_data.records import Graph, InductorKernel, Pair, Program

KEYWORDS = """import torch


class Model(torch.nn.Module):
    def __init__(self, size, *, scale):
        super(Model, self).__init__()
        self.size, self.scale = size, scale

    def forward(self, x, *, bias):
        return (x + bias)[:, : self.size] * self.scale


def get_inputs():
    return [[torch.randn(6, 33)], {"bias": torch.ones(33)}]


def get_init_inputs():
    return [[8], {"scale": 2.0}]
"""
NO_KEYWORDS = SCALE.replace("return [3.0]", "return [[3.0], {}]")
OTHER_MODEL = NO_KEYWORDS + "\n\nclass Model:\n    pass\n"


@pytest.mark.parametrize("text, entry", [(KEYWORDS, "Model"), (NO_KEYWORDS, "Scale"), (OTHER_MODEL, "Scale")])
def test_problems_whose_arguments_are_apart_load_as_kernelbench_loads_them(text: str, entry: str) -> None:
    made = problem(Program(entry, text, "usage", ORIGIN))
    assert made and made.startswith("# Origin: github some/repo@aaaa") and "# SPDX-License-Identifier: MIT" in made
    module: dict[str, object] = {}
    exec(made, module)
    model = module["Model"](*module["get_init_inputs"]())
    given = module["get_inputs"]()
    assert all(isinstance(each, torch.Tensor) for each in given)  # KernelBench moves these to the device, no others
    assert model(*given).shape == ((6, 8) if entry == "Model" else (6, 33))


def test_a_problem_whose_names_only_running_it_would_tell_is_left_out_and_counted(tmp_path: Path) -> None:
    hidden = Program("Model", KEYWORDS.replace('{"bias":', '{"bi" + "as":'), "given", ORIGIN)
    made = write(make_run(tmp_path / "run", (PROGRAM, hidden)), tmp_path, "kernelbench")["kernelbench"]
    assert (made.entries, made.left_out) == (1, {"no_problem": 1})


def test_prompts_ask_for_what_the_answer_defines(tmp_path: Path) -> None:
    small = Program("double", DOUBLE, "fragment", ORIGIN)
    good = Pair(small.key, CAPTURE.key, "double_new", "def double_new(x):\n    return x * 2\n", ORIGIN)
    bad = Pair(small.key, CAPTURE.key, "double_new", "def doubleNew(x):\n    return 2 * x\n", ORIGIN)
    run = make_run(tmp_path / "run", (*ALL, small, good, bad))
    made = write(run, tmp_path, "torchtune-instruct", "torchtune-chat", "trl", "verl", "entries")
    pairs = json.loads((tmp_path / "triton_instruct.json").read_text())
    assert sorted(re.findall(r"is called (\w+)", pair["input"])[0] for pair in pairs) == ["ScaleNew", "double_new"]
    assert all(each.left_out == {"answer_lacks_entry": 1} for each in made.values())
    for table in ("trl/messages/train.jsonl", "trl/prompt_completion/train.jsonl", "triton_chat.json"):
        text = (tmp_path / table).read_text()
        assert "called double_new and" in text and "doubleNew" not in text
    rows = pq.read_table(tmp_path / "verl/sft").to_pylist()
    assert {row["licence"] for row in rows} == {"MIT"} and ["torch", "triton"] in [row["requires"] for row in rows]
    (extra, *_) = (row["extra_info"] for row in pq.read_table(tmp_path / "verl/rl").to_pylist() if row["extra_info"])
    assert {"origin", "licence", "requires"} <= set(extra) and rows[0]["origin"].startswith("github some/repo@")


def test_a_fragments_original_is_its_own_kernel_without_paths_of_the_machine(tmp_path: Path) -> None:
    comment = "# File: /work/x/.venv/lib/python3.12/site-packages/torch/nn/modules/linear.py:134 in forward, code: x\n"
    own = InductorKernel(
        "triton_poi_1", "@triton.jit\ndef triton_poi_1(): pass\n", f"{comment}# File: /home/me/p.py:3 in f"
    )
    graph = Graph("inference", f"{comment}# output code\n", (INDUCTOR, own))
    capture = replace(CAPTURE, graphs=(graph,))
    small = Program("double", DOUBLE, "fragment", replace(ORIGIN, generator="kernel triton_poi_1 of Scale"))
    pairs = [
        Pair(PROGRAM.key, capture.key, "ScaleNew", SCALE_NEW, ORIGIN),
        Pair(small.key, capture.key, "d", "d = 1", ORIGIN),
    ]
    run = make_run(tmp_path / "run", (PROGRAM, small, capture, *pairs))
    write(run, tmp_path, "parquet")
    rows = {
        row["entry_point"]: row["original_triton_code"] for row in pq.read_table(tmp_path / "parquet/data").to_pylist()
    }
    assert "def triton_poi_1" in rows["double"] and "triton_poi_0" not in rows["double"]
    assert "# File: p.py:3 in f" in rows["double"] and "# output code" in rows["Scale"]
    for text in rows.values():
        assert "# File: site-packages/torch/nn/modules/linear.py:134" in text and "/work/" not in text
