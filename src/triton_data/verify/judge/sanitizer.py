"""compute-sanitizer on a candidate that passed, on request: what NVIDIA's own tool says of its accesses.

In: a trial on CUDA, its question and the names of tools. Out: a check a tool; a Judgement where one found something. It
sees what neither numbers nor fences do: reads next to a tensor in the same page, races in shared memory, barriers that
not all threads reach. It needs sockets, which the jail denies with seccomp: where it is asked, Landlock and namespaces
hold alone, and the user has to agree to that. Not covered: gradients, other sizes.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

from triton_data.errors import Misuse, closest
from triton_data.jail import Outcome
from triton_data.verify.judge.entries import SANITIZED
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.trial import Trial
from triton_data.verify.reasons import Reason
from triton_data.verify.wire.candidate import CandidateQuestion
from triton_data.verify.wire.record import Malformed, parse
from triton_data.verify.wire.sanitizing import SanitizerAnswer, SanitizerQuestion

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


def questioned(trial: Trial, candidate: CandidateQuestion, tools: tuple[str, ...], checks: Checks) -> Judgement | None:
    if not tools:
        return None
    one, place = replace(candidate, draws=candidate.draws[:1]), program()
    for tool in tools:
        answer = _answer(trial.run(SANITIZED, SanitizerQuestion(one, place, tool), watched=True))
        name = f"{NAME} {tool}"
        if answer.errors is None:
            checks.add(name, f"could not be asked: {answer.report}"[:300])
            continue
        checks.add(name, f"{answer.errors} errors")
        if answer.errors:
            return checks.failed(TOOLS[tool], f"{name}: {answer.report}"[:500])
    return None


def _answer(outcome: Outcome) -> SanitizerAnswer:
    if not outcome.ok:
        return SanitizerAnswer(None, outcome.reason)
    try:
        return parse(SanitizerAnswer, outcome.value)
    except Malformed as error:
        return SanitizerAnswer(None, f"the answer has not the form of one: {error}")
