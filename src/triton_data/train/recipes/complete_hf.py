"""Completions from a Hugging Face checkpoint, by transformers in the training environment.

In: a checkpoint folder, a file of tasks, a file for the answers, settings as JSON. Out: a JSON line a completion. A
prompt that leaves no room for an answer loses its beginning. Imports nothing of triton_data. Not covered: models that
need code of their own.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

TOGETHER = 64  # prompts of a batch on a GPU


def main(checkpoint: str, asked: Path, answered: Path, settings: dict) -> None:
    tokenizer = AutoTokenizer.from_pretrained(checkpoint, padding_side="left")
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    cuda = settings["device"] == "cuda"
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.bfloat16 if cuda else torch.float32)
    model = model.to(settings["device"]).eval()
    longest = model.config.max_position_embeddings
    new = min(settings["max_new_tokens"], longest // 2)
    tasks = [json.loads(line) for line in asked.read_text("utf-8").splitlines()]
    together = TOGETHER if cuda else 1
    with answered.open("w", encoding="utf-8") as out:
        for sample in range(settings["samples"]):
            torch.manual_seed(settings["seed"] + sample)
            for first in range(0, len(tasks), together):
                batch = tasks[first : first + together]
                ids = [_ids(tokenizer, task, settings["chat"])[-(longest - new) :] for task in batch]
                for task, text in zip(batch, _complete(model, tokenizer, ids, new, settings), strict=True):
                    out.write(json.dumps({"key": task["key"], "sample": sample, "completion": text}) + "\n")


def _ids(tokenizer, task: dict, chat: bool) -> list[int]:
    if not chat:
        return tokenizer(task["text"])["input_ids"]
    if not tokenizer.chat_template:
        raise SystemExit("this checkpoint has no chat template: give --text")
    text = tokenizer.apply_chat_template(task["messages"], add_generation_prompt=True, tokenize=False)
    return tokenizer(text, add_special_tokens=False)["input_ids"]


@torch.inference_mode()
def _complete(model, tokenizer, ids: list[list[int]], new: int, settings: dict) -> list[str]:
    given = tokenizer.pad({"input_ids": ids}, return_tensors="pt").to(model.device)
    heat = settings["temperature"]
    drawn = {"do_sample": True, "temperature": heat} if heat > 0 else {"do_sample": False}
    made = model.generate(**given, max_new_tokens=new, pad_token_id=tokenizer.pad_token_id, **drawn)
    return tokenizer.batch_decode(made[:, given["input_ids"].shape[1] :], skip_special_tokens=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), json.loads(sys.argv[4]))
