"""The whole room on examples/minirepo and on small classes that need the search."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.extract.forked import extracted, forked, name_of
from triton_data.extract.probe_client import JailProbe
from triton_data.extract.programs import programs
from triton_data.extract.source.repo import Repo
from triton_data.extract.stage import ENVIRONMENT, PRELOAD
from triton_data.extract.wire import SearchInputs
from triton_data.jail import Jail
from triton_data.records import COMPARED, Drop, Kernel, Program

MINIREPO = Path(__file__).parents[3] / "examples" / "minirepo"


@pytest.fixture(scope="module")
def mini():
    files = {p.relative_to(MINIREPO).as_posix(): p.read_bytes() for p in MINIREPO.rglob("*") if p.is_file()}
    with Jail(PRELOAD, env=ENVIRONMENT) as jail:  # triton may be loaded in this process, uninterpreted
        return list(extracted(Repo(files), JailProbe(jail)))


@pytest.fixture(autouse=True)
def little_patience(monkeypatch):
    monkeypatch.setattr(programs, "SECONDS", 3.0)


def programs_of(text):
    found = list(extracted({"net.py": text}, forked))
    return {name_of(r): r for r in found}


def test_everything_found_is_a_record_or_a_counted_drop(mini):
    made = [r for r in mini if isinstance(r, Program)]
    drops = [r for r in mini if isinstance(r, Drop)]
    assert len([r for r in mini if isinstance(r, Kernel) and r.launcher]) >= 12
    assert Counter(p.inputs_from == COMPARED for p in made) == {False: 13, True: 11}
    assert sorted((name_of(d), str(d.reason)) for d in drops) == [
        ("", "syntax"),
        ("PretrainedHead", "construct_failed"),
    ]
    assert Counter(p.inputs_from for p in made)["usage"] >= 8


def test_one_readme_example_feeds_the_classes_inside(mini):
    (layer,) = [r for r in mini if isinstance(r, Program) and r.entry == "Layer"]
    assert layer.inputs_from == "usage"
    assert "FormerConfig(vocab_size=100, dim=32, depth=2, heads=4)" in layer.text
    assert "torch.randn(2, 16, 32)" in layer.text


def test_programs_run_alone(mini):
    for program in (r for r in mini if isinstance(r, Program)):
        namespace: dict[str, Any] = {"__name__": "alone"}
        exec(program.text, namespace)
        args, kwargs = namespace["get_init_inputs"]()
        model = namespace[program.entry]
        model = model(*args, **kwargs) if isinstance(model, type) else model
        for inputs in [namespace["get_inputs"](), *namespace.get("get_more_inputs", list)()]:
            assert torch.isfinite(model(*inputs)).all(), program.entry


def test_kernel_files_hold_the_kernel_as_written(mini):
    kernels = {r.name: r for r in mini if isinstance(r, Kernel)}
    source = (MINIREPO / "kernels" / "elementwise.py").read_text()
    written = source[source.index("@triton.autotune") : source.index("def swiglu(")].rstrip()
    assert written in kernels["swiglu_kernel"].text
    assert kernels["swiglu_kernel"].launcher == "swiglu"
    assert kernels["Transpose.kernel"].launcher == "Transpose"


def test_the_search_finds_what_nobody_wrote_down():
    found = programs_of("""
import torch
from torch import nn

class Flat(nn.Module):
    def __init__(self, in_channels, num_classes, mode):
        super().__init__()
        if mode not in ("avg", "max"):
            raise ValueError(mode)
        self.conv = nn.Conv2d(in_channels, 8, 3, stride=2)
        self.fc = nn.Linear(8 * 7 * 7, num_classes)

    def forward(self, x):
        return self.fc(self.conv(x).flatten(1))

class Tokens(nn.Module):
    def __init__(self, vocab_size, d_model, n_heads):
        super().__init__()
        assert d_model % n_heads == 0
        self.embed = nn.Embedding(vocab_size, d_model)
        self.pos = nn.Parameter(torch.zeros(12, d_model))

    def forward(self, tokens, mask=None):
        return self.embed(tokens) + self.pos

class Hangs(nn.Module):
    def forward(self, x):
        while True:
            pass

class Dies(nn.Module):
    def forward(self, x):
        import os
        os._exit(3)
""")
    assert isinstance(found["Flat"], Program) and isinstance(found["Tokens"], Program)
    assert found["Dies"].reason == "worker_died"
    assert found["Hangs"].reason in ("timeout", "forward_failed")


def test_given_inputs_are_kept():
    found = programs_of("""
import torch

class Model(torch.nn.Module):
    def forward(self, x):
        return x + 1

def get_inputs():
    return [torch.zeros(3)]

def get_init_inputs():
    return [[], {}]
""")
    assert found["Model"].inputs_from == "given"


GATE = """import torch
from torch import nn

class Gate(nn.Module):
    def __init__(self, width, mode):
        super().__init__()
        assert mode == "soft"
        self.to_gate = nn.Linear(width, 7)

    def forward(self, x):
        return self.to_gate(before(x))

def before(x):
"""


def test_what_works_for_a_class_is_tried_first_on_its_copy():
    searched = []

    def counting(request):
        searched.extend([request.entry] if isinstance(request, SearchInputs) else [])
        return forked(request)

    bodies = {"a": "return x.sigmoid()", "b": "return x.tanh()", "c": "return x @ torch.ones(48, 64)"}
    files = {f"{name}/net.py": f"{GATE}    {body}\n" for name, body in bodies.items()}
    first, copy, other = extracted(files, counting)
    assert isinstance(first, Program) and isinstance(copy, Program) and isinstance(other, Program)
    assert searched == ["Gate", "Gate"], "the third is written alike too, but what was found for the first fails there"
    assert "tanh" in copy.text and copy.inputs_from == first.inputs_from
    assert "48" in other.text.partition("def get_inputs")[2]


def test_a_program_that_runs_on_the_numbers_of_one_seed_is_marked():
    text = """import torch
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        if torch.initial_seed() != 1:
            raise IndexError("index out of range")
        return x


def get_inputs():
    return [torch.randn(2, 3)]


def get_init_inputs():
    return []
"""
    assert programs_of(text)["Net"].flags == ("one_seed",)
    assert programs_of(text.replace("!= 1", "< 0"))["Net"].flags == ()
