"""What crosses the border between the driver and the jail: a request in, an answer or a failure out.

In: a request of the driver, or JSON from the jail. Out: JSON for the jail, or a `Reply`. jailed/probe.py works on the
one side, probe_client.py on the other, and both know these types only.
The jail is hostile: an answer is what its type declares, field by field, or it is `Unreadable` (wire_json.py).
Not covered: what the source texts in an answer do. They run in the jail, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from triton_data.extract.limits import CHECK_SECONDS
from triton_data.extract.references.expression import Expression
from triton_data.extract.wire_json import Unreadable, from_json, to_json

A = TypeVar("A")


class FailedAt(StrEnum):
    """How far foreign code got."""

    IMPORT = "import"
    CONSTRUCT = "construct"
    FORWARD = "forward"
    NO_TENSOR = "no_tensor"  # it ran, but no tensor came out
    NOT_FINITE = "not_finite"
    TIMEOUT = "timeout"  # the child was ended
    WORKER_DIED = "worker_died"  # the child ended without an answer that can be read


class InputSource(StrEnum):
    """Who says that arguments work: the repository's examples or tests, a language model, or our own guesses."""

    USAGE = "usage"
    TESTS = "tests"
    LLM = "llm"
    DEDUCED = "deduced"


@dataclass(frozen=True, slots=True)
class Call:
    """Arguments of one call as source text; names of the executed file stand between ⟦ and ⟧."""

    args: tuple[str, ...]
    kwargs: dict[str, str]

    def as_written(self) -> tuple[str, ...]:
        """As they stand in a call: `x`, `name=x`."""
        return (*self.args, *(f"{name}={value}" for name, value in self.kwargs.items()))


@dataclass(frozen=True, slots=True)
class Evidence:
    """One way in which a class was constructed, and how the instance was called then."""

    init: tuple[str, ...]
    init_kw: dict[str, str]
    calls: tuple[Call, ...]
    call_failed: str = ""  # why another call has no source text
    source: InputSource = InputSource.USAGE  # set by the driver, which knows what it let run

    @property
    def length(self) -> int:
        """Written out. Of two pieces of evidence the shorter one is tried first."""
        return len(str({name: value for name, value in to_json(self).items() if value or name != "call_failed"}))


EvidenceByClass = dict[str, tuple[Evidence, ...]]


@dataclass(frozen=True, slots=True)
class Arguments:
    """Source text to construct and call an entry with, names marked as in `Call`."""

    init: tuple[str, ...]
    init_kw: dict[str, str]
    inputs: tuple[str, ...]  # as they stand in a call, keywords last
    more_inputs: tuple[tuple[str, ...], ...] = ()  # other sizes that work too


class Request(Generic[A]):
    """Something to do for the jail; `A` is the type of the answer."""

    seconds: float  # of the processor, that foreign code may take

    __slots__ = ()


@dataclass(frozen=True)
class ObserveUsage(Request["UsageSeen"]):
    text: str
    call: str  # the function of the text to call
    seconds: float


@dataclass(frozen=True)
class ObserveLaunches(Request["LaunchesSeen"]):
    text: str
    call: str
    seconds: float
    functions: tuple[str, ...]  # that launch kernels
    references: dict[str, str]  # function that may compute what is compared → function that launches
    launch: bool = True  # else kernels are passed over, and only what their launchers are given is seen


@dataclass(frozen=True)
class RunLauncher(Request["LauncherRan"]):
    text: str
    launcher: str
    inputs: tuple[str, ...]  # texts with a `get_inputs()`, to stand behind the text
    seconds: float


@dataclass(frozen=True)
class RecogniseLauncher(Request["Recognised"]):
    text: str
    launcher: str
    inputs: str  # a `get_inputs()`, to stand behind the text
    expressions: tuple[Expression, ...]
    seconds: float
    other_sizes: bool = True  # where a launcher ends its process at sizes that are not its caller's: without


@dataclass(frozen=True)
class SearchInputs(Request["InputsFound"]):
    text: str
    entry: str
    evidence: tuple[Evidence, ...]
    seconds: float
    guess: bool = True  # where no evidence works


@dataclass(frozen=True)
class CheckProgram(Request["ProgramRan"]):
    text: str
    entry: str
    seconds: float = CHECK_SECONDS


@dataclass(frozen=True)
class WeighProgram(Request["ProgramWeighed"]):
    text: str
    entry: str
    seconds: float = CHECK_SECONDS


