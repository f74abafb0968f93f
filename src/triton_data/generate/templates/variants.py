"""Which settings of a family become entries: all combinations of its axes, in an order that a seed decides.

In: a family, a seed, how many. Out: `Variant`s, distinct, the same ones for the same seed. What multiplies nothing
(names, form, dialect of identifiers) is drawn along with them. Not covered: rendering.
"""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

from triton_data.generate.templates.family import Choice, Family
from triton_data.generate.templates.names import DIALECTS

FORMS = ("function", "function", "module")


@dataclass(frozen=True)
class Variant:
    family: Family
    sizes: tuple[tuple[str, int], ...]
    other_sizes: tuple[tuple[tuple[str, int], ...], ...]  # that its test tries, too
    settings: tuple[tuple[str, object], ...]
    entry: str
    form: str  # function, module
    dialect: str

    @property
    def dtype(self) -> str:
        return str(dict(self.settings).get("dtype", "float32"))

    @property
    def op(self) -> Choice | None:
        found = dict(self.settings).get("op")
        return found if isinstance(found, Choice) else None


def combinations(family: Family) -> int:
    product = len(family.sizes.values)
    for values in family.axes.values():
        product *= len(values)
    return product


def variants(family: Family, seed: int, count: int) -> Iterator[Variant]:
    """The first `count` of a shuffled product: a longer list begins with the shorter one."""
    rng = random.Random(int.from_bytes(hashlib.sha256(f"{seed}:{family.name}".encode()).digest()[:8], "big"))
    places = list(range(combinations(family)))
    rng.shuffle(places)
    shapes = family.sizes.named()
    product = list(itertools.product(*family.axes.values()))
    for place in places[:count]:
        shape, which = divmod(place, len(product))
        settings = tuple(zip(family.axes, product[which], strict=True))
        op = dict(settings).get("op", "")
        others = [tuple(each.items()) for i, each in enumerate(shapes) if i != shape]
        yield Variant(
            family,
            tuple(shapes[shape].items()),
            tuple(rng.sample(others, min(2, len(others)))),
            settings,
            rng.choice(family.entries).replace("{op}", str(op)),
            rng.choice(FORMS) if family.module else "function",
            rng.choice(sorted(DIALECTS)),
        )
