"""What the jail claims is read field by field, and nothing else is taken from it."""

from typing import Any

import pytest

from triton_data.extract.probe_client import JailProbe
from triton_data.extract.references.expression import Expression
from triton_data.extract.wire import (
    Arguments,
    Call,
    CheckProgram,
    Evidence,
    FailedAt,
    Failure,
    ImportTexts,
    InputsFound,
    InputSource,
    LauncherRan,
    LaunchesSeen,
    ObserveLaunches,
    ObserveUsage,
    ProgramRan,
    Recognised,
    RecogniseLauncher,
    Request,
    RunLauncher,
    SearchInputs,
    TextsImported,
    UsageSeen,
    reply_from,
    reply_json,
    request_from,
    request_json,
)
from triton_data.extract.wire_json import Unreadable
from triton_data.jail import Facts, Outcome

EVIDENCE = Evidence(("64",), {"bias": "True"}, (Call(("torch.randn(2, 64)",), {}),), source=InputSource.TESTS)
ARGUMENTS = Arguments(("64",), {}, ("torch.randn(2, 64)",), (("torch.randn(3, 64)",),))
CHECK = CheckProgram("", "Net")
BOTH_WAYS: list[tuple[Request[Any], Any]] = [
    (ObserveUsage("", "f", 1.0), UsageSeen({"Net": (EVIDENCE,)}, "TooSlow: 1 s", too_slow=True)),
    (
        ObserveLaunches("", "f", 1.0, ("g",), {"r": "g"}),
        LaunchesSeen({"g": (Call((), {"x": "1"}),)}, {"g": (Call(("2",), {}),)}, {"r": Call((), {})}),
    ),
    (RunLauncher("", "f", ("i",), 1.0), LauncherRan(-1, "TimeoutError")),
    (
        RecogniseLauncher("", "f", "i", (Expression("sum", "{0}.sum({dim})", 1, {"dim": ("0", "1")}),), 1.0),
        Recognised(("return",), ("x.sum(0)",), plain=("return 1=3",)),
    ),
    (SearchInputs("", "Net", (EVIDENCE,), 2.0), InputsFound(ARGUMENTS, InputSource.DEDUCED, {}, 7)),
    (CHECK, ProgramRan(deterministic=True, any_seed=False)),
    (CHECK, Failure(FailedAt.NOT_FINITE, "not finite")),
    (ImportTexts(("", "x"), 1.0), TextsImported(("", "NameError: x"))),
]


@pytest.mark.parametrize(("request_", "answer"), BOTH_WAYS)
def test_what_is_written_is_read(request_: Request[Any], answer: Any) -> None:
    assert request_from(request_json(request_)) == request_
    reply = reply_from(request_, reply_json(answer, 0.5), ("seccomp",))
    assert (reply.answer, reply.seconds, reply.layers) == (answer, 0.5, ("seccomp",))


RAN = {"deterministic": True, "any_seed": True}
FALSE_CLAIMS = {
    "nothing": None,
    "a text": "ok",
    "too little": {"failed": False, "answer": RAN},
    "too much": {"failed": False, "answer": RAN, "seconds": 0.1, "layers": ["all of them"]},
    "an answer with more fields": {"failed": False, "answer": {**RAN, "layers": []}, "seconds": 0.1},
    "an answer with fewer": {"failed": False, "answer": {"deterministic": True}, "seconds": 0.1},
    "one for yes": {"failed": False, "answer": {**RAN, "any_seed": 1}, "seconds": 0.1},
    "somebody else's answer": {"failed": False, "answer": {"errors": []}, "seconds": 0.1},
    "a failure nowhere": {
        "failed": True,
        "answer": {"at": "elsewhere", "error": "", "absent": "", "attempts": 0},
        "seconds": 0.1,
    },
    "time that ran backwards": {"failed": False, "answer": RAN, "seconds": -1e9},
    "no time": {"failed": False, "answer": RAN, "seconds": float("nan")},
    "yes for an hour": {"failed": False, "answer": RAN, "seconds": True},
}


class Claiming:
    """A jail whose child answers with this."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def run(self, task: Any, policy: Any) -> Outcome:
        return Outcome("ok", "", Facts(wall_s=3.0), self.value)


@pytest.mark.parametrize("claim", FALSE_CLAIMS.values(), ids=FALSE_CLAIMS.keys())
def test_a_false_claim_is_a_failure_and_no_exception(claim: Any) -> None:
    with pytest.raises(Unreadable):
        reply_from(CHECK, claim)
    reply = JailProbe(Claiming(claim))(CHECK)  # type: ignore[arg-type]
    assert isinstance(reply.answer, Failure) and reply.answer.at is FailedAt.WORKER_DIED
    assert (reply.seconds, reply.layers) == (3.0, ())


def test_there_are_as_many_errors_as_texts() -> None:
    with pytest.raises(Unreadable, match="1 errors for 2 texts"):
        reply_from(ImportTexts(("a", "b"), 1.0), reply_json(TextsImported(("",)), 0.1))


def test_evidence_without_a_failed_call_is_as_long_as_without_that_field() -> None:
    assert (
        "call_failed" not in str(EVIDENCE.init)
        and EVIDENCE.length
        < Evidence(EVIDENCE.init, EVIDENCE.init_kw, EVIDENCE.calls, "too long", EVIDENCE.source).length
    )
