"""What becomes of products that Inductor leaves to libraries, by name. Importable without torch."""

from __future__ import annotations

from triton_data.errors import Misuse, closest
from triton_data.records import PRODUCTS

KEEP, TRITON = "keep", "triton"
LIBRARIES = (KEEP, TRITON)


def find_libraries(name: str, choices: int = 1) -> str:
    if name not in LIBRARIES:
        raise Misuse(f"libraries is {' or '.join(LIBRARIES)}, not {name!r}{closest(name, LIBRARIES)}")
    if choices < 1 or (choices > 1 and name == KEEP):
        raise Misuse(f'choices = {choices} asks for several kernels of one product: set libraries = "triton" beside it')
    return name


def noted(libraries: str, choice: int) -> tuple[tuple[str, str], ...]:
    """For `Capture.toolchain`; nothing where libraries are kept, so that those captures keep their keys."""
    return () if libraries == KEEP else ((PRODUCTS, f"{libraries}, choice {choice}" if choice else libraries),)
