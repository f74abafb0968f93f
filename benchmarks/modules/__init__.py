"""Some three hundred small PyTorch programs of our own, to measure capture with.

Each is a `Program` text in KernelBench's form. `programs()` yields (name, Program) in a fixed order; the files
beside this one hold them by family. Not covered: models of suites (capture/suites/).
"""

from __future__ import annotations

from collections.abc import Iterator

from modules import attention, blocks, convolution, functional, layers, losses, precision
from triton_data.records import Origin, Program

FAMILIES = (functional, layers, losses, convolution, attention, precision, blocks)
_IMPORTS = "import math\n\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n\n"


def programs() -> Iterator[tuple[str, Program]]:
    seen: set[str] = set()
    for family in FAMILIES:
        for name, body in family.texts():
            if name in seen:
                raise ValueError(f"two programs are called {name}")
            seen.add(name)
            yield name, Program(name, _IMPORTS + body, "given", Origin("given", path=f"{name}.py"))
