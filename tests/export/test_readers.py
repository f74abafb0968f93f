"""The libraries that people train with read what we write: datasets, torchtune's dataset builders, TRL's trainer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.export.a_run import ALL, kernel, make_run
from tests.export.test_export import write
from tests.tuning import ROOT, ready_environment, run_apart, run_there
from triton_data.config import CurateConfig

DATASETS = """
import json, sys
from datasets import load_dataset
out = sys.argv[1]
found = {"glob": load_dataset("parquet", data_files=f"{out}/parquet/data/train-*.parquet", split="train").num_rows}
card = load_dataset(f"{out}/parquet")
found["card"] = {split: card[split].num_rows for split in card}
found["columns"] = card["train"].column_names
found["streamed"] = sum(1 for _ in load_dataset(f"{out}/parquet", split="train", streaming=True))
for name in ("text", "messages", "prompt_completion"):
    found[name] = load_dataset(f"{out}/trl", name, split="train").num_rows
for name in ("rl", "sft"):
    splits = load_dataset(f"{out}/verl", name)
    found[name] = sum(splits[split].num_rows for split in splits)
prompt = load_dataset(f"{out}/verl", "rl", split="train")[0]
found["prompt"] = [message["role"] for message in prompt["prompt"]]
found["truth"] = sorted(json.loads(prompt["reward_model"]["ground_truth"]))
found["entries"] = load_dataset("json", data_files=f"{out}/entries/train/entries.json", split="train").num_rows
found["input"] = load_dataset("json", data_files=f"{out}/triton_functions.json", split="train").column_names
print("RESULT" + json.dumps(found))
"""
TORCHTUNE = """
import json, sys
from torchtune import datasets
from torchtune.models.llama3 import llama3_tokenizer
out, tiny = sys.argv[1:]
special = f"{tiny}/special_tokens.json"
tokenizer = llama3_tokenizer(f"{tiny}/tokenizer.model", special_tokens_path=special, max_seq_len=4096)
common = {"tokenizer": tokenizer, "source": "json", "split": "train"}
text = datasets.text_completion_dataset(**common, data_files=f"{out}/triton_functions.json", column="input")
instruct = datasets.instruct_dataset(
    **common, data_files=f"{out}/triton_instruct.json", column_map={"input": "input", "output": "output"})
chat = datasets.chat_dataset(**common, data_files=f"{out}/triton_chat.json", conversation_column="messages",
    conversation_style="openai")
trained = lambda row: tokenizer.decode([t for t in row["labels"] if t != -100])
print("RESULT" + json.dumps({"text": [tokenizer.decode(row["tokens"]) for row in text],
    "instruct": trained(instruct[0]), "chat": trained(chat[0])}))
"""
TRL = """
import json, sys
from trl import DatasetMixtureConfig, ModelConfig, ScriptArguments, SFTConfig, SFTTrainer, TrlParser
from trl.scripts import sft
out, tiny, place, config = sys.argv[1:]
kinds, losses, train = (ScriptArguments, SFTConfig, ModelConfig, DatasetMixtureConfig), {}, SFTTrainer.train
def noted(trainer, *args, **kwargs):
    made = train(trainer, *args, **kwargs)
    losses[name] = made.training_loss
    return made
SFTTrainer.train = noted
for name in ("text", "messages", "prompt_completion"):
    words = {"config": config, "dataset_name": f"{out}/trl", "dataset_config": name, "model_name_or_path": tiny,
        "output_dir": f"{place}/{name}", "max_steps": 1, "max_length": 1024, "gradient_accumulation_steps": 1}
    given = [word for key, value in words.items() for word in (f"--{key}", str(value))]
    sft.main(*TrlParser(kinds).parse_args_and_config(given, fail_with_unknown_args=True))
