"""Every format holds what the run has, twice the same bytes, and never over somebody else's files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.export.a_run import ALL, DOUBLE, FUNCTION, PAIR, PROGRAM, SCALE, SCALE_NEW, kernel, make_run
from triton_data.commands.doors.kernel_folders import create_json
from triton_data.config import CurateConfig, ExportConfig
from triton_data.errors import MissingExtra, Misuse
from triton_data.export import export as exporting
from triton_data.export import hub, parquet, publish
from triton_data.export.exported import Exported
from triton_data.export.folders import WRITERS
from triton_data.export.problems import problem
from triton_data.records import Kernel, Origin, Outcome, Program
from triton_data.store import Store

KERNELBOOK = {  # names and types of the columns that its readers know
    "entry_point": "string", "original_triton_code": "string", "python_code": "string", "triton_code": "string",
    "repo_name": "string", "module_name": "string", "synthetic": "bool", "uuid": "int64", "stars": "int64",
    "sha": "string", "repo_link": "string",
}  # fmt: skip


def write(run: Path, out: Path, *formats: str, **settings: object) -> dict[str, Exported]:
    config = ExportConfig(formats or exporting.FORMATS, str(out), **settings)  # type: ignore[arg-type]
    with Store.read(run) as store:
        return dict(zip(config.formats, exporting.export(store, config, "runs/x"), strict=True))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path / "run", curate=CurateConfig(licences=("MIT",), decontaminate="off"))


def test_every_folder_that_can_be_asked_for_has_a_writer() -> None:
    assert set(exporting.FOLDERS) == set(WRITERS)


def test_torchtune_text_instruct_and_chat(run: Path, tmp_path: Path) -> None:
    made = write(run, tmp_path, "torchtune", "torchtune-instruct", "torchtune-chat")
    texts = json.loads((tmp_path / "triton_functions.json").read_text())
    assert made["torchtune"].by_kind == {"hand-written": 4, "rewritten": 1}
    assert {"input": f"```python\n{SCALE_NEW.strip()}\n```"} in texts
    (pair,) = json.loads((tmp_path / "triton_instruct.json").read_text())
    assert SCALE.strip() in pair["input"] and "ScaleNew" in pair["input"] and SCALE_NEW.strip() in pair["output"]
    (talk,) = json.loads((tmp_path / "triton_chat.json").read_text())
    assert [message["role"] for message in talk["messages"]] == ["system", "user", "assistant"]
    assert talk["messages"][1]["content"] == pair["input"] and talk["messages"][2]["content"] == pair["output"]


def test_parquet_is_a_superset_of_kernelbook(run: Path, tmp_path: Path) -> None:
    write(run, tmp_path, "parquet")
    table = pq.read_table(tmp_path / "parquet" / "data" / "train-00000.parquet")
    assert {name: str(table.schema.field(name).type) for name in KERNELBOOK} == KERNELBOOK
    assert str(table.schema.field("licenses").type).startswith("list<")
    row = next(row for row in table.to_pylist() if row["kind"] == "rewritten")
    assert (row["python_code"], row["triton_code"], row["entry_point"]) == (SCALE, SCALE_NEW, "Scale")
    assert (row["repo_name"], row["licenses"], row["stars"]) == ("some/repo", ["MIT"], 321)
    assert (row["sha"], row["synthetic"], row["verified"]) == ("a" * 40, False, True)
    assert (row["target"], row["mode"], row["split"], row["inputs_from"]) == ("sm_90", "inference", "train", "usage")
    assert json.loads(row["toolchain"]) == {"torch": "2.13.0"} and "# output code" in row["original_triton_code"]
    assert row["families"] == ["activation", "elementwise"]
    assert (row["milliseconds"], row["roofline"], row["speedup_max_autotune"]) == (0.01, 0.615, 0.95)
    compression = pq.ParquetFile(tmp_path / "parquet/data/train-00000.parquet").metadata.row_group(0).column(0)
    assert compression.compression == "ZSTD"


def test_the_same_run_gives_the_same_bytes(run: Path, tmp_path: Path) -> None:
    write(run, tmp_path / "a")
    write(run, tmp_path / "b")
    assert publish.digest(tmp_path / "a") == publish.digest(tmp_path / "b")
    assert len(list((tmp_path / "a").rglob("*"))) > 20


def test_what_curation_left_out_is_counted_and_not_written(tmp_path: Path) -> None:
    records = (*ALL, kernel(7, licence="GPL-3.0-only"), kernel(8, licence=""))
    run = make_run(tmp_path / "run", records, CurateConfig(decontaminate="off"))
    made = write(run, tmp_path, "torchtune")["torchtune"]
    assert made.left_out == {"licence": 1, "licence_unknown": 1}
    text = (tmp_path / "triton_functions.json").read_text()
    assert "floor_7" not in text and "ceil_8" not in text and "exp_0" in text
    everything = write(run, tmp_path / "all", "torchtune", everything=True)["torchtune"]
    assert everything.entries == made.entries + 2


def test_a_run_that_grew_since_its_curation_says_so(run: Path, tmp_path: Path) -> None:
    make_run(run, [kernel(9)])
    assert write(run, tmp_path, "torchtune")["torchtune"].left_out == {"not_curated_yet": 1}


def test_an_uncurated_run_is_exported_whole(tmp_path: Path) -> None:
    made = write(make_run(tmp_path / "run"), tmp_path, "torchtune", "kernelbench")
    assert (made["torchtune"].entries, made["kernelbench"].entries) == (5, 2)


def test_splits_are_files_of_their_own(tmp_path: Path) -> None:
    records = [kernel(i, repo=f"owner/r{i}") for i in range(20)]
    run = make_run(tmp_path / "run", records, CurateConfig(decontaminate="off", validation=30, test=30))
    made = write(run, tmp_path, "torchtune", "parquet")
    assert set(made["torchtune"].splits) == {"train", "validation", "test"}
    counts = {}
    for split in made["torchtune"].splits:
        name = "triton_functions.json" if split == "train" else f"triton_functions_{split}.json"
        counts[split] = len(json.loads((tmp_path / name).read_text()))
        rows = pq.read_table(tmp_path / f"parquet/data/{split}-00000.parquet").num_rows
        assert rows == counts[split]
    assert counts == made["torchtune"].splits and sum(counts.values()) == 20


# ---- what stands in the way --------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_, name", [("torchtune", "triton_functions.json"), ("parquet", "parquet")])
def test_other_peoples_files_stay(run: Path, tmp_path: Path, format_: str, name: str) -> None:
    place = tmp_path / name
    theirs = place / "mine.txt" if format_ == "parquet" else place
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("precious")
    with pytest.raises(Misuse, match="--force"):
        write(run, tmp_path, format_)
    assert theirs.read_text() == "precious"
    write(run, tmp_path, format_, force=True)
    assert not theirs.exists() if format_ == "parquet" else json.loads(theirs.read_text())
    assert not list(tmp_path.glob(f".{name}-*"))


def test_our_own_files_are_renewed_unless_somebody_changed_them(run: Path, tmp_path: Path) -> None:
    write(run, tmp_path, "torchtune")
    with Store.open(run) as store:
        store.commit("more", [Outcome("item", (kernel(5),))])
    write(run, tmp_path, "torchtune", everything=True)
    place = tmp_path / "triton_functions.json"
    assert "abs_5" in place.read_text()
    place.write_text(place.read_text() + " ")
    with pytest.raises(Misuse, match="--force"):
        write(run, tmp_path, "torchtune")


def test_a_failed_export_leaves_nothing(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parquet.Table, "close", full)
    with pytest.raises(OSError, match="No space"):
        write(run, tmp_path / "out", "parquet")
    assert list((tmp_path / "out").iterdir()) == []


# ---- bad input ---------------------------------------------------------------------------------------------------


def test_an_empty_run_gives_empty_files(tmp_path: Path) -> None:
    made = write(make_run(tmp_path / "run", ()), tmp_path)
    assert {each.entries for each in made.values()} == {0}
    assert json.loads((tmp_path / "triton_functions.json").read_text()) == []
    assert pq.read_table(tmp_path / "parquet/data/train-00000.parquet").num_rows == 0


@pytest.mark.slow
def test_a_ten_megabyte_kernel_and_strange_characters(tmp_path: Path) -> None:
    body = "    x = 1  # \U0001f9ea é \x7f\n" * 550_000
    large = Kernel("large", f"import triton\n\n\n@triton.jit\ndef large():\n{body}", Origin("dir"))
    run = make_run(tmp_path / "run", (large,))
    write(run, tmp_path, "torchtune", "parquet", "trl")
    (entry,) = json.loads((tmp_path / "triton_functions.json").read_text())
    assert len(large.text) > 10_000_000 and large.text.strip() in entry["input"]
    assert pq.read_table(tmp_path / "parquet/data/train-00000.parquet")["triton_code"][0].as_py() == large.text
    curated = make_run(tmp_path / "curated", (large, kernel(1)), CurateConfig(decontaminate="off"))
    assert write(curated, tmp_path / "c", "torchtune")["torchtune"].left_out == {"too_long": 1}


def test_a_lone_surrogate_never_reaches_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "bad.py").write_bytes(b'"\xed\xa0\x80"\nimport triton\n@triton.jit\ndef f(): pass\n')
    (folder / "good.py").write_text("import triton\n\n\n@triton.jit\ndef g():\n    pass\n")
    made = create_json([folder], tmp_path / "out.json")
    assert made.entries == 1 and list(made.skipped) == [str(folder / "bad.py")]
    run = make_run(tmp_path / "run", (replace(kernel(1), text="x = '\ud800'"), kernel(2)))
    assert write(run, tmp_path / "o", "torchtune")["torchtune"].entries == 1  # the store kept it out, as a drop


def test_unknown_format_and_missing_hub_are_one_line(
    run: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(Misuse, match="did you mean 'parquet'"):
        exporting.check(ExportConfig(("parket",)))
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtra, match=r"\[hub\]"):
        hub.push(tmp_path, "me/data")
    with pytest.raises(Misuse, match="folders"):
        hub.push(tmp_path / "triton_functions.json", "me/data")


# ---- what is in the folders --------------------------------------------------------------------------------------


def test_shards_roll_over_and_groups_stay_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 10)
    monkeypatch.setattr(parquet, "SHARD_BYTES", 3000)
    run = make_run(tmp_path / "run", [kernel(i) for i in range(100)])
    write(run, tmp_path, "parquet")
    files = sorted((tmp_path / "parquet/data").glob("train-*.parquet"))
    assert len(files) > 3
    assert sum(pq.read_table(file).num_rows for file in files) == 100
    groups = [pq.ParquetFile(f).metadata.row_group(g) for f in files for g in range(pq.ParquetFile(f).num_row_groups)]
    assert max(group.num_rows for group in groups) <= 10
    columns = [group.column(n) for group in groups for n in range(group.num_columns)]
    assert all(column.has_offset_index for column in columns), "a viewer reads the page that it shows, no more"


def test_an_entrys_test_code_runs_beside_its_programs(run: Path, tmp_path: Path) -> None:
    write(run, tmp_path, "entries")
    (entry,) = json.loads((tmp_path / "entries/train/entries.json").read_text())
    assert set(entry) == {"id", "python_code", "triton_code", "test_code", "metadata"}
    assert set(entry["metadata"]) == {"operation_type", "difficulty", "tags", "origin", "licence", "requires"}
    assert _pytest(tmp_path / "right", entry) == 0
    wrong = {**entry, "triton_code": entry["triton_code"].replace("0.0)", "0.5)")}
    assert _pytest(tmp_path / "wrong", wrong) == 1


def _pytest(folder: Path, entry: dict[str, str]) -> int:
    folder.mkdir()
    for name in ("python_code", "triton_code", "test_code"):
        (folder / f"{name}.py").write_text(entry[name])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_code.py"]
    environment = {**os.environ, "TRITON_INTERPRET": "1"}
    return subprocess.run(command, cwd=folder, capture_output=True, env=environment, timeout=200).returncode


@pytest.mark.parametrize(
    "program", [PROGRAM, FUNCTION, Program("double", f"import torch\n{DOUBLE}", "given", Origin("dir"))]
)
def test_problems_have_kernelbenchs_form(program: Program) -> None:
    module: dict[str, object] = {}
    exec(problem(program) or "", module)
    made = module["Model"](*module["get_init_inputs"]())
    given = module["get_inputs"]()
    assert made(*given).shape == given[0].shape


def test_the_card_says_what_is_there(run: Path, tmp_path: Path) -> None:
    write(run, tmp_path, "parquet")
    card = (tmp_path / "parquet/README.md").read_text()
    assert card.startswith("---\n") and 'path: "data/train*.parquet"' in card and "| MIT | 5 |" in card
    assert "triton-data export --run-dir x --format parquet" in card and "torch 2." in card
    croissant = json.loads((tmp_path / "parquet/croissant.json").read_text())
    (file,) = croissant["distribution"]
    assert file["sha256"] == publish.digest(tmp_path / "parquet" / file["contentUrl"])
    statistics = json.loads((tmp_path / "parquet/statistics.json").read_text())
    assert statistics["verified"] == {"not tried": 4, "passed": 1} and PAIR.entry not in statistics
