"""Entries go out when their own test passes in the jail: what fails is left out and counted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from tests.export.a_run import CAPTURE, ORIGIN, PAIR, PROGRAM, SCALE_NEW, make_run
from triton_data import pipeline
from triton_data.config import Config, ExportConfig
from triton_data.export.exported import Exported
from triton_data.records import Pair, Program, Record
from triton_data.store import Store

IN_PLACE = """import torch


class Wipe(torch.nn.Module):
    def forward(self, x, flag=None):
        y = x.relu()
        x.zero_()
        return {"y": y, "none": None, "pair": (y.half(), 3)}


def get_inputs():
    return [[torch.randn(5, 7)], {"flag": torch.ones(1)}]


def get_init_inputs():
    return []
"""


def _pair(text: str, entry: str, answer: str) -> tuple[Program, Pair]:
    program = Program(entry, text, "usage", ORIGIN)
    return program, Pair(program.key, CAPTURE.key, f"{entry}New", answer, ORIGIN)


def _exported(run: Path, out: Path, **settings: bool) -> Exported:
    config = Config(run_dir=str(run), export=ExportConfig(("entries",), str(out), **settings))
    with Store.read(run) as store:
        (made,) = pipeline.export(store, config)
    return made


def test_only_entries_whose_test_passes_go_out(tmp_path: Path) -> None:
    """One right, one that differs in a weight's name, one that writes into its inputs; and three that are wrong."""
    answer = IN_PLACE.replace("class Wipe", "class WipeNew").split("\n\n\ndef")[0] + "\n"
    wipe, wiped = _pair(IN_PLACE, "Wipe", answer)
    named = replace(PAIR, text=SCALE_NEW.replace("self.factor", "self.weight"))
    wrong = replace(PAIR, text=SCALE_NEW.replace("0.0)", "0.5)"))
    broken = replace(PAIR, text=SCALE_NEW.replace("torch.empty_like(x)", "torch.empty_like(y)"))
    fatal = replace(PAIR, text="import os\n" + SCALE_NEW.replace("n = x.numel()", "os._exit(0)"))
    records: tuple[Record, ...] = (PROGRAM, CAPTURE, PAIR, named, wrong, broken, fatal, wipe, wiped)
    run = make_run(tmp_path / "run", records)
    made = _exported(run, tmp_path / "out")
    assert (made.entries, made.left_out) == (3, {"test_failed": 3})
    texts = {entry["triton_code"] for entry in json.loads((tmp_path / "out/entries/train/entries.json").read_text())}
    assert texts == {SCALE_NEW, named.text, answer}
    card = (tmp_path / "out/entries/README.md").read_text()
    assert "| test_failed | 3 |" in card
    assert _exported(run, tmp_path / "all", untested=True).entries == 6
