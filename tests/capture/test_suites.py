"""Suites: lists, missing packages, and blocks taken out of a model."""

from __future__ import annotations

import importlib.util

import pytest

from tests.capture.made import program
from triton_data.capture.headless.capture import capture_program
from triton_data.capture.suites.models import SUITES
from triton_data.capture.suites.programs import suite_programs
from triton_data.capture.suites.submodules import submodule_programs
from triton_data.errors import Misuse
from triton_data.records import Capture

NESTED = program("""
class Model(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.blocks = nn.ModuleList(nn.Sequential(nn.Linear(width, width), nn.ReLU()) for _ in range(3))
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(width * 4, 10), nn.Softmax(-1))

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)

def get_inputs():
    return [torch.randn(2, 4, 16)]

def get_init_inputs():
    return [16]
""")


def test_each_structure_is_isolated_once_and_stands_alone() -> None:
    parts = list(submodule_programs(NESTED))
    assert [part.entry for part in parts] == ["Model_blocks_0", "Model_head"]
    assert all("torch.randn((2, 4, 16), dtype=torch.float32)" in part.text for part in parts)
    for part in parts:
        assert isinstance(capture_program(part), Capture)


def test_lists_hold_what_a_benchmark_needs() -> None:
    assert len(SUITES["timm"]) >= 60
    assert len(SUITES["huggingface"]) >= 40
    assert all(model.batch > 0 and model.size > 0 for suite in SUITES.values() for model in suite.values())


def test_every_text_is_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    for suite in SUITES:
        for item in suite_programs(suite):
            compile(item.text, item.entry, "exec")
    assert len(list(suite_programs("timm", "^vit", 1))) == 1


def test_a_missing_package_or_suite_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Misuse, match=r"triton-data\[suites\]"):
        list(suite_programs("timm"))
    with pytest.raises(Misuse, match="did you mean 'timm'"):
        list(suite_programs("tim"))
