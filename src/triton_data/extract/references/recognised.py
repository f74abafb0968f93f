"""References that nobody wrote: an expression that gives what the launcher gives, found by trying.

In: a Kernel with inputs, the expressions that there are, and the probe that runs foreign code in the jail. Out: a
Program of that expression and a Pair, or why there is none.
Not covered: the search (jailed/launchers/recognise.py), and whether the pair holds: the verifier judges it.
"""

from __future__ import annotations

from triton_data.extract.limits import REFERENCE_SECONDS
from triton_data.extract.programs.check import checked
from triton_data.extract.references.expression import Expression
from triton_data.extract.references.written_pair import written_pair
from triton_data.extract.wire import Failure, Prober, RecogniseLauncher
from triton_data.records import COMPARED, Kernel, Pair, Program

RECOGNISED = "recognised"


def recognised(kernel: Kernel, expressions: tuple[Expression, ...], probe: Prober) -> tuple[Program, Pair] | str:
    request = RecogniseLauncher(kernel.text, kernel.launcher, kernel.inputs, expressions, REFERENCE_SECONDS)
    answer = probe(request).answer
    if isinstance(answer, Failure) or not answer.outputs:
        return f"not recognised: {answer.error}"
    found = dict(zip(answer.outputs, answer.expressions, strict=True))
    texts = written_pair(kernel, kernel.inputs, found, answer.plain)
    if texts is None:
        return "recognised, but its parameters cannot be written"
    (entry, text), (new_entry, new) = texts
    program = checked(Program(entry, text, COMPARED, kernel.origin, flags=(f"from_{RECOGNISED}",)), "", probe)
    if not isinstance(program, Program):
        return f"recognised, but the reference fails: {program.detail}"
    return program, Pair(program.key, "", new_entry, new, kernel.origin)
