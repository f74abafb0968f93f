"""Hand-written kernels that are right: `reference/NAME.py` in KernelBench's form, `candidate/NAME.py` with the Triton.

In: the files beside this one. Out: `Good` pairs of texts, one for the sizes that stand in a reference and one for each
of its `# also:` lines, which say what else its constants may be. Not covered: whether they are right; the benchmarks
and tests/verify/good ask the verifier, and eager.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ALSO = re.compile(r"^# also: (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Good:
    name: str
    sizes: str  # the `# also:` line, '' for the constants as they stand
    reference: str
    candidate: str

    @property
    def title(self) -> str:
        return f"{self.name} ({self.sizes})" if self.sizes else self.name


def good_kernels(*, variants: bool = True) -> Iterator[Good]:
    """Each kernel, sorted by name; with `variants` also at its other sizes and dtypes."""
    for path in sorted((FOLDER / "reference").glob("*.py")):
        text = path.read_text("utf-8")
        candidate = (FOLDER / "candidate" / path.name).read_text("utf-8")
        yield Good(path.stem, "", text, candidate)
        for sizes in ALSO.findall(text) if variants else ():
            yield Good(path.stem, sizes, resized(text, sizes), candidate)


def resized(text: str, sizes: str) -> str:
    """`sizes` is what an `# also:` line says, such as `ROWS, COLS = 1, 33; DTYPE = torch.float16`."""
    for assignment in sizes.split("; "):
        names, _, _ = assignment.partition(" = ")
        text, replaced = re.subn(rf"^{re.escape(names)} = .*$", assignment, text, flags=re.MULTILINE)
        if replaced != 1:
            raise ValueError(f"{names!r} is assigned {replaced} times at the top, not once")
    return text