print("RESULT" + json.dumps(losses))
"""


def result(script: str, *args: str, cwd: Path) -> dict[str, object]:
    done = run_there(script, *args, cwd=cwd)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, object] = json.loads(done.stdout.split("RESULT")[1])
    return found


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("exported")
    records = (*ALL, *(kernel(i, repo=f"o/r{i}") for i in range(10, 40)))
    run = make_run(place / "run", records, CurateConfig(decontaminate="off", dedup="exact", validation=20, test=20))
    write(run, place / "out")
    return place


@pytest.fixture(scope="module")
def tiny(exported: Path) -> Path:
    texts = exported / "texts.json"
    texts.write_text(
        json.dumps([row["input"] for row in json.loads((exported / "out/triton_functions.json").read_text())])
    )
    recipe = ROOT / "src/triton_data/train/recipes/tiny.py"
    done = run_there("import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')",
                     str(recipe), str(exported / "tiny"), str(texts), "0", cwd=exported)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return exported / "tiny"


def test_datasets_reads_every_folder(exported: Path) -> None:
    found = result(DATASETS, str(exported / "out"), cwd=exported)
    rows = json.loads((exported / "out/parquet/statistics.json").read_text())["by_split"]
    assert found["card"] == rows and set(rows) == {"train", "validation", "test"}
    assert found["glob"] == found["streamed"] == rows["train"] == found["text"]
    assert {"entry_point", "python_code", "triton_code", "uuid", "licenses"} <= set(found["columns"])  # type: ignore[call-overload]
    assert found["messages"] == found["prompt_completion"] == found["sft"] == found["entries"] == 1
    assert found["rl"] == 2 and found["prompt"] == ["system", "user"]
    assert found["truth"] == ["entry", "python_code"] and found["input"] == ["input"]


AGAIN = """
import json, os, shutil, sys
from datasets import load_dataset
found = []
for one in sys.argv[1:3]:  # both put in one place, as two exports are, with times that a copy has kept
    shutil.rmtree("same", ignore_errors=True)
    shutil.copytree(one, "same")
    for folder, _, names in os.walk("same"):
        for name in names:
            os.utime(os.path.join(folder, name), (1e9, 1e9))
    found.append([load_dataset("same", name, split="train").num_rows for name in sys.argv[3].split(",")])
print("RESULT" + json.dumps(found))
"""


def test_datasets_sees_the_rows_of_a_second_export(tmp_path: Path) -> None:
    few, more = (make_run(tmp_path / str(n), [kernel(i) for i in range(n)]) for n in (2, 5))
    write(few, tmp_path / "few", "parquet", "trl")
    write(more, tmp_path / "more", "parquet", "trl")
    for format_, table in (("parquet", "default"), ("trl", "text")):
        places = [str(tmp_path / name / format_) for name in ("few", "more")]
        seen: object = result(AGAIN, *places, table, cwd=tmp_path)
        assert seen == [[2], [5]]


def test_torchtunes_datasets_read_the_lists(exported: Path, tiny: Path) -> None:
    found = result(TORCHTUNE, str(exported / "out"), str(tiny), cwd=exported)
    texts = [row["input"] for row in json.loads((exported / "out/triton_functions.json").read_text())]
    assert len(found["text"]) == len(texts)  # type: ignore[arg-type]
    assert texts[0] in found["text"][0]  # type: ignore[index]
    for style in ("instruct", "chat"):  # only the answer is trained on
        assert "class ScaleNew" in str(found[style]) and "Rewrite the PyTorch program" not in str(found[style])


def test_trl_trains_a_step_on_each_form(exported: Path, tiny: Path) -> None:
    """By what `trl sft --config` calls, with the config that is shipped."""
    config = ROOT / "tune_configs/trl_tiny_cpu_config.yaml"
    losses = result(TRL, str(exported / "out"), str(tiny), str(exported / "trl"), str(config), cwd=exported)
    assert all(3 < float(str(loss)) < 9 for loss in losses.values()) and len(losses) == 3


def test_pushing_without_a_network_is_one_line(exported: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from triton_data.export.hub import push\npush(Path(sys.argv[2]), 'me/data')"
    )
    assert ready_environment().ready
    done = run_apart(script, str(ROOT / "src"), str(exported / "out/parquet"), cwd=exported, HF_TOKEN="hf_none",
                     HF_HUB_OFFLINE="0", HF_ENDPOINT="http://127.0.0.1:9")  # fmt: skip
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1 and "triton_data.errors.Misuse: could not push to me/data" in last
    assert "the files are in" in last
