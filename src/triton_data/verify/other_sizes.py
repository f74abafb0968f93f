"""Does the candidate hold at sizes that no block divides?

In: a candidate that is right at the sizes given. Out: a Judgement where it runs at other sizes and is wrong there. One
that refuses them (raises) is made for its sizes and says so; that is no fault. Not covered: other dimensions.
"""

from __future__ import annotations

from triton_data.verify import outputs, resize
from triton_data.verify.draws import Draw
from triton_data.verify.judgement import Checks, Judgement
from triton_data.verify.trial import BIG, Trial, ask, observe, payload_of

TRIED, HELD, REFUSED = 6, 3, 2  # sizes to try the reference at, and answers of the candidate that are enough


def wrong_elsewhere(trial: Trial, allowed: frozenset[str], checks: Checks) -> Judgement | None:
    held: list[str] = []
    refused: list[str] = []
    for count, resized in enumerate(resize.varied(trial.reference)):
        if count == TRIED or len(held) == HELD or len(refused) == REFUSED:
            break
        other, quiet = Trial(**{**vars(trial), "reference": resized.text}), Checks()
        seen = observe(
            other, quiet, [Draw("given", trial.seed + 11), Draw("normal", trial.seed + 12)], BIG[trial.device]
        )
        cases = [] if isinstance(seen, Judgement) else [case for case in seen.cases if case.stable and case.steady]
        if isinstance(seen, Judgement) or seen.big or not cases:
            continue
        told = ask(other, payload_of(other, seen, cases, allowed), quiet)
        if isinstance(told, Judgement) or _refuses(told):
            refused.append(str(resized))
            continue
        wrong = outputs.believed(told, cases, quiet)
        if wrong is not None:
            checks.say("other sizes", f"wrong at {resized}")
            return checks.failed(wrong.reason, f"at other sizes ({resized}): {wrong.detail}")
        held.append(str(resized))
    said = [f"right at {'; '.join(held)}"] if held else []
    checks.say(
        "other sizes", ", ".join([*said, *(["refused"] if refused else [])]) or "none that the reference runs at"
    )
    return None


def _refuses(told: outputs.Told) -> bool:
    return bool(told.value.get("failed")) and not told.value.get("faults")
