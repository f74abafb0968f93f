"""What a verification ends with: passed or the reason why not, and every check with its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from triton_data.records import Origin, Verdict
from triton_data.verify.reasons import OPEN, Reason

if TYPE_CHECKING:
    from triton_data.verify.wire.candidate import CandidateQuestion  # and with it, torch

Number = int | float | dict[str, int]

PROTOCOL = 2  # goes up when a change could turn a verdict
PROTOCOLS = (1, 2)  # that can be asked for


@dataclass(frozen=True, slots=True)
class Judgement:
    passed: bool
    reason: str  # '' when passed; a Reason
    detail: str
    checks: tuple[tuple[str, str], ...]  # (check, what it measured)
    layers: tuple[str, ...] = ()  # of the jail
    ratio: float = 0.0  # of wrong values: how many times what is allowed
    numbers: tuple[tuple[str, Number], ...] = ()  # of the checks that measured one
    asked: CandidateQuestion | None = None  # what was answered wrong
    draw: int = 0  # of those that were asked

    @property
    def open(self) -> bool:
        """Nothing was proved, either way."""
        return self.reason in OPEN

    def verdict(self, subject: str, device: str, protocol: int, origin: Origin) -> Verdict:
        checks = self.checks if self.passed else (("failed", f"{self.reason}: {self.detail}"), *self.checks)
        return Verdict(subject, device, str(protocol), self.passed, self.reason, checks, origin, self.layers)


@dataclass
class Checks:
    """The checks so far; later numbers of one name replace earlier ones."""

    measured: dict[str, str] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    numbers: dict[str, Number] = field(default_factory=dict)

    def add(self, name: str, found: object, number: Number | None = None) -> None:
        self.measured[name] = str(found)
        if number is not None or isinstance(found, int | float):
            self.numbers[name] = found if isinstance(found, int | float) else number or 0

    def copy(self) -> Checks:
        return Checks(dict(self.measured), self.layers, dict(self.numbers))

    @property
    def all(self) -> tuple[tuple[str, str], ...]:
        return tuple(self.measured.items())

    def told(self) -> dict[str, Any]:
        """What a Judgement holds of them."""
        return {"checks": self.all, "layers": self.layers, "numbers": tuple(self.numbers.items())}

    def failed(self, reason: Reason | str, detail: str, ratio: float = 0.0) -> Judgement:
        return Judgement(False, str(reason), detail, self.all, self.layers, ratio, tuple(self.numbers.items()))

    def passed(self) -> Judgement:
        return Judgement(True, "", "", self.all, self.layers, numbers=tuple(self.numbers.items()))
