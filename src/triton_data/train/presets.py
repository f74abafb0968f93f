"""The configs in tune_configs/, by file name: what the write-ups' commands use, and its variants.

In: nothing. Out: for each file its recipe, a line that says how to run it, and the config. `make configs` writes them.
Not covered: configs for other checkpoints (`triton-data train prepare`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from triton_data.formats.prompts import SYSTEM
from triton_data.train import configs
from triton_data.train.configs import Base, Part, Tuning

_LLAMA_DIR = "/tmp/Llama-3.2-3B"
_TUNED_DIR = "/tmp/torchtune/llama3_2_3B/triton"
_FILES = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
LLAMA = Base(
    {"_component_": "torchtune.models.llama3_2.llama3_2_3b"},
    {"_component_": "torchtune.models.llama3.llama3_tokenizer", "path": f"{_LLAMA_DIR}/original/tokenizer.model"},
    _LLAMA_DIR,
    _FILES,
)
TEXT = Tuning("datasets/triton_functions.json", _TUNED_DIR, max_seq_len=4096)
MATMUL = (
    "Write a Triton kernel function that performs matrix multiplication on two 1024x1024 matrices A and B, resulting "
    "in a 1024x1024 output matrix C, using BLOCK_SIZE_M = 128, BLOCK_SIZE_N = 128, and BLOCK_SIZE_K = 32; ensure each "
    "block in C is calculated from corresponding blocks in A and B with a tiled approach; use tl.load with masking to "
    "handle boundaries, accumulate partial sums, and store the result in C; include Python host code to launch the "
    "kernel with proper grid/block sizes, and verify correctness by comparing with torch.matmul, ensuring accuracy "
    "within 1e-4."
)
PROMPT: Part = {"system": SYSTEM, "user": MATMUL}

TINY_DIR = "runs/tiny"
TINY_SHAPE: Part = {
    "vocab_size": 512, "num_layers": 2, "num_heads": 4, "num_kv_heads": 2, "embed_dim": 64, "intermediate_dim": 256,
    "max_seq_len": 1024, "rope_base": 500000, "scale_factor": 32, "tie_word_embeddings": True,
}  # fmt: skip
TINY = Base(
    {"_component_": "torchtune.models.llama3_2.llama3_2", **TINY_SHAPE},
    {"_component_": "torchtune.models.llama3.llama3_tokenizer", "path": f"{TINY_DIR}/tokenizer.model",
     "special_tokens_path": f"{TINY_DIR}/special_tokens.json"},
    TINY_DIR,
    ("model.safetensors",),
)  # fmt: skip
TINY_TEXT = Tuning(
    TEXT.data_file, f"{TINY_DIR}-tuned", device="cpu", dtype="fp32", batch_size=2, lr=3e-3, max_seq_len=256, epochs=2
)


@dataclass(frozen=True)
class Preset:
    recipe: str
    config: Part
    about: str
    processes: int = 1

    def command(self, name: str) -> str:
        spread = f"--nproc_per_node {self.processes} " if self.processes > 1 else ""
        return f"tune run {spread}{self.recipe} --config tune_configs/{name}"


def _finetune(base: Base, tuning: Tuning, about: str, processes: int = 1) -> Preset:
    return Preset(tuning.recipe, configs.finetune(base, tuning), about, processes)


def _tiny(**changes: object) -> Tuning:
    return replace(TINY_TEXT, **changes)  # type: ignore[arg-type]


_DOWNLOAD = 'Base model: tune download meta-llama/Llama-3.2-3B --output-dir /tmp/Llama-3.2-3B --ignore-patterns "None"'
_TINY_BASE = "Base model: triton-data train tiny --out runs/tiny (random weights; minutes on a CPU)"
_INSTRUCT = replace(TEXT, style="instruct", data_file="datasets/triton_instruct.json")
_CHAT = replace(TEXT, style="chat", data_file="datasets/triton_chat.json")
_SAVED = tuple(f"model-0000{i}-of-00002.safetensors" for i in (1, 2))

PRESETS: dict[str, Preset] = {
    "llama_3_config.yaml": _finetune(LLAMA, TEXT, f"Text completion, all weights. {_DOWNLOAD}"),
    "llama_3_lora_config.yaml": _finetune(LLAMA, replace(TEXT, lora=True, lr=3e-4), f"LoRA. {_DOWNLOAD}"),
    "llama_3_packed_config.yaml": _finetune(
        LLAMA, replace(TEXT, packed=True), f"Several texts a row, none of them cut in two. {_DOWNLOAD}"
    ),
    "llama_3_instruct_config.yaml": _finetune(LLAMA, _INSTRUCT, f"PyTorch to Triton, input and output. {_DOWNLOAD}"),
    "llama_3_chat_config.yaml": _finetune(LLAMA, _CHAT, f"PyTorch to Triton as conversations. {_DOWNLOAD}"),
    "llama_3_distributed_config.yaml": _finetune(
        LLAMA, replace(TEXT, distributed=True), f"All weights, over the GPUs of one machine. {_DOWNLOAD}", 2
    ),
    "gen_llama3_3b_original_config.yaml": Preset(
        "generate", configs.generation(LLAMA, PROMPT), "What the base model answers to the write-up's prompt."
    ),
    "gen_llama3_3b_finetune_config.yaml": Preset(
        "generate",
        configs.generation(configs.tuned(LLAMA, _TUNED_DIR, 1, _SAVED), PROMPT),
        "What the model that llama_3_config.yaml leaves after epochs=1 answers to the same prompt.",
    ),
    "tiny_cpu_config.yaml": _finetune(TINY, TINY_TEXT, f"To see it all run. {_TINY_BASE}"),
    "tiny_cpu_lora_config.yaml": _finetune(TINY, _tiny(lora=True, output_dir=f"{TINY_DIR}-lora"), _TINY_BASE),
    "tiny_cpu_packed_config.yaml": _finetune(
        TINY, _tiny(packed=True, output_dir=f"{TINY_DIR}-packed", batch_size=1), _TINY_BASE
    ),
    "tiny_cpu_instruct_config.yaml": _finetune(
        TINY,
        _tiny(style="instruct", data_file=_INSTRUCT.data_file, output_dir=f"{TINY_DIR}-instruct", max_seq_len=512),
        _TINY_BASE,
    ),
    "tiny_cpu_chat_config.yaml": _finetune(
        TINY,
        _tiny(style="chat", data_file=_CHAT.data_file, output_dir=f"{TINY_DIR}-chat", max_seq_len=512),
        _TINY_BASE,
    ),
    "gen_tiny_config.yaml": Preset(
        "src/triton_data/train/recipes/generate_text.py",
        configs.generation(
            configs.tuned(TINY, TINY_TEXT.output_dir, TINY_TEXT.epochs, ("model-00001-of-00001.safetensors",)),
            {"system": None, "user": "import triton"},
            device="cpu", dtype="fp32", max_new_tokens=48,
        ),
        "Text from the model that tiny_cpu_config.yaml leaves, with no chat headers around the prompt.",
    ),
}  # fmt: skip


def text(name: str) -> str:
    preset = PRESETS[name]
    head = f"# {preset.about}\n# Run:  {preset.command(name)}\n"
    return head + dump(preset.config)


def dump(config: Part) -> str:
    """No anchors: the file is for people to edit."""
    dumper = yaml.SafeDumper
    dumper.ignore_aliases = lambda *_: True  # type: ignore[method-assign]
    return str(yaml.dump(config, Dumper=dumper, sort_keys=False, width=110))


def write_all(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in PRESETS:
        (folder / name).write_text(text(name), "utf-8")


if __name__ == "__main__":
    write_all(Path("tune_configs"))
