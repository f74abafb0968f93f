"""One entry of the dataset in seed 004's form, and its name.

In: three texts and what they are about. Out: the JSON object {id, python_code, triton_code, test_code, metadata}.
Not covered: whether it is right (checks are recorded beside the dataset, by the entry's digest).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from triton_data.records import digest


@dataclass(frozen=True)
class Entry:
    id: str
    family: str
    phase: int
    entry: str  # name of the reference; the candidate's has New behind it
    python_code: str
    triton_code: str
    test_code: str
    operation_type: str
    difficulty: str
    tags: tuple[str, ...]
    group: str  # what it computes, whatever its sizes, types and names

    @property
    def pair(self) -> str:
        return digest(self.python_code, self.triton_code)

    @property
    def candidate(self) -> str:
        return f"{self.entry}New"

    @property
    def digest(self) -> str:
        return digest(self.python_code, self.triton_code, self.test_code)

    def to_json(self) -> dict[str, Any]:
        metadata = {"operation_type": self.operation_type, "difficulty": self.difficulty, "tags": list(self.tags)}
        return {
            "id": self.id,
            "python_code": self.python_code,
            "triton_code": self.triton_code,
            "test_code": self.test_code,
            "metadata": metadata,
        }
