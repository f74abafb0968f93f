"""References that nobody wrote: an expression that gives what the launcher gives, found by trying.

In: a Kernel with inputs, the expressions that there are, and the probe that runs foreign code in the jail. Out: a
Program of that expression and a Pair, or why there is none.
Not covered: the search (jailed/launchers/recognise.py), and whether the pair holds: the verifier judges it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from triton_data.extract.kernels.pair_texts import Named
from triton_data.extract.limits import LAUNCH_TRY_SECONDS, REFERENCE_SECONDS
from triton_data.extract.programs.check import checked
from triton_data.extract.references.expression import Expression
from triton_data.extract.references.written_pair import HEAD, backward_pair, written_pair
from triton_data.extract.wire import FailedAt, Failure, Prober, RecogniseLauncher, RunLauncher
from triton_data.records import COMPARED, Kernel, Pair, Program

RECOGNISED = "recognised"
RANDOM = re.compile(r"\b(?:tl|language|triton\.language)\.(?:rand|randn|randint)(?:4x|n4x)?\b|\bphilox\b")


@dataclass(frozen=True)
class Reference:
    program: Program
    pair: Pair
    kernels: tuple[str, ...]  # that the compared call launches


def recognised(kernel: Kernel, expressions: tuple[Expression, ...], probe: Prober) -> list[Reference] | str:
    """Of the launcher; and where it is a function of autograd, of its backward."""
    if RANDOM.search(kernel.text):  # by a generator that torch does not have
        return "not recognised: it draws random numbers"
    request = RecogniseLauncher(kernel.text, kernel.launcher, kernel.inputs, expressions, REFERENCE_SECONDS)
    answer = probe(request).answer
    if isinstance(answer, Failure) and answer.at is FailedAt.WORKER_DIED:
        answer = probe(replace(request, other_sizes=False)).answer
    if isinstance(answer, Failure) or not answer.outputs:
        return f"not recognised: {answer.error}"
    found = dict(zip(answer.outputs, answer.expressions, strict=True))
    texts = written_pair(kernel, kernel.inputs, found, answer.plain)
    if texts is None:
        return "recognised, but its parameters cannot be written"
    forward = _reference(kernel, texts, answer.launched, probe)
    if isinstance(forward, str):
        return forward
    backward = backward_pair(kernel, answer)
    if backward is None:
        return [forward]
    again = _backward(kernel, backward, probe)
    return [forward, *([again] if again is not None else [])]


def _reference(kernel: Kernel, texts: tuple[Named, Named], launched: tuple[str, ...], probe: Prober) -> Reference | str:
    (entry, text), (new_entry, new) = texts
    program = checked(Program(entry, text, COMPARED, kernel.origin, flags=(f"from_{RECOGNISED}",)), "", probe)
    if not isinstance(program, Program):
        return f"recognised, but the reference fails: {program.detail}"
    return Reference(program, Pair(program.key, "", new_entry, new, kernel.origin), launched)


def _backward(kernel: Kernel, texts: tuple[Named, Named], probe: Prober) -> Reference | None:
    (_, text), (new_entry, new) = texts
    inputs = text[text.index("def get_inputs") :]
    answer = probe(RunLauncher(f"{HEAD}\n\n{new}", new_entry, (inputs,), LAUNCH_TRY_SECONDS)).answer
    if isinstance(answer, Failure) or answer.place < 0:
        return None
    found = _reference(kernel, texts, answer.launched, probe)
    return found if isinstance(found, Reference) else None
