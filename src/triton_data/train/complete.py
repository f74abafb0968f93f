"""Answers of a model to tasks: from a file, from a checkpoint folder, from a server.

In: tasks and a source. Out: completions, several a task. A server is any that speaks OpenAI's protocol; one POST a
sample is all that is needed of it here, so requests does it. A checkpoint is loaded by transformers in the training
environment. Not covered: servers that want more than a key in OPENAI_API_KEY.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import requests

from triton_data.errors import Misuse
from triton_data.train.environment import Environment
from triton_data.train.tasks import WRITE_UP, Task

RECIPE = Path(__file__).with_name("recipes") / "complete_hf.py"
PATIENCE = (1.0, 4.0, 16.0)  # seconds before the same question is asked again


@dataclass(frozen=True)
class Asking:
    samples: int = 1
    chat: bool = True
    max_new_tokens: int = 1024
    temperature: float = 0.0
    seed: int = 0
    device: str = "cpu"


@dataclass(frozen=True)
class Completion:
    key: str
    sample: int
    text: str
    began: str = ""  # what the prompt had opened before the model went on


def completions(source: str, tasks: Sequence[Task], asking: Asking, environment: Environment) -> Iterator[Completion]:
    """`source` is a URL (http://HOST/v1, with #MODEL behind it), a folder with a checkpoint, or a file."""
    if source.startswith(("http://", "https://")):
        yield from _from_server(source, tasks, asking)
    elif Path(source).is_dir():
        yield from _from_checkpoint(Path(source), tasks, asking, environment)
    elif Path(source).is_file():
        yield from _from_file(Path(source), {task.key for task in tasks})
    else:
        raise Misuse(f"{source!r} is neither a URL, a checkpoint folder nor a file of completions")


def _from_file(path: Path, keys: set[str]) -> Iterator[Completion]:
    seen: dict[str, int] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            key, text, began = str(row["key"]), str(row["completion"]), str(row.get("began", ""))
        except (ValueError, KeyError, TypeError) as error:
            raise Misuse(f"{path}, line {number}: a completion is an object with key and completion") from error
        if key in keys:
            seen[key] = seen.get(key, -1) + 1
            yield Completion(key, seen[key], text, began)
    if not seen:
        raise Misuse(f"no completion in {path} has the key of a task; the keys are such as {sorted(keys)[0]!r}")
    for key in sorted(keys - set(seen) - {WRITE_UP.key}):  # what was asked and not answered is not passed
        yield Completion(key, 0, "")


# ---- a server --------------------------------------------------------------------------------------------------


def _from_server(source: str, tasks: Sequence[Task], asking: Asking) -> Iterator[Completion]:
    url, _, model = source.partition("#")
    for task in tasks:
        for sample in range(asking.samples):
            body: dict[str, Any] = {"model": model or "default", "max_tokens": asking.max_new_tokens}
            body |= {"temperature": asking.temperature, "seed": asking.seed + sample}
            if asking.chat:
                answer = _post(f"{url.rstrip('/')}/chat/completions", {**body, "messages": task.messages})
                yield Completion(task.key, sample, _content(answer, url, lambda first: first["message"]["content"]))
            else:
                answer = _post(f"{url.rstrip('/')}/completions", {**body, "prompt": task.text})
                yield Completion(task.key, sample, _content(answer, url, lambda first: first["text"]), task.began)


def _content(answer: Any, url: str, pick: Callable[[Any], Any]) -> str:
    try:
        return str(pick(answer["choices"][0]) or "")
    except (KeyError, IndexError, TypeError) as error:
        raise Misuse(f"{url} does not answer in OpenAI's form: no {error} in {str(answer)[:200]}") from error


def _post(url: str, body: dict[str, Any]) -> Any:
    """Asked again where the server is busy or failed; anything else is the user's to mend."""
    key = os.environ.get("OPENAI_API_KEY", "")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    for wait in (*PATIENCE, None):
        try:
            response = requests.post(url, json=body, headers=headers, timeout=600)
        except requests.RequestException as error:
            raise Misuse(f"no answer from {url}: {type(error).__name__}") from error
        if response.status_code in (429, 500, 502, 503, 529) and wait is not None:
            time.sleep(wait)
            continue
        if not response.ok:
            raise Misuse(f"{url} answered {response.status_code}: {response.text[:200]}")
        try:
            return response.json()
        except ValueError as error:
            raise Misuse(f"{url} answered with something that is not JSON: {response.text[:100]!r}") from error
    raise AssertionError("unreachable: the last wait is None")


# ---- a checkpoint ----------------------------------------------------------------------------------------------


def _from_checkpoint(
    folder: Path, tasks: Sequence[Task], asking: Asking, environment: Environment
) -> Iterator[Completion]:
    with tempfile.TemporaryDirectory() as place:
        asked, answered = Path(place) / "tasks.jsonl", Path(place) / "answers.jsonl"
        rows = ({"key": task.key, "messages": task.messages, "text": task.text} for task in tasks)
        asked.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        words = map(str, (environment.program("python"), RECIPE, folder, asked, answered))
        command = [*words, json.dumps(asdict(asking))]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"})
        if done.returncode:
            last = (done.stderr.strip() or "?").splitlines()[-1]
            raise Misuse(f"no completions from {folder}: {last}")
        began = {task.key: "" if asking.chat else task.began for task in tasks}
        for line in answered.read_text("utf-8").splitlines():
            row = json.loads(line)
            yield Completion(row["key"], row["sample"], row["completion"], began[row["key"]])
