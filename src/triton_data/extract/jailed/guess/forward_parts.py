"""Arguments of `forward` that are looked into: `batch["image"]`, `data.edge_index`.

In: the parameters of `forward`, and what the code asks of their names. Out: `Slot`s, one for each tensor: a
parameter, or a part of one. The Specs of parts stand side by side and are corrected like other arguments.
Not covered: parts of parts.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace

from triton_data.extract.jailed.clues.accesses import Questions
from triton_data.extract.jailed.guess.guess import keyword
from triton_data.extract.jailed.spec import Spec

MAX_PARTS = 16


@dataclass(frozen=True, slots=True)
class Slot:
    parameter: inspect.Parameter  # whose name says what the tensor may be
    owner: str = ""  # `batch[]` or `data.`
    word: str = ""  # given by name

    def holds(self, spec: Spec) -> Spec:
        part = self.parameter.name if self.owner else ""
        return replace(spec, keyword=self.word, owner=self.owner, part=part)


def slots(known: Sequence[inspect.Parameter], questions: Questions | None = None) -> list[Slot]:
    found: list[Slot] = []
    for parameter in known:
        word = parameter.name if parameter.kind is parameter.KEYWORD_ONLY else ""
        parts = questions.parts(parameter.name)[:MAX_PARTS] if questions is not None else []
        by_key = questions is not None and questions.by_key(parameter.name)
        owner = f"{parameter.name}{'[]' if by_key else '.'}"
        found += [Slot(keyword(part), owner, word) for part in parts] or [Slot(parameter, "", word)]
    return found


def names_of(specs: Sequence[Spec], known: Sequence[inspect.Parameter]) -> list[str]:
    """What the code calls them; '' for what `*args` takes."""
    found, place, last = [], -1, ""
    for spec in specs:
        place += not spec.owner or spec.owner != last
        last = spec.owner
        found.append(spec.part or spec.keyword or (known[place].name if place < len(known) else ""))
    return found
