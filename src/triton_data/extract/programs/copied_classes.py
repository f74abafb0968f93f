"""Classes that a repository holds more than once, as vendored copies and renamed packages do: what was found for one is
tried first on its copy.

In: what a search gave for a class, under its name and the text of its own definition. Out: the same for a class that
is written the same way, if every class that the arguments name is in its standalone file as well.
Not covered: whether it works there (programs.py has it checked), classes whose whole standalone files are equal
(`Programs._same`).
"""

from __future__ import annotations

from triton_data.extract.closure.closure import Closed
from triton_data.extract.programs.program_text import MARK
from triton_data.extract.wire import Arguments, Failure, InputsFound

LESS_TIME = 0.25  # of the usual, for a class for whose copy no arguments were found


def names_in(arguments: Arguments) -> set[str]:
    """Names of the standalone file that the arguments are made of."""
    inputs = [text for values in (arguments.inputs, *arguments.more_inputs) for text in values]
    return set(MARK.findall(" ".join([*arguments.init, *arguments.init_kw.values(), *inputs])))


class CopiedClasses:
    def __init__(self) -> None:
        self._results: dict[tuple[str, str], InputsFound | Failure] = {}

    def remember(self, name: str, text: str, result: InputsFound | Failure) -> None:
        self._results.setdefault((name, text), result)

    def inputs(self, name: str, text: str, closed: Closed) -> InputsFound | None:
        result = self._results.get((name, text))
        if not isinstance(result, InputsFound) or not names_in(result.arguments) <= set(closed.homes.values()):
            return None
        return result

    def patience(self, name: str, text: str) -> float:
        """How much of the usual time a search may take."""
        return LESS_TIME if isinstance(self._results.get((name, text)), Failure) else 1.0
