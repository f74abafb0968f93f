"""A finished Program runs twice with one seed before anybody else gets it.

In: a Program and the probe that runs foreign code in the jail. Out: the Program with the jail's layers and the flags
`nondeterministic` and `one_seed` where they hold, or a Drop.
Not covered: whether its numbers mean anything.
"""

from __future__ import annotations

from dataclasses import replace

from triton_data.extract.programs.failures import drop_of
from triton_data.extract.wire import CheckProgram, Failure, Prober
from triton_data.records import Drop, Program


def checked(program: Program, part: str, probe: Prober, seconds: dict[str, float] | None = None) -> Program | Drop:
    """`seconds` counts what that took."""
    reply = probe(CheckProgram(program.text, program.entry))
    if seconds is not None:
        seconds["check"] += reply.seconds
    ran = reply.answer
    if isinstance(ran, Failure):
        return drop_of(ran, None, part)
    flags = program.flags if ran.deterministic else (*program.flags, "nondeterministic")
    flags = flags if ran.any_seed else (*flags, "one_seed")
    return replace(program, layers=reply.layers, flags=flags)
