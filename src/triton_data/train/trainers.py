"""Configs for trainers other than torchtune: TRL's `sft` command and verl's two trainers.

In: nothing. Out: for each file of tune_configs/ its text, with the line that runs it. They read what
`export --format trl,verl` writes. `make configs` writes them beside torchtune's (presets.py).
Not covered: installing these trainers. TRL is in the training environment (environment.py); verl 0.9.1 wants an
environment of its own, with a GPU and vLLM, and was not run here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from triton_data.train.configs import Part
from triton_data.train.presets import TINY_DIR, dump

_BASE, _CHAT = "/tmp/Llama-3.2-3B", "/tmp/Llama-3.2-3B-Instruct"
_REWARD: Part = {"path": "src/triton_data/train/reward.py", "name": "compute_score"}
_VERL_RUN: Part = {"n_gpus_per_node": 2, "nnodes": 1, "total_epochs": 1, "logger": ["console"]}


@dataclass(frozen=True)
class Other:
    command: str
    config: Part
    about: str


def _trl(model: str, form: str, out: str, **changes: object) -> Part:
    return {
        "model_name_or_path": model,
        "dtype": "bfloat16",
        "dataset_name": "datasets/trl",
        "dataset_config": form,
        "output_dir": out,
        "num_train_epochs": 1,
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": 4,
        "learning_rate": 2.0e-5,
        "max_length": 4096,
        "packing": False,
        "gradient_checkpointing": True,
        "bf16": True,
        "logging_steps": 1,
        "save_strategy": "epoch",
        "report_to": "none",
        "seed": 0,
        **changes,
    }


def _verl_sft() -> Part:
    return {
        "defaults": ["sft_trainer_engine", "_self_"],
        "model": {"path": _CHAT, "enable_gradient_checkpointing": True},
        "data": {
            "train_files": "datasets/verl/sft/train-00000.parquet", "messages_key": "messages",
            "train_batch_size": 16, "micro_batch_size_per_gpu": 1, "max_length": 4096, "truncation": "right",
        },
        "optim": {"lr": 2.0e-5},
        "trainer": {
            "default_local_dir": "runs/verl-sft", "project_name": "triton-data", "experiment_name": "sft",
            **_VERL_RUN,
        },
    }  # fmt: skip


def _verl_grpo() -> Part:
    return {
        "defaults": ["ppo_trainer", "_self_"],
        "algorithm": {"adv_estimator": "grpo"},
        "data": {
            "train_files": "datasets/verl/rl/train-00000.parquet",
            "val_files": "datasets/verl/rl/validation-00000.parquet",
            "prompt_key": "prompt", "max_prompt_length": 2048, "max_response_length": 2048,
            "train_batch_size": 32, "filter_overlong_prompts": True,
        },
        "actor_rollout_ref": {
            "model": {"path": _CHAT, "enable_gradient_checkpointing": True},
            "actor": {
                "optim": {"lr": 1.0e-6}, "ppo_mini_batch_size": 16, "ppo_micro_batch_size_per_gpu": 1,
                "use_kl_loss": True, "kl_loss_coef": 0.001,
            },
            "rollout": {
                "name": "vllm", "n": 8, "tensor_model_parallel_size": 1, "gpu_memory_utilization": 0.5,
                "log_prob_micro_batch_size_per_gpu": 1,
            },
            "ref": {"log_prob_micro_batch_size_per_gpu": 1},
        },
        "reward": {"num_workers": 4, "custom_reward_function": _REWARD},
        "trainer": {
            "default_local_dir": "runs/verl-grpo", "project_name": "triton-data", "experiment_name": "grpo",
            "val_before_train": False, "save_freq": 50, **_VERL_RUN,
        },
    }  # fmt: skip


_TINY_CHANGES: Part = {
    "dtype": "float32", "bf16": False, "use_cpu": True, "gradient_checkpointing": False, "max_length": 512,
    "learning_rate": 3.0e-3, "save_strategy": "no",
}  # fmt: skip

OTHERS: dict[str, Other] = {
    "trl_sft_config.yaml": Other(
        "trl sft --config tune_configs/trl_sft_config.yaml",
        _trl(_BASE, "text", "runs/trl-sft"),
        "TRL: text completion, all weights. dataset_config messages or prompt_completion: for a model that chats.",
    ),
    "trl_tiny_cpu_config.yaml": Other(
        "trl sft --config tune_configs/trl_tiny_cpu_config.yaml",
        _trl(TINY_DIR, "prompt_completion", f"{TINY_DIR}-trl", **_TINY_CHANGES),
        "TRL: to see it all run. Base model: triton-data train tiny --out runs/tiny (random weights)",
    ),
    "verl_sft_config.yaml": Other(
        "torchrun --nproc_per_node 2 -m verl.trainer.sft_trainer --config-dir tune_configs"
        " --config-name verl_sft_config",
        _verl_sft(),
        "verl 0.9.1: PyTorch to Triton as conversations. Merged with verl's own defaults by Hydra; not run.",
    ),
    "verl_grpo_config.yaml": Other(
        "python -m verl.trainer.main_ppo --config-dir tune_configs --config-name verl_grpo_config",
        _verl_grpo(),
        "verl 0.9.1: GRPO, rewarded by the verifier. Merged with verl's own defaults by Hydra; not run.",
    ),
}


def text(name: str) -> str:
    other = OTHERS[name]
    return f"# {other.about}\n# Run:  {other.command}\n" + dump(other.config)


def write_all(folder: Path) -> None:
    for name in OTHERS:
        (folder / name).write_text(text(name), "utf-8")


if __name__ == "__main__":
    write_all(Path("tune_configs"))
