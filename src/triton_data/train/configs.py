"""torchtune configs as plain dictionaries, each part written once.

In: a base model, a dataset, and what to change. Out: what `tune run RECIPE --config` reads. tune_configs/ holds the
ones with names (presets.py); `train prepare` writes one for any export and checkpoint.
Not covered: which recipe takes which keys; `tune validate` and the tests say that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

Part: TypeAlias = dict[str, Any]
FULL, LORA = "full_finetune_single_device", "lora_finetune_single_device"
FULL_DISTRIBUTED, LORA_DISTRIBUTED = "full_finetune_distributed", "lora_finetune_distributed"
STYLES = ("text", "instruct", "chat")
_LORA = {
    "lora_attn_modules": ["q_proj", "v_proj", "output_proj"], "apply_lora_to_mlp": True, "lora_rank": 64,
    "lora_alpha": 128, "lora_dropout": 0.0,
}  # fmt: skip


@dataclass(frozen=True)
class Base:
    """A checkpoint that torchtune can load."""

    model: Part
    tokenizer: Part
    checkpoint_dir: str
    checkpoint_files: tuple[str, ...]
    model_type: str = "LLAMA3_2"


@dataclass(frozen=True)
class Tuning:
    """What is done with it."""

    data_file: str
    output_dir: str
    style: str = "text"
    lora: bool = False
    packed: bool = False
    distributed: bool = False
    device: str = "cuda"
    dtype: str = "bf16"
    epochs: int = 1
    max_steps: int | None = None
    batch_size: int = 4
    lr: float = 2e-5
    max_seq_len: int | None = None
    seed: int = 0
    extra: Part = field(default_factory=dict)

    @property
    def recipe(self) -> str:
        if self.distributed:
            return LORA_DISTRIBUTED if self.lora else FULL_DISTRIBUTED
        return LORA if self.lora else FULL


def dataset(tuning: Tuning) -> Part:
    source: Part = {"source": "json", "data_files": tuning.data_file, "split": "train"}
    if tuning.style == "instruct":
        columns = {"input": "input", "output": "output"}
        part = {"_component_": "torchtune.datasets.instruct_dataset", **source, "column_map": columns}
    elif tuning.style == "chat":
        shape = {"conversation_column": "messages", "conversation_style": "openai"}
        part = {"_component_": "torchtune.datasets.chat_dataset", **source, **shape}
    else:
        part = {"_component_": "torchtune.datasets.text_completion_dataset", **source, "column": "input"}
    part["packed"] = tuning.packed
    if tuning.packed and tuning.style == "text":
        part["split_across_pack"] = False
    return part


def finetune(base: Base, tuning: Tuning) -> Part:
    model = _with_lora(base.model) if tuning.lora else base.model
    cuda = tuning.device == "cuda"
    config: Part = {
        "output_dir": tuning.output_dir,
        "model": model,
        "tokenizer": {**base.tokenizer, "max_seq_len": tuning.max_seq_len},
        "dataset": dataset(tuning),
        "seed": tuning.seed,
        "shuffle": True,
        "checkpointer": _checkpointer(base),
        "resume_from_checkpoint": False,
        "batch_size": tuning.batch_size,
        "epochs": tuning.epochs,
        "max_steps_per_epoch": tuning.max_steps,
        "gradient_accumulation_steps": 1,
        "optimizer": {"_component_": "torch.optim.AdamW", "lr": tuning.lr, **({"fused": True} if cuda else {})},
        "optimizer_in_bwd": False,
        "clip_grad_norm": None,
        "loss": {"_component_": "torchtune.modules.loss.CEWithChunkedOutputLoss"},
        "compile": False,
        "device": tuning.device,
        "dtype": tuning.dtype,
        "enable_activation_checkpointing": cuda,
        "enable_activation_offloading": False,
        **_logging(cuda),
    }
    if tuning.lora:
        config |= {"save_adapter_weights_only": False, "lr_scheduler": _scheduler()}
        del config["optimizer_in_bwd"]
    return config | tuning.extra


def _with_lora(model: Part) -> Part:
    """torchtune names the LoRA form of a model's builder `lora_` and its name."""
    where, _, name = str(model["_component_"]).rpartition(".")
    return {**model, "_component_": f"{where}.lora_{name}", **_LORA}


def _scheduler() -> Part:
    return {"_component_": "torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup", "num_warmup_steps": 10}


def _checkpointer(base: Base, output_dir: str = "${output_dir}") -> Part:
    return {
        "_component_": "torchtune.training.FullModelHFCheckpointer",
        "checkpoint_dir": base.checkpoint_dir,
        "checkpoint_files": list(base.checkpoint_files),
        "recipe_checkpoint": None,
        "output_dir": output_dir,
        "model_type": base.model_type,
    }


def _logging(cuda: bool) -> Part:
    return {
        "metric_logger": {
            "_component_": "torchtune.training.metric_logging.DiskLogger",
            "log_dir": "${output_dir}/logs",
        },
        "log_every_n_steps": 1,
        "log_peak_memory_stats": cuda,
        "profiler": {"_component_": "torchtune.training.setup_torch_profiler", "enabled": False},
    }


def generation(base: Base, prompt: Part, *, device: str = "cuda", dtype: str = "bf16", max_new_tokens: int = 512,
               temperature: float = 0.6, top_k: int = 300, seed: int = 1234) -> Part:  # fmt: skip
    """For torchtune's `generate`, which wraps the prompt in chat headers, and for our generate_text.py, which does
    not."""
    checkpointer = _checkpointer(base, "./")
    del checkpointer["recipe_checkpoint"]
    return {
        "output_dir": "./",
        "model": base.model,
        "checkpointer": checkpointer,
        "device": device,
        "dtype": dtype,
        "seed": seed,
        "tokenizer": {**base.tokenizer, "max_seq_len": None, "prompt_template": None},
        "prompt": prompt,
        "max_new_tokens": max_new_tokens,
        "temperature": temperature,
        "top_k": top_k,
        "enable_kv_cache": True,
        "quantizer": None,
    }


def tuned(base: Base, output_dir: str, epochs: int, files: tuple[str, ...]) -> Base:
    """The checkpoint that the last epoch leaves."""
    return Base(base.model, base.tokenizer, str(Path(output_dir) / f"epoch_{epochs - 1}"), files, base.model_type)
