"""Arguments that are no data: weights that a layer is handed, sizes, and whether to do something.

In: a match of the pattern in a failed call's message, the `FailedCall`, and the Specs that were tried. Out: other lists
of Specs, the likeliest first. Not covered: which message asks for which rule (message_rules.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from triton_data.extract.jailed.repair.spec_changes import FailedCall, each, replaced
from triton_data.extract.jailed.spec import FLOAT, Specs


def weights(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    """Behind the first argument one is a matrix, the others are vectors."""
    wide = specs[0].shape[-1] if specs and specs[0].shape else 0
    places = [n for n, spec in enumerate(specs) if n > 0 and spec.is_tensor and spec.kind == FLOAT]
    for matrix in places if wide else ():
        shapes = {n: (wide, wide) if n == matrix else (wide,) for n in places}
        yield tuple(replace(spec, shape=shapes.get(n, spec.shape)) for n, spec in enumerate(specs))


def number(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    """Not a tensor but a size: `self.embedding[:, :length]`."""
    for n, spec in each(specs, failure):
        if n in failure.named:
            yield from (replaced(specs, n, replace(spec, fixed=size)) for size in ("16", "4"))


def switch(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    """Not a tensor but a condition: `self.real if target_is_real else self.fake`."""
    for n, spec in each(specs, failure):
        if n in failure.named:
            yield from (replaced(specs, n, replace(spec, fixed=answer)) for answer in ("True", "False"))
