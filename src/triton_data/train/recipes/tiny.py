"""A Llama of 150,000 random weights and a tokenizer of 512 entries, to see training run where there is no base model.

In: texts to learn the tokenizer's merges from, a seed. Out: a Hugging Face checkpoint folder that torchtune and
transformers load. Runs in the tune environment (it needs tokenizers and safetensors) and imports nothing of ours.
Not covered: a model that is good for anything.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
SPECIAL = (
    "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|reserved_special_token_1|>",
    "<|finetune_right_pad_id|>", "<|step_id|>", "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>",
    "<|python_tag|>", "<|image|>",
)  # fmt: skip
CHAT = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m['role'] }}<|end_header_id|>\n\n{{ m['content'] }}"
    "<|eot_id|>{% endfor %}{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
VOCABULARY, LAYERS, HEADS, KV_HEADS, WIDTH, INNER, LENGTH = 512, 2, 4, 2, 64, 256, 1024


def make(folder: Path, texts: list[str], seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    ids = _tokenizer(folder, texts)
    _weights(folder, seed)
    config = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": VOCABULARY, "hidden_size": WIDTH,
        "intermediate_size": INNER, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "num_key_value_heads": KV_HEADS, "head_dim": WIDTH // HEADS, "max_position_embeddings": LENGTH,
        "rms_norm_eps": 1e-5, "rope_theta": 500000.0, "hidden_act": "silu", "attention_bias": False,
        "rope_scaling": {"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                         "original_max_position_embeddings": 8192},
        "mlp_bias": False, "tie_word_embeddings": True, "bos_token_id": ids[SPECIAL[0]],
        "eos_token_id": ids[SPECIAL[1]], "pad_token_id": ids[SPECIAL[4]], "torch_dtype": "float32",
    }  # fmt: skip
    _dump(folder / "config.json", config)


def _dump(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1) + "\n", "utf-8")


def _tokenizer(folder: Path, texts: list[str]) -> dict[str, int]:
    """In both spellings: tokenizer.json for transformers, a tiktoken file for torchtune's Llama tokenizer."""
    made = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(SPLIT), "isolated")
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    made.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    size = VOCABULARY - len(SPECIAL)
    made.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    )
    ranks = sorted(made.get_vocab().items(), key=lambda item: item[1])
    lines = [f"{base64.b64encode(_bytes(token)).decode()} {rank}\n" for token, rank in ranks]
    (folder / "tokenizer.model").write_text("".join(lines))
    made.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    made.save(str(folder / "tokenizer.json"))
    ids = {token: made.token_to_id(token) for token in SPECIAL}
    _dump(folder / "special_tokens.json", {"added_tokens": [{"id": i, "content": token} for token, i in ids.items()]})
    named = {"bos_token": SPECIAL[0], "eos_token": SPECIAL[1], "pad_token": SPECIAL[4], "chat_template": CHAT}
    _dump(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": LENGTH, **named},
    )
    return ids


def _bytes(token: str) -> bytes:
    """GPT-2's spelling of bytes as printable characters, backwards."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    spelled = {chr(byte): byte for byte in plain} | {chr(256 + i): byte for i, byte in enumerate(others)}
    return bytes(spelled[character] for character in token)


def _weights(folder: Path, seed: int) -> None:
    drawn = torch.Generator().manual_seed(seed)
    head = WIDTH // HEADS
    shapes = {"model.embed_tokens.weight": (VOCABULARY, WIDTH), "model.norm.weight": (WIDTH,)}
    for layer in range(LAYERS):
        sizes = {
            "self_attn.q_proj": (WIDTH, WIDTH), "self_attn.k_proj": (KV_HEADS * head, WIDTH),
            "self_attn.v_proj": (KV_HEADS * head, WIDTH), "self_attn.o_proj": (WIDTH, WIDTH),
            "mlp.gate_proj": (INNER, WIDTH), "mlp.up_proj": (INNER, WIDTH), "mlp.down_proj": (WIDTH, INNER),
            "input_layernorm": (WIDTH,), "post_attention_layernorm": (WIDTH,),
        }  # fmt: skip
        shapes |= {f"model.layers.{layer}.{name}.weight": size for name, size in sizes.items()}
    made = {
        name: torch.ones(size) if len(size) == 1 else torch.randn(size, generator=drawn) * 0.02
        for name, size in shapes.items()
    }
    save_file(made, folder / "model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    make(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")), int(sys.argv[3]))
