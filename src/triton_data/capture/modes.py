"""The modes of a capture, by name. Importable without torch."""

from __future__ import annotations

from triton_data.errors import Misuse, closest

MODES = ("inference", "training", "dynamic")


def find_mode(name: str) -> str:
    if name not in MODES:
        raise Misuse(f"no mode {name!r}{closest(name, MODES)}")
    return name
