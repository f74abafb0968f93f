"""The modes of a capture, by name. Importable without torch."""

from __future__ import annotations

from triton_data.errors import Misuse, closest

MODES = ("inference", "training", "dynamic")
GIVEN, ANY = SIZES = ("given", "any")


def find_mode(name: str) -> str:
    if name not in MODES:
        raise Misuse(f"no mode {name!r}{closest(name, MODES)}")
    return name


def find_sizes(name: str) -> str:
    if name not in SIZES:
        raise Misuse(f"sizes is {' or '.join(SIZES)}, not {name!r}{closest(name, SIZES)}")
    return name
