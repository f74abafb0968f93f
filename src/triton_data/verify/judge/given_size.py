"""Do a candidate's launches fit at the sizes given, where it was judged at smaller ones?

In: a trial that passed at smaller sizes. Out: a Judgement where a grid is more than CUDA launches, a block is too
large, or a program at a corner of the grid reaches out of its tensor; else None, with the check `at the given sizes`.
Not covered: numbers at those sizes, and devices: what runs there runs as it is given.
"""

from __future__ import annotations

from triton_data.verify.judge.entries import GIVEN_SIZE
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.trial import Trial
from triton_data.verify.wire.given_size import GivenSizeAnswer, GivenSizeQuestion
from triton_data.verify.wire.record import Malformed, parse

NAME = "at the given sizes"


def wrong(trial: Trial, checks: Checks) -> Judgement | None:
    if trial.device != "cpu" or trial.protocol == 1:
        return None
    question = GivenSizeQuestion(trial.reference, trial.candidate, trial.new_entry, trial.seed, trial.training)
    outcome = trial.run(GIVEN_SIZE, question)
    try:
        answer = parse(GivenSizeAnswer, outcome.value) if outcome.ok else GivenSizeAnswer(unknown=outcome.reason)
    except Malformed as error:
        answer = GivenSizeAnswer(unknown=str(error))
    if answer.reason is not None:
        checks.add(NAME, "wrong")
        return checks.failed(answer.reason, f"{NAME}: {answer.detail}")
    checks.add(NAME, f"not known: {answer.unknown}" if answer.unknown else "its grids, blocks and corners fit")
    return None
