"""Does a mutant give other results than its original, for any input that the program may get?

In: a mutant that was passed, and its original. Out: 'same' (bit for bit, on every draw), 'rounding' (never further off
than rounding goes), 'different', with the draw that showed it, or 'undecided'. Both run in the jail, in Triton's
interpreter as it comes, with nothing of the verifier's but libdevice: it must not be its own judge. Draws have the
shapes, types and strides of `get_inputs()`. Not covered: inputs of other shapes or strides; what lies in memory that a
mutant leaves unwritten.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import triton_data
from judging.subjects import Subject
from triton_data.jail import RUN, Jail, Task

POLICY = replace(RUN, wall_s=60.0, cpu_s=60)
DRAWS = 10


def open_plain_jail() -> Jail:
    """One whose tasks find this package, and an interpreter that nobody has changed."""
    roots = (Path(__file__).parents[1], Path(triton_data.__path__[0]).parent)
    preload = ("torch", "triton", "numpy", "judging.side_by_side")
    return Jail(preload, roots=roots, env={"TRITON_INTERPRET": "1"})


def compared(mutant: Subject, jail: Jail) -> tuple[str, str]:
    """A mutant that raises differs, too; a task that ends otherwise, as when its original fails, decides nothing."""
    payload = {"reference": mutant.reference, "original": mutant.original, "mutant": mutant.candidate, "draws": DRAWS}
    outcome = jail.run(Task(entry="judging.side_by_side:run", payload=payload), POLICY)
    if not outcome.ok:
        return "undecided", outcome.reason
    assert isinstance(outcome.value, list)
    return str(outcome.value[0]), str(outcome.value[1])