@dataclass(frozen=True)
class ImportTexts(Request["TextsImported"]):
    texts: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class UsageSeen:
    evidence: EvidenceByClass
    error: str = ""  # what ended the usage; what ran before is evidence all the same
    too_slow: bool = False  # the error is that its time was up


@dataclass(frozen=True, slots=True)
class LaunchesSeen:
    calls: dict[str, tuple[Call, ...]]  # of the functions that launch
    unfinished: dict[str, tuple[Call, ...]]  # those whose kernels did not end in time
    agreeing: dict[str, Call]  # reference → a call on which it gave what the usage compared with
    error: str = ""


@dataclass(frozen=True, slots=True)
class LauncherRan:
    place: int  # of the first inputs with which it ends; -1: with none
    error: str = ""  # of the last ones without
    launched: tuple[str, ...] = ()  # kernels


@dataclass(frozen=True, slots=True)
class Recognised:
    """Nothing where not every output has its expression."""

    outputs: tuple[str, ...]  # 'return', 'return 1', or the argument that is written
    expressions: tuple[str, ...]  # one for each
    error: str = ""
    plain: tuple[str, ...] = ()  # what is returned besides, such as 'return 2=16'
    launched: tuple[str, ...] = ()  # the kernels that the call launches
    differentiable: tuple[str, ...] = ()  # tensors that it is given and that may have a gradient


@dataclass(frozen=True, slots=True)
class InputsFound:
    arguments: Arguments
    source: InputSource
    evidence: EvidenceByClass  # for the classes inside
    attempts: int


@dataclass(frozen=True, slots=True)
class ProgramRan:
    deterministic: bool
    any_seed: bool  # it runs on other numbers too


@dataclass(frozen=True, slots=True)
class ProgramWeighed:
    """On fake tensors, so nothing was computed."""

    bytes: int  # that a run takes, at least
    flops: int
    outputs: int  # tensors that come back


@dataclass(frozen=True, slots=True)
class TextsImported:
    errors: tuple[str, ...]  # one a text; '' where it can be imported


@dataclass(frozen=True, slots=True)
class Failure:
    at: FailedAt
    error: str
    absent: str = ""  # a name on the failing line that is None for want of its package
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Reply(Generic[A]):
    answer: A | Failure
    seconds: float = 0.0  # of the processor where the child lived to say so, else on the clock
    layers: tuple[str, ...] = ()  # of the jail; seen from outside


class Prober(Protocol):
    """Has a request done where foreign code may run."""

    def __call__(self, request: Request[A]) -> Reply[A]: ...


_ANSWERS: dict[type, type] = {
    ObserveUsage: UsageSeen,
    ObserveLaunches: LaunchesSeen,
    RunLauncher: LauncherRan,
    RecogniseLauncher: Recognised,
    SearchInputs: InputsFound,
    CheckProgram: ProgramRan,
    WeighProgram: ProgramWeighed,
    ImportTexts: TextsImported,
}
_REQUESTS = {kind.__name__: kind for kind in _ANSWERS}


def request_json(request: Request[Any]) -> dict[str, Any]:
    return {"kind": type(request).__name__, "request": to_json(request)}


def request_from(payload: Any) -> Request[Any]:
    request: Request[Any] = from_json(_REQUESTS[payload["kind"]], payload["request"])
    return request


def reply_json(answer: Any, seconds: float) -> dict[str, Any]:
    return {"failed": isinstance(answer, Failure), "answer": to_json(answer), "seconds": seconds}


def reply_from(request: Request[A], value: Any, layers: tuple[str, ...] = ()) -> Reply[A]:
    """What the jail claims; raises `Unreadable`."""
    if type(value) is not dict or value.keys() != {"failed", "answer", "seconds"} or type(value["failed"]) is not bool:
        raise Unreadable("no reply")
    answer = from_json(Failure if value["failed"] else _ANSWERS[type(request)], value["answer"])
    seconds = from_json(float, value["seconds"])
    if seconds < 0:
        raise Unreadable("time ran backwards")
    texts = len(request.texts) if isinstance(request, ImportTexts) else 0
    if isinstance(answer, TextsImported) and len(answer.errors) != texts:
        raise Unreadable(f"{len(answer.errors)} errors for {texts} texts")
    return Reply(answer, seconds, layers)
