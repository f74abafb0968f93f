"""torchtune tokenizer component over any Hugging Face tokenizer.json, for base models that are not Llama's.

In: the checkpoint's folder. Out: what torchtune's text, instruct and chat datasets ask of a tokenizer. Messages are
laid out by the checkpoint's own chat template where it has one, else as ChatML. `tune run` finds this file because it
lies beside the config that names it. Not covered: tools and images in messages.
"""

import json
from pathlib import Path
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer

CHATML = "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"


class HfTokenizer:
    def __init__(self, folder: str, max_seq_len: int | None = None, prompt_template: Any = None) -> None:
        place = Path(folder)
        self.tokenizer = Tokenizer.from_file(str(place / "tokenizer.json"))
        said = {**_read(place / "config.json"), **_read(place / "tokenizer_config.json")}
        self.eos_id = self._id(said, "eos")
        self.bos_id = self._id(said, "bos")
        self.pad_id = self._id(said, "pad") if self._id(said, "pad") is not None else self.eos_id
        self.stop_tokens = [self.eos_id]
        self.max_seq_len = max_seq_len
        self.vocab_size = self.tokenizer.get_vocab_size()
        template = said.get("chat_template")
        plain = place / "chat_template.jinja"
        if not isinstance(template, str):
            template = plain.read_text("utf-8") if plain.is_file() else CHATML
        self.template = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).from_string(template)

    def _id(self, said: dict[str, Any], name: str) -> int | None:
        token = said.get(f"{name}_token")
        token = token.get("content") if isinstance(token, dict) else token
        found = self.tokenizer.token_to_id(token) if token else said.get(f"{name}_token_id")
        return found[0] if isinstance(found, list) else found

    def encode(self, text: str, add_bos: bool = True, add_eos: bool = True) -> list[int]:
        ids = self.tokenizer.encode(text, add_special_tokens=False).ids
        before = [self.bos_id] if add_bos and self.bos_id is not None else []
        return before + ids + ([self.eos_id] if add_eos else [])

    def decode(self, ids: list[int], **_: Any) -> str:
        return self.tokenizer.decode(ids, skip_special_tokens=False)

    def __call__(self, sample: dict[str, Any], inference: bool = False) -> dict[str, Any]:
        """A dataset's sample with `messages` becomes `tokens` and `mask` (true: not trained on)."""
        tokens: list[int] = []
        mask: list[bool] = []
        said = ""
        plain = [{"role": m.role, "content": m.text_content} for m in sample["messages"]]
        for index, message in enumerate(sample["messages"]):
            whole = self.template.render(messages=plain[: index + 1], bos_token="", eos_token="")
            new = self.encode(whole.removeprefix(said), add_bos=False, add_eos=False)
            tokens, mask, said = tokens + new, mask + [message.masked] * len(new), whole
        limit = self.max_seq_len or len(tokens)
        return {**{k: v for k, v in sample.items() if k != "messages"}, "tokens": tokens[:limit], "mask": mask[:limit]}


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def hf_tokenizer(folder: str, max_seq_len: int | None = None, prompt_template: Any = None) -> HfTokenizer:
    return HfTokenizer(folder, max_seq_len, prompt_template)
