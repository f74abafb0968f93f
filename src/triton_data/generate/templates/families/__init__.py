"""All families, by their name, in the order of the plan's phases."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from triton_data.generate.templates.family import Family

MODULES = (
    "elementwise", "reductions", "softmax", "norms", "losses", "matmul", "attention", "movement", "scans", "convolution",
    "training",
)  # fmt: skip


@cache
def families() -> dict[str, Family]:
    """A table a module of this folder, so that one can be read at a time."""
    found = [
        family
        for name in MODULES
        for family in import_module(f"triton_data.generate.templates.families.{name}").FAMILIES
    ]
    named = {family.name: family for family in sorted(found, key=lambda each: each.phase)}
    assert len(named) == len(found), "two families have one name"
    return named
