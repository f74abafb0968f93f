"""Configs: those with names are current and valid, those for a checkpoint say what the checkpoint says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.tuning import ROOT, run_there
from triton_data.errors import Misuse
from triton_data.export import folders
from triton_data.train import presets, trainers
from triton_data.train import reward as rewards
from triton_data.train.checkpoint import read_base
from triton_data.train.environment import Environment
from triton_data.train.prepare import style_of
from triton_data.train.run import read_plan, train

SMOL = {
    "model_type": "llama", "vocab_size": 49152, "num_hidden_layers": 30, "num_attention_heads": 9,
    "num_key_value_heads": 3, "hidden_size": 576, "intermediate_size": 1536, "max_position_embeddings": 8192,
    "rope_theta": 100000, "rms_norm_eps": 1e-5, "tie_word_embeddings": True,
}  # fmt: skip


def checkpoint(folder: Path, **changes: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({**SMOL, **changes}))
    (folder / "tokenizer.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"")
    return folder


def test_the_files_are_what_the_presets_say() -> None:
    written = {path.name: path.read_text() for path in (ROOT / "tune_configs").glob("*.yaml")}
    torchtune = {name: presets.text(name) for name in presets.PRESETS}
    assert written == {**torchtune, **{name: trainers.text(name) for name in trainers.OTHERS}}, "run `make configs`"


def test_the_write_ups_commands_name_files_that_are_here() -> None:
    for name in ("llama_3_config", "gen_llama3_3b_finetune_config", "gen_llama3_3b_original_config"):
        config = yaml.safe_load((ROOT / "tune_configs" / f"{name}.yaml").read_text())
        assert config["checkpointer"]["checkpoint_files"] and config["model"]["_component_"].endswith("llama3_2_3b")
    tuned = yaml.safe_load((ROOT / "tune_configs/gen_llama3_3b_finetune_config.yaml").read_text())
    trained = yaml.safe_load((ROOT / "tune_configs/llama_3_config.yaml").read_text())
    assert tuned["checkpointer"]["checkpoint_dir"] == f"{trained['output_dir']}/epoch_0"
    assert "1024x1024 matrices A and B" in tuned["prompt"]["user"]
    assert trained["dataset"]["data_files"] == "datasets/triton_functions.json"


@pytest.mark.slow
def test_every_config_is_valid_for_torchtune() -> None:
    """One process for all: each `tune validate` would import torch anew."""
    script = (
        "import sys; from torchtune._cli.tune import TuneCLIParser\n"
        "for path in sys.argv[1:]:\n"
        "    sys.argv = ['tune', 'validate', path]; parser = TuneCLIParser(); parser.run(parser.parse_args())\n"
        "    print('checked', path)"
    )
    paths = sorted(str(ROOT / "tune_configs" / name) for name in presets.PRESETS)
    done = run_there(script, *paths, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("checked ") == done.stdout.count("well-formed") == len(paths)


@pytest.mark.slow
def test_trl_knows_every_key_of_its_configs() -> None:
    script = (
        "import json, sys; from trl import DatasetMixtureConfig, ModelConfig, ScriptArguments, SFTConfig, TrlParser\n"
        "for path in sys.argv[1:]:\n"
        "    kinds = (ScriptArguments, SFTConfig, ModelConfig, DatasetMixtureConfig)\n"
        "    words = ['--config', path, '--use_cpu', 'true', '--bf16', 'false']\n"
        "    made = TrlParser(kinds).parse_args_and_config(words, fail_with_unknown_args=True)\n"
        "    print('RESULT' + json.dumps([made[0].dataset_config, made[1].max_length, made[2].model_name_or_path]))"
    )
    names = ("trl_sft_config.yaml", "trl_tiny_cpu_config.yaml")
    done = run_there(script, *(str(ROOT / "tune_configs" / name) for name in names), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    said = [json.loads(line) for line in done.stdout.split("RESULT")[1:]]
    assert said == [["text", 4096, "/tmp/Llama-3.2-3B"], ["prompt_completion", 512, "runs/tiny"]]


def test_verls_configs_name_what_the_export_writes_and_a_reward_that_is_there() -> None:
    """Merging them with verl's defaults needs verl, which was done by hand (docs/train.md)."""
    grpo = yaml.safe_load((ROOT / "tune_configs/verl_grpo_config.yaml").read_text())
    reward = grpo["reward"]["custom_reward_function"]
    assert (ROOT / reward["path"]).is_file() and hasattr(rewards, reward["name"])
    assert grpo["data"]["prompt_key"] in folders.RL.names and grpo["data"]["train_files"].startswith(
        "datasets/verl/rl/"
    )
    sft = yaml.safe_load((ROOT / "tune_configs/verl_sft_config.yaml").read_text())
    assert sft["data"]["messages_key"] in folders.SFT.names


