"""One question to a model and the reply, as plain frozen values that a database can keep.

In: messages and sampling. Out: the request's body in the protocol's words, and a key that is the same for the same
question. `rollout` is part of the key and is not sent: who wants a second answer to the same words gives another
number. Not covered: sending (client.py).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from triton_data.records import digest

Messages = tuple[tuple[str, str], ...]  # (role, text)


@dataclass(frozen=True, slots=True)
class Question:
    provider: str
    model: str
    messages: Messages
    max_tokens: int
    temperature: float | None = None
    seed: int | None = None
    rollout: int = 0
    limit: str = "max_tokens"  # the provider's word

    @property
    def body(self) -> dict[str, Any]:
        said = [{"role": role, "content": text} for role, text in self.messages]
        body: dict[str, Any] = {"model": self.model, "messages": said, self.limit: self.max_tokens}
        if self.temperature is not None:
            body["temperature"] = self.temperature
        if self.seed is not None:
            body["seed"] = self.seed
        return body

    @property
    def request(self) -> str:
        return json.dumps(self.body, sort_keys=True)

    @property
    def key(self) -> str:
        return digest("question", self.provider, self.model, self.request, str(self.rollout))

    @property
    def sampling(self) -> str:
        body = self.body
        names = [name for name in ("temperature", "seed", self.limit) if name in body]
        return " ".join(f"{name}={body[name]:g}" for name in names)


@dataclass(frozen=True, slots=True)
class Reply:
    """What was said; every field is text of the server's, and nothing of it is believed."""

    text: str
    finish: str = ""  # stop, length, content_filter, tool_calls
    refusal: str = ""
    arguments: str = ""  # of the first tool call
    version: str = ""  # the model's own name for itself
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Reply:
        values = json.loads(text)
        return cls(**{field.name: values[field.name] for field in fields(cls)})


def reply_of(completion: dict[str, Any]) -> Reply | None:
    """A chat completion's JSON; None where it has not the form of one."""
    try:
        choice = completion["choices"][0]
        message = choice["message"]
        usage = completion.get("usage") or {}
        calls = message.get("tool_calls") or []
        return Reply(
            text=_text(message.get("content")),
            finish=str(choice.get("finish_reason") or ""),
            refusal=_text(message.get("refusal")),
            arguments=_text(calls[0]["function"]["arguments"]) if calls else "",
            version=str(completion.get("model") or ""),
            prompt_tokens=max(0, int(usage.get("prompt_tokens") or 0)),
            completion_tokens=max(0, int(usage.get("completion_tokens") or 0)),
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None


def _text(value: Any) -> str:
    """Also where it comes in parts. A lone surrogate, which no file could hold, becomes a question mark."""
    if isinstance(value, list):
        value = "".join(str(part.get("text") or "") for part in value if isinstance(part, dict))
    return str(value or "").encode("utf-8", "replace").decode()
