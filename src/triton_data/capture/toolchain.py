"""Which torch may be asked to pretend: an unknown one is refused, never answered with wrong code.

Leaves: versions for the record, or a `Misuse` in one line. Not covered: whether a GPU is present, which does
not matter to a headless capture.
"""

from __future__ import annotations

import importlib.metadata
import sys

from triton_data import __version__
from triton_data.errors import Misuse

# The patches in headless/patches.py were read against these releases and measured on them (docs/decisions/010).
KNOWN_TORCH = ("2.11", "2.12", "2.13")


def check_toolchain() -> None:
    """Raise Misuse unless the installed torch is one that the patches were checked on and triton is there."""
    if not sys.platform.startswith("linux"):
        raise Misuse("capture needs triton, which exists for Linux only: run it on Linux or in a container")
    torch = _version("torch")
    if torch is None:
        raise Misuse(f"capture needs torch {' or '.join(KNOWN_TORCH)}: pip install 'torch=={KNOWN_TORCH[-1]}.*'")
    if _series(torch) not in KNOWN_TORCH:
        raise Misuse(
            f"capture was not checked on torch {torch}, and would guess: install one of {', '.join(KNOWN_TORCH)}"
            f" (pip install 'torch=={KNOWN_TORCH[-1]}.*')"
        )
    if _version("triton") is None:
        raise Misuse("capture needs triton beside torch: pip install triton")


def versions() -> tuple[tuple[str, str], ...]:
    """(name, version) of what decides the generated text, for `Capture.toolchain`."""
    installed = tuple((name, _version(name) or "unknown") for name in ("torch", "triton"))
    return (*installed, ("triton_data", __version__))  # ours is in the code: a jail sees no metadata of a checkout


def _series(version: str) -> str:
    return ".".join(version.split("+")[0].split(".")[:2])


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
