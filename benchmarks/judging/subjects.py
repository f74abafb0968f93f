"""What the verifier is asked about: right kernels, cheats, and mutants of right kernels.

In: the corpora of this repository. Out: `Subject`s, the same ones in the same order every time. Not covered: running
them, and which mutants give the same results as their originals (oracle.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from judging.cheats import cheats
from kernels import good_kernels
from modules import programs
from mutants import mutants

GOLDEN = Path(__file__).parents[2] / "tests" / "golden" / "rewrite"


@dataclass(frozen=True)
class Subject:
    kind: str  # good, cheat, mutant
    name: str
    reference: str
    candidate: str
    original: str = ""  # of a mutant
    operator: str = ""


def right(only: str, *, variants: bool) -> Iterator[Subject]:
    """Hand-written kernels, and what the rewrite made of Inductor's output, as its golden files keep it."""
    for good in good_kernels(variants=variants):
        if re.search(only, good.name):
            yield Subject("good", good.title, good.reference, good.candidate)
    texts = {name: program.text for name, program in programs()}
    for path in sorted(GOLDEN.glob("*.py")):
        name = path.stem.removesuffix("_generic")
        if name in texts and re.search(only, path.stem):
            yield Subject("good", path.stem, texts[name], path.read_text("utf-8"))


def dishonest(only: str, device: str) -> Iterator[Subject]:
    for cheat in cheats(device):
        if re.search(only, cheat.name):
            yield Subject("cheat", cheat.name, cheat.reference, cheat.text)


def broken(only: str, most: int) -> Iterator[Subject]:
    """At most `most` mutants of one operator in one file, spread over the file; 0 for all of them."""
    for good in right(only, variants=False):
        made = list(mutants(good.candidate))
        counts = Counter(mutant.operator for mutant in made)
        seen: Counter[str] = Counter()
        for mutant in made:
            place = seen[mutant.operator]
            seen[mutant.operator] += 1
            if most and not _chosen(place, counts[mutant.operator], most):
                continue
            name = f"{good.name}:{mutant.line} {mutant.operator} {place}"
            yield Subject("mutant", name, good.reference, mutant.text, good.candidate, mutant.operator)


def _chosen(place: int, count: int, most: int) -> bool:
    """`most` of `count` places, at equal distances."""
    return count <= most or (place * most) // count != ((place - 1) * most) // count
