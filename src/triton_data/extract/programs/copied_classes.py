"""Classes that a repository holds more than once, as vendored copies and renamed packages do: what was found for one is
tried first on its twin.

Enters: what a search said about a class, under its name and the text of its own definition. Leaves: the same for a
class that is written the same way, if every class that the arguments name is in its standalone file as well.
Not covered: whether it works there (programs.py has it checked), files that are equal as a whole (programs.searched).
"""

from __future__ import annotations

from typing import Any

from triton_data.extract.closure.closure import Closed
from triton_data.extract.programs.program_text import MARK

Facts = dict[str, Any]
LESS_TIME = 0.25  # of the usual, for a class whose twin no arguments were found for


def names_in(facts: Facts) -> set[str]:
    """Names of the standalone file that the arguments are made of."""
    written = [*facts["init"], *facts["init_kw"].values(), *facts["inputs"], *map(str, facts["more"])]
    return set(MARK.findall(" ".join(written)))


class Twins:
    def __init__(self) -> None:
        self._said: dict[tuple[str, str], Facts] = {}

    def remember(self, name: str, text: str, facts: Facts) -> None:
        self._said.setdefault((name, text), facts)

    def arguments(self, name: str, text: str, closed: Closed) -> Facts | None:
        facts = self._said.get((name, text))
        if facts is None or not facts.get("ok") or not names_in(facts) <= set(closed.homes.values()):
            return None
        return facts

    def patience(self, name: str, text: str) -> float:
        """How much of the usual time a search may take."""
        facts = self._said.get((name, text))
        return LESS_TIME if facts is not None and not facts.get("ok") else 1.0
