"""The cheats of tests/attacks/cheats, each with the reference that it attacks and a candidate that is honest about it.

In: the files there. A cheat's docstring says what it tries; `Attacks: NAME` names a reference of benchmarks/kernels,
with the sizes of one of its `# also:` lines in brackets, or one of `references/` beside the cheats. `Devices: cuda`
keeps it from running where it can only crash. Out: `Cheat`s. Not covered: running them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kernels import FOLDER as KERNELS
from kernels import resized

FOLDER = Path(__file__).parents[2] / "tests" / "attacks" / "cheats"
ATTACKS = re.compile(r"^Attacks: (\w+)(?: \((.*)\))?$", re.MULTILINE)
DEVICES = re.compile(r"^Devices: (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Cheat:
    name: str
    tries: str  # the first paragraph of its docstring
    text: str
    attacks: str  # name and sizes of the reference
    reference: str
    honest: str  # '' where no candidate should pass, because the reference proves nothing
    devices: tuple[str, ...]


def cheats(device: str) -> Iterator[Cheat]:
    for path in sorted(FOLDER.glob("*.py")):
        if path.stem != "__init__" and not path.stem.startswith("test_"):
            cheat = read(path)
            if device in cheat.devices:
                yield cheat


def read(path: Path) -> Cheat:
    text = path.read_text("utf-8")
    said = ast.get_docstring(ast.parse(text)) or ""
    attacked = ATTACKS.search(said)
    if attacked is None:
        raise ValueError(f"{path} does not say what it attacks")
    name, sizes = attacked[1], attacked[2] or ""
    own = (FOLDER / "references" / f"{name}.py").exists()
    reference = (FOLDER / "references" if own else KERNELS / "reference") / f"{name}.py"
    honest = (FOLDER / "honest" if own else KERNELS / "candidate") / f"{name}.py"
    devices = DEVICES.search(said)
    return Cheat(
        name=path.stem,
        tries=said.partition("\n\n")[0].replace("\n", " "),
        text=text,
        attacks=f"{name} ({sizes})" if sizes else name,
        reference=resized(reference.read_text("utf-8"), sizes) if sizes else reference.read_text("utf-8"),
        honest=honest.read_text("utf-8") if honest.exists() else "",
        devices=tuple(devices[1].split(", ")) if devices else ("cpu", "cuda"),
    )
