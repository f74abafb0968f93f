"""compute-sanitizer on a candidate that passed, on request: what NVIDIA's own tool says of its accesses.

In: a trial on CUDA, its payload and the names of tools. Out: a check a tool; a Judgement where one found something. It
sees what neither numbers nor fences do: reads next to a tensor in the same page, races in shared memory, barriers that
not all threads reach. It needs sockets, which the jail denies with seccomp: where it is asked, Landlock and namespaces
hold alone, and the user has to agree to that. Not covered: gradients, other sizes.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse, closest
from triton_data.verify.judge.entries import SANITIZED
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.trial import Trial
from triton_data.verify.reasons import Reason

TOOLS = {
    "memcheck": Reason.OUT_OF_BOUNDS,
    "racecheck": Reason.RACE,
    "initcheck": Reason.UNINITIALISED_READ,
    "synccheck": Reason.RACE,
}
NAME = "compute-sanitizer"


def program() -> str:
    """Where it is, or one line that says that it is nowhere."""
    homes = [os.environ.get("CUDA_HOME", ""), os.environ.get("CUDA_PATH", ""), "/usr/local/cuda"]
    places = [shutil.which(NAME) or "", *(str(Path(home) / "bin" / NAME) for home in homes if home)]
    for place in places:
        if place and os.access(place, os.X_OK):
            return str(Path(place).resolve())
    raise Misuse(f"{NAME} is not here: install the CUDA toolkit, or set CUDA_HOME to where it is")


def check(names: tuple[str, ...], device: str, allow_unsafe: bool) -> None:
    """At once, so that a long run does not find out late."""
    if not names:
        return
    for name in names:
        if name not in TOOLS:
            raise Misuse(f"{NAME} has no tool {name!r}{closest(name, TOOLS)}: {', '.join(TOOLS)}")
    if device != "cuda":
        raise Misuse(f"{NAME} watches a GPU: add --device cuda")
    if not allow_unsafe:
        raise Misuse(
            f"{NAME} needs sockets, which the jail denies: add --allow-unsafe-exec (files and network stay shut)"
        )
    program()


def questioned(trial: Trial, payload: dict[str, Any], asked: tuple[str, ...], checks: Checks) -> Judgement | None:
    if not asked:
        return None
    one = {**payload, "draws": payload["draws"][:1], "program": program()}
    for tool in asked:
        outcome = trial.run(SANITIZED, {**one, "tool": tool}, watched=True)
        told = outcome.value if outcome.ok and isinstance(outcome.value, dict) else {"said": outcome.reason}
        found = told.get("errors")
        name = f"{NAME} {tool}"
        if not isinstance(found, int):
            checks.say(name, f"could not be asked: {told.get('said')}"[:300])
            continue
        checks.say(name, f"{found} errors")
        if found:
            return checks.failed(TOOLS[tool], f"{name}: {told.get('said')}"[:500])
    return None
