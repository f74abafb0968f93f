"""torchtune recipe: raw text completion. The stock `generate` wraps the prompt in chat headers, which a model that was
trained on plain text has never seen.

In: a generation config; `prompt` is text, or has `user`. With `prompts_file` (JSON lines with `prompt`, and `key`) it
answers them all and appends to `completions_file`. Out: text on stdout, or a line a completion. Run by `tune run`, so
it imports nothing of triton_data. Not covered: batches.
"""

import json
import sys
from pathlib import Path
from typing import Any

import torch
from omegaconf import DictConfig
from torchtune import config, generation, training, utils


class TextCompletion:
    def __init__(self, cfg: DictConfig) -> None:
        self.device = utils.get_device(cfg.device)
        self.dtype = training.get_dtype(cfg.dtype, self.device)
        training.set_seed(cfg.seed)
        weights = config.instantiate(cfg.checkpointer).load_checkpoint()[training.MODEL_KEY]
        with training.set_default_dtype(self.dtype), self.device:
            self.model = config.instantiate(cfg.model)
        self.model.load_state_dict(weights)
        self.model.eval()
        self.tokenizer = config.instantiate(cfg.tokenizer)
        self.cached = 0

    @torch.inference_mode()
    def complete(self, prompt: str, cfg: DictConfig) -> str:
        """What comes after the prompt."""
        ids = torch.tensor(self.tokenizer.encode(prompt, add_bos=True, add_eos=False), device=self.device)
        if cfg.enable_kv_cache:
            self._make_room(ids.numel() + cfg.max_new_tokens)
        made, _ = generation.generate(
            model=self.model,
            prompt=ids,
            max_generated_tokens=cfg.max_new_tokens,
            pad_id=self.tokenizer.pad_id,
            temperature=cfg.temperature,
            top_k=cfg.top_k,
            stop_tokens=self.tokenizer.stop_tokens,
        )
        new = [token for token in made[0].tolist()[ids.numel() :] if token not in self.tokenizer.stop_tokens]
        return self.tokenizer.decode(new)

    def _make_room(self, length: int) -> None:
        if self.cached >= length:
            self.model.reset_caches()
            return
        if self.cached:
            self.model.delete_kv_caches() if hasattr(self.model, "delete_kv_caches") else _forget(self.model)
        with self.device:
            self.model.setup_caches(batch_size=1, dtype=self.dtype, decoder_max_seq_len=length)
        self.cached = length


def _forget(model: Any) -> None:
    for layer in model.layers:
        layer.attn.kv_cache, layer.attn.cache_enabled = None, False


def _answer_file(recipe: TextCompletion, cfg: DictConfig) -> None:
    samples = cfg.get("samples", 1)
    with Path(cfg.completions_file).open("a", encoding="utf-8") as out:
        for line in Path(cfg.prompts_file).read_text("utf-8").splitlines():
            task = json.loads(line)
            for sample in range(samples):
                made = recipe.complete(task["prompt"], cfg)
                out.write(json.dumps({"key": task["key"], "sample": sample, "completion": made}) + "\n")
                out.flush()


@config.parse
def main(cfg: DictConfig) -> None:
    recipe = TextCompletion(cfg)
    if cfg.get("prompts_file"):
        _answer_file(recipe, cfg)
        return
    prompt = cfg.prompt if isinstance(cfg.prompt, str) else cfg.prompt.user
    print(prompt + recipe.complete(prompt, cfg))


if __name__ == "__main__":
    sys.exit(main())
