"""What a kernel's answers say about it where there is nothing to compare them with.

In: what its tasks claim about the draws of one plan: the first two are the same inputs. Out: the defect, or None, with
the numbers said to the checks. Not covered: asking (kernel_alone.py), and whether the numbers are right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

from triton_data.verify.compare import noncontiguous
from triton_data.verify.compare.numbers import Expected, compare
from triton_data.verify.compare.outputs import Told
from triton_data.verify.judge import written_inputs
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.questions import Answer
from triton_data.verify.reading.launch_entry import Entry
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values

ORDERED = 8.0  # times what a comparison allows: sums in another order, or in blocks of another size
UNREADABLE = (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError)
Leaves = list[tuple[str, Any]]


@dataclass
class Behaviour:
    entry: Entry
    kernel: str  # '' where any will do
    inputs: Any  # of the first draw: positional and by name
    checks: Checks
    first: Leaves = field(default_factory=list)  # what the first draw led to

    def whole(self, answer: Answer) -> Judgement | None:
        return self._believed(answer, self._whole)

    def idle(self, answer: Answer) -> Judgement | None:
        """Asked again while no kernel does anything."""
        if isinstance(answer, Judgement) or not answer.value.get("draws") or answer.value.get("failed"):
            self.checks.say("without its kernels", "fails, as it should")
            return None
        return self._believed(answer, self._idle)

    def _believed(self, answer: Answer, judge: Callable[[Told], Judgement | None]) -> Judgement | None:
        if isinstance(answer, Judgement):
            return answer
        try:
            return judge(answer)
        except UNREADABLE as error:
            detail = f"the answer has not the form of one: {type(error).__name__}: {error}"
            return self.checks.failed(Reason.TAMPERING, detail)

    def _whole(self, told: Told) -> Judgement | None:
        self._describe(told)
        if faults := [fault for fault in told.faults if fault[0] != Reason.TORCH_FALLBACK]:
            return self.checks.failed(*faults[0])
        if failed := told.value["failed"]:
            return self.checks.failed(failed["reason"], f"{failed['stage']}: {failed['error']}")
        rows = [_leaves(row, told) for row in told.draws]
        self.first = rows[0]
        self._strided(told)
        return (
            self._results(told, rows)
            or self._order(told, rows)
            or self._repeats(told)
            or self._unwritten(told, rows)
            or self._inputs_left_alone(told)
        )

    def _describe(self, told: Told) -> None:
        launches, operations = told.value["launches"], told.value["operations"]
        self.checks.say("kernels launched", ", ".join(f"{n} {count}×" for n, count in launches.items()) or "none")
        self.checks.say("draws run", len(told.draws))
        self.checks.say("torch operations", ", ".join(f"{n} {count}×" for n, count in operations.items()) or "none")

    def _results(self, told: Told, rows: list[Leaves]) -> Judgement | None:
        launches = told.value["launches"]
        if not sum(launches.values()):
            return self.checks.failed(Reason.NOT_LAUNCHED, "no kernel was launched")
        if self.kernel and self.kernel.rpartition(".")[2] not in launches:
            return self.checks.failed(Reason.NOT_LAUNCHED, f"these inputs do not lead to {self.kernel}")
        if not any(isinstance(leaf, torch.Tensor) and leaf.numel() for _, leaf in rows[0]):
            return self.checks.failed(Reason.UNSUPPORTED_OUTPUTS, "no tensor is returned or written")
        return None

    def _order(self, told: Told, rows: list[Leaves]) -> Judgement | None:
        """The same inputs again, with programs in another order and the next configuration of an autotune list."""
        if len(rows) < 2:
            return None
        ratio = _apart(rows[0], rows[1])
        said = "the same bits" if ratio is None else f"{ratio:.3g} of what a comparison allows"
        self.checks.say("programs in another order", said)
        if ratio is None or ratio <= ORDERED or told.value["atomics"]:
            return None
        detail = f"another order of programs, or configuration, gives other numbers: {said}"
        return self.checks.failed(Reason.NONDETERMINISTIC, detail)

    def _repeats(self, told: Told) -> Judgement | None:
        if told.value["again"] is None:
            return None
        ratio = _apart(self.first, _leaves(told.value["again"], told))
        self.checks.say("asked again", "the same bits" if ratio is None else f"{ratio:.3g} of what a comparison allows")
        if ratio is None or told.value["atomics"]:
            return None
        return self.checks.failed(Reason.NONDETERMINISTIC, "the first draw, asked again, is answered otherwise")

    def _unwritten(self, told: Told, rows: list[Leaves]) -> Judgement | None:
        """What nobody wrote is NaN: it reached an output where the inputs have none. A GPU does not tell who read it,
        and NaN may be meant, so there it is only said."""
        hints = told.value["hints"]
        self.checks.say("reads of what nobody wrote", "; ".join(map(str, hints)) or "none")
        given = [leaf for _, leaf in values.leaves(self.inputs) if isinstance(leaf, torch.Tensor)]
        reached = [where for where, leaf in rows[0] if isinstance(leaf, torch.Tensor) and _has_nan(leaf)]
        self.checks.say("NaN in", ", ".join(reached) or "nothing")
        if not hints or any(_has_nan(leaf) for leaf in given):
            return None
        return self.checks.failed(Reason.UNINITIALISED_READ, f"{reached[0]}: {hints[0]}") if reached else None

    def _inputs_left_alone(self, told: Told) -> Judgement | None:
        names, row = written_inputs.places(self.inputs, self.entry.parameters), told.draws[0]
        places = [names[int(place)] for place in row["mutated"]]
        self.checks.say("inputs written", ", ".join(places) or "none")
        name = written_inputs.mistaken(row, names, self.entry.name, told.tensors)
        if name:
            return self.checks.failed(Reason.MUTATED_INPUT, f"input {name} was written, and other tensors are returned")
        return None

    def _strided(self, told: Told) -> None:
        """Not a reason: nothing says that it is meant for them."""
        if (claim := told.value.get("strided")) is None:
            return
        said = noncontiguous.refusal(claim)
        if said is None:
            ratio = _apart(self.first, _leaves(claim["row"], told))
            said = "right" if ratio is None or ratio <= ORDERED else "other numbers, and not refused"
        self.checks.say(noncontiguous.NAME, said)

    def _idle(self, told: Told) -> Judgement | None:
        if _apart(self.first, _leaves(told.draws[0], told)) is None:
            return self.checks.failed(Reason.DECOY, "the same is returned and written when its kernels do nothing")
        self.checks.say("without its kernels", "gives other outputs, as it should")
        return None


def _leaves(row: dict[str, Any], told: Told) -> Leaves:
    """What is returned, and what is written."""
    returned = values.leaves(values.unpack(row["outputs"], told.tensors), "output")
    return [*returned, *((f"input {n}", values.unpack(spec, told.tensors)) for n, spec in row["mutated"].items())]


def _apart(one: Leaves, other: Leaves) -> float | None:
    """None for the same bits; else how far the numbers are apart, in units of what a comparison allows."""
    if [where for where, _ in one] != [where for where, _ in other]:
        return float("inf")
    pairs = [(a, b) for (_, a), (_, b) in zip(one, other, strict=True)]
    ratios = [_ratio(a, b) for a, b in pairs if not values.alike(a, b)]
    return max(ratios) if ratios else None


def _ratio(a: Any, b: Any) -> float:
    fits = isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor) and a.shape == b.shape and a.dtype == b.dtype
    return compare(Expected(a, None), b).ratio if fits else float("inf")


def _has_nan(tensor: torch.Tensor) -> bool:
    return bool((tensor != tensor).any())
