"""A Hugging Face checkpoint folder as torchtune's base model.

In: a folder with config.json, safetensors and a tokenizer. Out: a Base with every dimension spelled out. Not covered:
architectures other than Llama's (torchtune has builders for them; name one in a config by hand).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse
from triton_data.train.configs import Base, Part


def read_base(folder: Path) -> Base:
    config = _config(folder)
    weights = sorted(path.name for path in folder.glob("*.safetensors"))
    if not weights:
        raise Misuse(f"no *.safetensors in {folder}: torchtune loads no other weights here")
    return Base(_model(config, folder), _tokenizer(folder), str(folder.absolute()), tuple(weights))


def _config(folder: Path) -> dict[str, Any]:
    try:
        values = json.loads((folder / "config.json").read_text("utf-8"))
    except FileNotFoundError:
        raise Misuse(f"no config.json in {folder}: name a Hugging Face checkpoint folder with --model") from None
    except (OSError, ValueError) as error:
        raise Misuse(f"cannot read {folder / 'config.json'}: {error}") from error
    if not isinstance(values, dict) or values.get("model_type") != "llama":
        found = values.get("model_type") if isinstance(values, dict) else "nothing"
        raise Misuse(f"{folder} holds a model of type {found!r}; `train prepare` writes configs for 'llama' only")
    return values


def _model(config: dict[str, Any], folder: Path) -> Part:
    """Llama 3.2's builder ties the embeddings and scales RoPE; with a factor of 1 it is any plain Llama."""
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    base = config.get("rope_theta") or rope.get("rope_theta") or 10_000
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind not in ("default", "llama3"):
        raise Misuse(f"{folder} scales its positions by {kind!r}, which torchtune's Llama builders cannot")
    try:
        shape = {
            "vocab_size": config["vocab_size"], "num_layers": config["num_hidden_layers"],
            "num_heads": config["num_attention_heads"],
            "num_kv_heads": config.get("num_key_value_heads") or config["num_attention_heads"],
            "embed_dim": config["hidden_size"], "intermediate_dim": config["intermediate_size"],
            "max_seq_len": config["max_position_embeddings"], "rope_base": int(base),
            "norm_eps": config.get("rms_norm_eps", 1e-5),
            "scale_factor": int(rope.get("factor", 1)) if kind == "llama3" else 1,
            "tie_word_embeddings": bool(config.get("tie_word_embeddings", False)),
        }  # fmt: skip
    except KeyError as missing:
        raise Misuse(f"{folder / 'config.json'} does not say {missing}") from None
    return {"_component_": "torchtune.models.llama3_2.llama3_2", **shape}


def _tokenizer(folder: Path) -> Part:
    """Llama's own file where there is one, else tokenizer.json by our component."""
    for place in (folder / "original" / "tokenizer.model", folder / "tokenizer.model"):
        if place.is_file() and _is_tiktoken(place):
            part = {"_component_": "torchtune.models.llama3.llama3_tokenizer", "path": str(place.absolute())}
            special = folder / "special_tokens.json"
            return {**part, "special_tokens_path": str(special.absolute())} if special.is_file() else part
    if not (folder / "tokenizer.json").is_file():
        raise Misuse(f"no tokenizer.json and no tiktoken tokenizer.model in {folder}")
    return {"_component_": "hf_tokenizer.hf_tokenizer", "folder": str(folder.absolute())}


def _is_tiktoken(path: Path) -> bool:
    """Lines of base64 and rank; older Llamas have a sentencepiece model of the same name."""
    with path.open("rb") as file:
        words = file.readline(1000).split()
    return len(words) == 2 and words[1].isdigit()