def test_a_checkpoint_becomes_a_builder_with_its_dimensions(tmp_path: Path) -> None:
    base = read_base(checkpoint(tmp_path / "smol"))
    assert base.model["_component_"] == "torchtune.models.llama3_2.llama3_2"
    shape = {"vocab_size": 49152, "num_layers": 30, "num_heads": 9, "num_kv_heads": 3, "embed_dim": 576,
             "intermediate_dim": 1536, "rope_base": 100000, "scale_factor": 1}  # fmt: skip
    assert shape.items() <= base.model.items()
    assert base.tokenizer["_component_"] == "hf_tokenizer.hf_tokenizer"
    scaled = {"rope_type": "llama3", "factor": 32.0}
    assert read_base(checkpoint(tmp_path / "scaled", rope_scaling=scaled)).model["scale_factor"] == 32


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"model_type": "qwen2"}, "'qwen2'"), ({"rope_scaling": {"rope_type": "yarn"}}, "'yarn'")],
)
def test_what_torchtune_cannot_load_is_refused(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    with pytest.raises(Misuse, match=said):
        read_base(checkpoint(tmp_path / "base", **changes))


def test_mistakes_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"no config\.json"):
        read_base(tmp_path)
    (tmp_path / "rows.json").write_text('[\n{"question": 1}\n]\n')
    for path, said in ((tmp_path / "none.json", "no dataset"), (tmp_path / "rows.json", "question")):
        with pytest.raises(Misuse, match=said):
            style_of(path)
    (tmp_path / "some.yaml").write_text("a: 1\n")
    for target in (tmp_path / "some.yaml", tmp_path / "nothing"):
        with pytest.raises(Misuse):
            read_plan(target)


def test_a_machine_without_what_a_config_needs_is_told_before_torchtune_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = Environment(tmp_path / "env")
    monkeypatch.setattr(Environment, "ready", True)
    monkeypatch.setattr("triton_data.train.run._sees_gpu", lambda: False)
    for path in sorted((ROOT / "tune_configs").glob("gen_llama*.yaml")):
        with pytest.raises(Misuse, match=r"no checkpoint in /tmp/.*docs/train\.md"):
            train(ready, read_plan(path), [])
        here = f"checkpointer.checkpoint_dir={tmp_path}"
        with pytest.raises(Misuse, match="is for a GPU, and torch sees none here: add device=cpu"):
            train(ready, read_plan(path), [here])
        with pytest.raises(FileNotFoundError, match="tune"):  # it is called
            train(ready, read_plan(path), [here, "device=cpu"])


def test_the_second_line_of_a_preset_is_how_to_run_it() -> None:
    plan = read_plan(ROOT / "tune_configs/llama_3_distributed_config.yaml")
    assert plan.words[:4] == ("run", "--nproc_per_node", "2", "full_finetune_distributed")
    recipes = {re.split(r"\s+", preset.command(name))[2] for name, preset in presets.PRESETS.items()}
    assert recipes >= {"generate", "full_finetune_single_device", "lora_finetune_single_device"}
