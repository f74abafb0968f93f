"""The card states what the rows were curated with, and claims no search that was switched off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.export.a_run import kernel, make_run
from tests.export.test_export import write
from triton_data.config import CurateConfig
from triton_data.export.card import _licence
from triton_data.pipeline.settings import note_curation
from triton_data.store import Store


def card(place: Path, config: CurateConfig, everything: bool = False) -> str:
    run = make_run(place / "run", curate=config)
    with Store.open(run) as store:
        note_curation(store, config)
    write(run, place / "out", "parquet", everything=everything)
    return (place / "out/parquet/README.md").read_text()


@pytest.mark.parametrize("dedup", ["off", "near"])
def test_the_card_states_the_settings_and_claims_only_what_was_looked_for(tmp_path: Path, dedup: str) -> None:
    text = card(tmp_path, CurateConfig(dedup=dedup, decontaminate="off", benchmarks=("/home/me/ours.json.gz",), seed=7))
    assert f'`dedup` = "{dedup}"' in text and "`seed` = 7" in text and "/home/me" not in text
    assert ("Copies were not looked for" in text) is (dedup == "off")
    assert "Problems of benchmarks were not looked for" in text


def test_what_is_exported_whole_is_not_called_curated(tmp_path: Path) -> None:
    text = card(tmp_path, CurateConfig(decontaminate="off"), everything=True)
    assert "Not curated" in text and "Copies were not looked for" in text


@pytest.mark.parametrize("format_", ["parquet", "trl", "verl"])
def test_the_hub_can_read_the_head_of_the_card(tmp_path: Path, format_: str) -> None:
    """YAML, with a glob a split that finds files; what others wrote is a cell of a table and no markup."""
    run = make_run(tmp_path / "run", [kernel(1), kernel(2, licence="a|b <img src=x>\n# c")])
    write(run, tmp_path, format_)
    folder = tmp_path / format_
    text = (folder / "README.md").read_text()
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["license"] == "other" and head["task_categories"] == ["text-generation"]
    assert all(list(folder.glob(each["path"])) for config in head["configs"] for each in config["data_files"])
    assert "| a\\|b &lt;img src=x&gt; # c | 1 |" in text or format_ == "verl"


def test_a_licence_that_the_hub_does_not_list_is_other(tmp_path: Path) -> None:
    assert _licence({"MIT OR Apache-2.0": 3}) == _licence({"unknown": 1}) == _licence({"MIT": 1, "ISC": 1}) == "other"
    assert _licence({"BSD-3-Clause": 3}) == "bsd-3-clause"


def test_the_card_counts_what_it_ships(tmp_path: Path) -> None:
    """Five texts and two programs are in the run; KernelBench's problems are the programs, entries the one pair."""
    run = make_run(tmp_path / "run", curate=CurateConfig(decontaminate="off"))
    write(run, tmp_path, "parquet", "kernelbench", "entries", "verl")
    for name, shipped in (("parquet", 5), ("kernelbench", 2), ("entries", 1), ("verl", 3)):
        statistics = json.loads((tmp_path / name / "statistics.json").read_text())
        assert statistics["entries"] == shipped, name
        for counted in ("licences", "sources", "verified", "by_split"):
            assert sum(statistics[counted].values()) == shipped, (name, counted)
