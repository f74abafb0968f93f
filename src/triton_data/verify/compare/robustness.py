"""Labels beside the verdict: what becomes of inputs that programs of the kind do not normally get.

In: what the candidate answered to NaN, infinities, and no rows at all. Out: a check each: right, refused or wrong. No
reason: a kernel that is right for numbers is right, and whoever wants more can choose by the label. Not covered: inputs
that are not contiguous (compare/noncontiguous.py), other sizes and arguments, which have checks of their own.
"""

from __future__ import annotations

from triton_data.verify.compare import noncontiguous, outputs
from triton_data.verify.compare.answer import Answer, NoncontiguousAnswer
from triton_data.verify.compare.expected import Case
from triton_data.verify.judge.judgement import Checks

NAMES = {"nan": "NaN in inputs", "inf": "infinite inputs", "empty": "empty inputs", "broadcast": "broadcast inputs"}


def label(answer: Answer, cases: tuple[Case, ...], checks: Checks) -> None:
    """Where one of them ended the process, as a read out of bounds does on a GPU, none of them has an answer."""
    for given, case in zip(answer.robustness, cases, strict=False):
        checks.add(NAMES[case.kind], _word(given, case))
    for case in cases[len(answer.robustness) :]:
        checks.add(NAMES[case.kind], "unknown: one of these kinds ends the process")


def _word(answer: NoncontiguousAnswer, case: Case) -> str:
    refused = noncontiguous.refusal(answer)
    if refused is not None:
        return "refused" if refused.startswith("refused") else f"wrong ({refused})"
    return "right" if outputs.right(answer.draw, case) else "wrong"
