"""Can these cases tell right from wrong at all?

In: the cases of a reference. Out: those that can, or the Judgement that nothing is proved. What was found is added to
the checks. Not covered: the candidate; it has not been looked at yet.
"""

from __future__ import annotations

from triton_data.verify.compare import sensitivity
from triton_data.verify.compare.expected import Case
from triton_data.verify.draws import draws
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.reasons import Reason


def proving(cases: list[Case], checks: Checks) -> Judgement | list[Case]:
    """The cases to compare with."""
    if not all(case.steady for case in cases):
        return checks.failed(Reason.RANDOM_REFERENCE, "the reference gives other outputs with another seed")
    if not any(case.expected or case.mutated for case in cases):
        return checks.failed(Reason.UNSUPPORTED_OUTPUTS, "the reference returns no tensor")
    if not any(one.eager.numel() for case in cases for one in case.expected.values()):
        return checks.failed(Reason.INSENSITIVE, "the reference returns nothing but empty tensors")
    asked = sum(not case.silent for case in cases)
    cases = [case for case in cases if case.stable]
    if len(cases) < min(draws.FEWEST, max(1, asked)):
        return checks.failed(Reason.UNSTABLE, "eager in the working type is nowhere near itself in float64")
    counts = {kind: sum(case.kind == kind for case in cases) for kind in draws.ALL_KINDS}
    every = {kind: count for kind, count in counts.items() if count}
    checks.add("draws", f"{len(cases)}: {', '.join(f'{n} {kind}' for kind, n in every.items())}", every)
    checks.add("seeds", len({case.seed for case in cases}))
    exact = all(case.in_double for case in cases)
    checks.add("measured against", "float64" if exact else "eager on inputs a rounding error away")
    rows = [(list(case.expected.values()), case.inputs) for case in cases]
    passing = sensitivity.accepted(rows)
    checks.add("wrong answers that would pass", ", ".join(passing) or "none")
    if passing:
        return checks.failed(Reason.INSENSITIVE, f"would pass too: {', '.join(passing)}")
    return cases
