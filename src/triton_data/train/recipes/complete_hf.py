"""Completions from a Hugging Face checkpoint, by transformers in the training environment.

In: a checkpoint folder, a file of tasks, a file for the answers, settings as JSON. Out: a JSON line a completion. A
prompt that leaves no room for an answer loses its beginning. Imports nothing of triton_data. Not covered: batches.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def main(checkpoint: str, asked: Path, answered: Path, settings: dict) -> None:
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    dtype = torch.bfloat16 if settings["device"] == "cuda" else torch.float32
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=dtype).to(settings["device"]).eval()
    longest = model.config.max_position_embeddings
    new = min(settings["max_new_tokens"], longest // 2)
    with answered.open("w", encoding="utf-8") as out:
        for line in asked.read_text("utf-8").splitlines():
            task = json.loads(line)
            ids = _ids(tokenizer, task, settings["chat"])[-(longest - new) :]
            given = torch.tensor([ids], device=settings["device"])
            for sample in range(settings["samples"]):
                torch.manual_seed(settings["seed"] + sample)
                text = _complete(model, tokenizer, given, new, settings["temperature"])
                out.write(json.dumps({"key": task["key"], "sample": sample, "completion": text}) + "\n")


def _ids(tokenizer, task: dict, chat: bool) -> list[int]:
    if not chat:
        return tokenizer(task["text"])["input_ids"]
    if not tokenizer.chat_template:
        raise SystemExit("this checkpoint has no chat template: give --text")
    text = tokenizer.apply_chat_template(task["messages"], add_generation_prompt=True, tokenize=False)
    return tokenizer(text, add_special_tokens=False)["input_ids"]


@torch.inference_mode()
def _complete(model, tokenizer, given: torch.Tensor, new: int, temperature: float) -> str:
    drawn = {"do_sample": True, "temperature": temperature} if temperature > 0 else {"do_sample": False}
    made = model.generate(
        given, attention_mask=torch.ones_like(given), max_new_tokens=new, pad_token_id=tokenizer.pad_token_id, **drawn
    )
    return tokenizer.decode(made[0, given.shape[1] :], skip_special_tokens=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), json.loads(sys.argv[4]))
