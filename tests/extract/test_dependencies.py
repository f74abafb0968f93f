"""A repository that imports what is not here: installed from a loopback index, recorded, seen by the later stages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.environments.index import served, wheel
from triton_data.config import Config, ExtractConfig, ScrapeConfig
from triton_data.pipeline import execute
from triton_data.records import Capture, Pair, Program, Verdict
from triton_data.store import Store

LIBRARY = """import torch

def halve(x):
    return x * 0.5

class Gate(torch.nn.Module):
    def forward(self, x):
        return torch.sigmoid(x) * x
"""
MODEL = """import torch
from torch import nn
from layers_zz import Gate, halve
from absent_zz import nothing


class Halved(nn.Module):
    def __init__(self, dim: int = 8):
        super().__init__()
        self.linear = nn.Linear(dim, dim)
        self.gate = Gate()

    def forward(self, x):
        return halve(self.gate(self.linear(x)))


class Plain(nn.Module):
    def forward(self, x):
        return torch.relu(x) + 1


class Lacking(nn.Module):
    def forward(self, x):
        return nothing(x)
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Path]]:
    folder = tmp_path_factory.mktemp("dependencies")
    repository = folder / "repository"
    repository.mkdir()
    (repository / "model.py").write_text(MODEL)
    (repository / "requirements.txt").write_text("layers-zz>=1\nabsent-zz\n")
    wheel(folder / "index", "layers-zz", {"layers_zz.py": LIBRARY})
    run_dir = folder / "run"
    with served(folder / "index") as url:
        sources = ScrapeConfig((f"dir:{repository}",), index=url)
        config = Config(run_dir=str(run_dir), scrape=sources, extract=ExtractConfig(), jobs=2)
        execute(config, ("scrape", "extract"))
    execute(config, ("capture", "rewrite", "verify"))  # the index is gone: what was installed is in the run
    with Store.read(run_dir) as store:
        yield store, run_dir


def programs(store: Store) -> dict[str, Program]:
    return {each.entry: each for each in store.records(Program) if each.inputs_from != "fragment"}


def test_a_record_says_what_it_was_run_with(run: tuple[Store, Path]) -> None:
    store, run_dir = run
    found = programs(store)
    assert found["Halved"].requires == ("layers-zz==1.0",)
    assert (run_dir / "environments" / found["Halved"].environment / "layers_zz.py").is_file()
    assert (found["Plain"].requires, found["Plain"].environment) == ((), "")


def test_the_stages_behind_see_the_same_packages(run: tuple[Store, Path]) -> None:
    store, _ = run
    halved = programs(store)["Halved"]
    captured = {each.program for each in store.records(Capture)}
    pairs = [each for each in store.records(Pair) if each.program == halved.key]
    assert halved.key in captured and pairs
    verdicts = {each.subject: each for each in store.records(Verdict)}
    assert verdicts[pairs[0].key].passed, verdicts[pairs[0].key].reason


def test_what_could_not_be_had_says_why(run: tuple[Store, Path]) -> None:
    store, _ = run
    drops = {each.part: (each.reason, each.detail) for each in store.dropped() if each.stage == "extract"}
    reason, detail = drops["model.py:Lacking"]
    assert reason == "needs:absent_zz" and detail.startswith("absent-zz is not on the index")
