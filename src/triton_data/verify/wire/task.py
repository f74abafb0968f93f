"""The envelope in which a question goes to the jail: the question, and the GPU that its task may see.

In: a record. Out: the payload of a `jail.Task`, to which the bench adds the GPU; and the record again, in the jail.
Not covered: which GPU (bench/devices.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar

from triton_data.jail import Task
from triton_data.jail.policy import Json
from triton_data.verify.wire.record import encode, parse

Question = TypeVar("Question")


@dataclass(frozen=True, slots=True)
class Envelope:
    question: Any = None  # encoded
    gpu: int | None = None  # its number; None where the task needs none


def task_of(entry: str, question: Any = None) -> Task:
    """`entry` is one of judge/entries.py or of the bench."""
    return Task(entry=entry, payload=encode(Envelope(encode(question))))


def on_gpu(task: Task, gpu: int) -> Task:
    envelope = parse(Envelope, task.payload)
    return replace(task, payload=encode(replace(envelope, gpu=gpu)))


def question_in(kind: type[Question], payload: Json) -> Question:
    """In the jail. The judge is trusted there, so what cannot be read is a bug."""
    return parse(kind, parse(Envelope, payload).question)


def gpu_in(payload: Json) -> int | None:
    return parse(Envelope, payload).gpu
