"""Signals that are too short for what cuts them into frames.

Enters and leaves what the rules of rules.py do; the match names what the axis has and what is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .moves import Failure, Specs, each, replaced, resized


def frames(found: re.Match[str], failure: Failure, specs: Specs) -> Iterator[Specs]:
    """At once as long as eight of them; what is complained about may have been padded, so any last axis too."""
    have, want = int(found["have"]), int(found["want"])
    for new in (8 * want, 4 * want):
        yield from resized(failure, specs, have, new)
        for n, spec in each(specs, failure):
            if spec.shape and spec.shape[-1] < want:
                yield replaced(specs, n, replace(spec, shape=(*spec.shape[:-1], new)))
