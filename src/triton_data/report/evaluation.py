"""Answers of models as `triton-data eval --out DIR` wrote them: what each model said to each task, side by side.

In: a folder with one NAME.jsonl a model. Out: tasks in their order, each with every model's answers and how far they
got. Not covered: asking and judging (train/, evaluate/), confidence intervals, which `eval` prints.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse

LEVELS = ("parses", "has_kernel", "compiles", "correct")
WORDS = {"parses": "reads as Python", "has_kernel": "has a kernel", "compiles": "compiles", "correct": "is correct"}


@dataclass(frozen=True)
class Answer:
    key: str
    sample: int
    levels: tuple[bool | None, ...]
    why: str
    program: str

    def to_json(self) -> list[Any]:
        return [self.sample, list(self.levels), self.why, self.program]


@dataclass(frozen=True)
class Evaluation:
    models: Mapping[str, tuple[Answer, ...]]
    references: Mapping[str, str]  # task -> PyTorch program, where the run has it

    def shares(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Level -> model -> (answers that got so far, answers that could be asked)."""
        found: dict[str, dict[str, tuple[int, int]]] = {}
        for number, level in enumerate(LEVELS):
            for name, answers in self.models.items():
                asked = [each.levels[number] for each in answers if each.levels[number] is not None]
                found.setdefault(WORDS[level], {})[name] = (sum(map(bool, asked)), len(asked))
        return found

    def to_json(self) -> dict[str, Any]:
        by_task: dict[str, list[list[Any]]] = {}
        for number, answers in enumerate(self.models.values()):
            for each in answers:
                of_models: list[list[Any]] = by_task.setdefault(each.key, [[] for _ in self.models])
                of_models[number].append(each.to_json())
        tasks = [[key, self.references.get(key, ""), answers] for key, answers in by_task.items()]
        return {"levels": list(WORDS.values()), "models": list(self.models), "tasks": tasks}


def read(folder: Path, references: Mapping[str, str]) -> Evaluation | None:
    """None where there is nothing to show."""
    models = {path.stem: tuple(_answers(path)) for path in sorted(folder.glob("*.jsonl"))}
    return Evaluation(models, references) if any(models.values()) else None


def _answers(path: Path) -> Iterator[Answer]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            made = json.loads(line)
            levels = tuple(None if made[level] is None else bool(made[level]) for level in LEVELS)
            yield Answer(str(made["key"]), int(made["sample"]), levels, str(made["why"]), str(made["program"]))
        except (ValueError, KeyError, TypeError) as error:
            raise Misuse(f"{path}, line {number}: no answer of `triton-data eval --out` ({error})") from error
