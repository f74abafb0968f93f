"""What a kernel's answers say about it where there is nothing to compare them with.

In: what its tasks answered to the draws of one plan: the first two are the same inputs. Out: the defect, or None, with
the numbers added to the checks. Not covered: asking (kernel_alone.py), and whether the numbers are right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch

from triton_data.verify.compare import noncontiguous, outputs
from triton_data.verify.compare.answer import Answer, DrawAnswer
from triton_data.verify.compare.numbers import Expected, compare
from triton_data.verify.judge import written_inputs
from triton_data.verify.judge.judgement import Checks, Judgement
from triton_data.verify.judge.questions import Response
from triton_data.verify.reading.launch_entry import Entry
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.record import Unreadable

ORDERED = 8.0  # times what a comparison allows: sums in another order, or in blocks of another size
Leaves = list[tuple[str, Any]]


@dataclass
class Behaviour:
    entry: Entry
    kernel: str  # '' where any will do
    inputs: Any  # of the first draw: positional and by name
    checks: Checks
    first: Leaves = field(default_factory=list)  # what the first draw led to

    def normal(self, response: Response) -> Judgement | None:
        """Asked with all draws."""
        if isinstance(response, Judgement):
            return response
        if isinstance(response, Unreadable):
            return self.checks.failed(Reason.TAMPERING, response.detail)
        outputs.describe(response, self.checks)
        if faults := [fault for fault in response.faults if fault.reason != Reason.TORCH_FALLBACK]:
            return self.checks.failed(faults[0].reason, faults[0].detail)
        if failure := response.failure:
            return self.checks.failed(failure.reason, f"{failure.stage}: {failure.error}")
        if not response.draws:
            return self.checks.failed(Reason.TAMPERING, "the answer has not the form of one: no draw")
        draws = [_leaves(draw) for draw in response.draws]
        self.first = draws[0]
        self._noncontiguous(response)
        return (
            self._results(response)
            or self._order(response, draws)
            or self._repeats(response)
            or self._unwritten(response)
            or self._inputs_left_alone(response.draws[0])
        )

    def idle(self, response: Response) -> Judgement | None:
        """Asked again while no kernel does anything."""
        if isinstance(response, Unreadable):
            return self.checks.failed(Reason.TAMPERING, response.detail)
        if isinstance(response, Judgement) or not response.draws or response.failure is not None:
            self.checks.add("without its kernels", "fails, as it should")
            return None
        if _apart(self.first, _leaves(response.draws[0])) is None:
            return self.checks.failed(Reason.DECOY, "the same is returned and written when its kernels do nothing")
        self.checks.add("without its kernels", "gives other outputs, as it should")
        return None

    def _results(self, answer: Answer) -> Judgement | None:
        if not sum(answer.launches.values()):
            return self.checks.failed(Reason.NOT_LAUNCHED, "no kernel was launched")
        if self.kernel and self.kernel.rpartition(".")[2] not in answer.launches:
            return self.checks.failed(Reason.NOT_LAUNCHED, f"these inputs do not lead to {self.kernel}")
        if not any(isinstance(leaf, torch.Tensor) and leaf.numel() for _, leaf in self.first):
            return self.checks.failed(Reason.UNSUPPORTED_OUTPUTS, "no tensor is returned or written")
        return None

    def _order(self, answer: Answer, draws: list[Leaves]) -> Judgement | None:
        """The same inputs again, with programs in another order and the next configuration of an autotune list."""
        if len(draws) < 2:
            return None
        ratio = _apart(draws[0], draws[1])
        self.checks.add("programs in another order", distance := _distance(ratio))
        if ratio is None or ratio <= ORDERED or answer.atomics:
            return None
        detail = f"another order of programs, or configuration, gives other numbers: {distance}"
        return self.checks.failed(Reason.NONDETERMINISTIC, detail)

    def _repeats(self, answer: Answer) -> Judgement | None:
        if answer.again is None:
            return None
        ratio = _apart(self.first, _leaves(answer.again))
        self.checks.add("asked again", _distance(ratio))
        if ratio is None or answer.atomics:
            return None
        return self.checks.failed(Reason.NONDETERMINISTIC, "the first draw, asked again, is answered otherwise")

    def _unwritten(self, answer: Answer) -> Judgement | None:
        """What nobody wrote is NaN: it reached an output where the inputs have none. A GPU does not tell who read it,
        and NaN may be meant, so there it is no reason."""
        self.checks.add("reads of what nobody wrote", "; ".join(answer.hints) or "none")
        inputs = [leaf for _, leaf in values.leaves(self.inputs) if isinstance(leaf, torch.Tensor)]
        reached = [where for where, leaf in self.first if isinstance(leaf, torch.Tensor) and _has_nan(leaf)]
        self.checks.add("NaN in", ", ".join(reached) or "nothing")
        if not answer.hints or not reached or any(_has_nan(leaf) for leaf in inputs):
            return None
        return self.checks.failed(Reason.UNINITIALISED_READ, f"{reached[0]}: {answer.hints[0]}")

    def _inputs_left_alone(self, draw: DrawAnswer) -> Judgement | None:
        names = written_inputs.places(self.inputs, self.entry.parameters)
        written = [names.get(place, place) for place in draw.mutated]
        self.checks.add("inputs written", ", ".join(written) or "none")
        name = written_inputs.mistaken(draw, names, self.entry.name)
        if name:
            return self.checks.failed(Reason.MUTATED_INPUT, f"input {name} was written, and other tensors are returned")
        return None

    def _noncontiguous(self, answer: Answer) -> None:
        """Not a reason: nothing says that it is meant for them."""
        if (restrided := answer.noncontiguous) is None:
            return
        label = noncontiguous.refusal(restrided)
        if label is None:
            ratio = _apart(self.first, _leaves(restrided.draw))
            label = "right" if ratio is None or ratio <= ORDERED else "other numbers, and not refused"
        self.checks.add(noncontiguous.NAME, label)


def _distance(ratio: float | None) -> str:
    return "the same bits" if ratio is None else f"{ratio:.3g} of what a comparison allows"


def _leaves(draw: DrawAnswer) -> Leaves:
    """What is returned, and what is written."""
    returned = values.leaves(draw.outputs, "output")
    return [*returned, *((f"input {place}", tensor) for place, tensor in draw.mutated.items())]


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
