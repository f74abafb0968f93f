"""What the jail runs for the reference: its inputs, weights and outputs, in its own type and in float64.

In: texts and draws. Out: for each text the packed weights, and for every draw the inputs, the outputs of two runs, the
outputs in float64, and what the program changed in its inputs and its state. Everything is a claim, but of the
reference: the candidate runs elsewhere. Not covered: what the numbers mean (compare/numbers.py).
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils import _pytree as pytree

from triton_data.jail.policy import Json
from triton_data.verify.draws import plan as planning
from triton_data.verify.draws import points, structure
from triton_data.verify.draws.draws import ROBUST, Draw
from triton_data.verify.draws.meaning import Meaning
from triton_data.verify.jailed import cuda_on_cpu, module_state
from triton_data.verify.jailed.calls import varied_weights
from triton_data.verify.jailed.calls.reference_program import Reference, loaded
from triton_data.verify.jailed.calls.runner import Refused, Runner, described
from triton_data.verify.jailed.cuda import chosen
from triton_data.verify.jailed.meaning import admissible, meant, memory_estimate, other_arguments, unread, unread_ends
from triton_data.verify.jailed.meaning.even_parts import EvenParts
from triton_data.verify.jailed.operations import Operations
from triton_data.verify.reasons import Reason
from triton_data.verify.wire import values
from triton_data.verify.wire.record import encode
from triton_data.verify.wire.reference import (
    Kind,
    ReferenceAnswer,
    ReferenceDraw,
    ReferenceQuestion,
    ReferenceReport,
    Refusal,
)
from triton_data.verify.wire.task import question_in

MOST = 160 << 20  # bytes that one answer holds
OTHER_SIZE = 1.5  # seconds that another size than given may take
TOO_LARGE_TO_TRY = 4  # times the limit of a draw: inputs and weights of more are not even made


def run(payload: Json) -> tuple[Json, list[torch.Tensor]]:
    """As many texts as must be tried until enough of them can be used."""
    chosen.take(payload)
    question = question_in(ReferenceQuestion, payload)
    if question.device != "cpu":
        chosen.awaken(question.device, "".join(question.texts[:1]))
    reports: list[ReferenceReport] = []
    tensors: list[torch.Tensor] = []
    kinds = question.kinds or (Kind("", question.enough),) * len(question.texts)
    usable: Counter[str] = Counter()
    loose: list[tuple[str, frozenset[int]]] = []  # places that can be changed without others
    for text, kind in zip(question.texts, kinds, strict=True):
        places = frozenset(kind.places)
        known = usable[kind.name] >= kind.enough or (kind.unless and usable[kind.unless])
        known = known or any(name == kind.name and some < places for name, some in loose)
        full = known or sum(tensor.nbytes for tensor in tensors) > MOST
        asked = replace(question, whole=question.whole and bool(places))
        found = [(ReferenceReport(0, oversize=1), [])] if full else list(_reports_on(text, asked))
        for report, own in found:
            reports.append(report)
            tensors += own
            usable[kind.name] += report.usable
            loose += [(kind.name, places)] if report.usable and places else []
        if not question.kinds and usable[kind.name] >= kind.enough and not question.arguments:
            break
    return encode(ReferenceAnswer(tuple(reports))), tensors


def _reports_on(text: str, question: ReferenceQuestion) -> Iterator[tuple[ReferenceReport, list[torch.Tensor]]]:
    if not question.arguments:
        found = _report_on(text, question)
        too_large = question.kinds and found[0].oversize  # what was made of it need not travel
        yield (ReferenceReport(0, oversize=found[0].oversize), []) if too_large else found
        return
    try:
        with _device(question.device), torch.no_grad():
            yield from other_arguments.reports(loaded(text, question), question, report_of)
    except Refused:
        return


def _report_on(text: str, question: ReferenceQuestion) -> tuple[ReferenceReport, list[torch.Tensor]]:
    tensors: list[torch.Tensor] = []
    if (size := memory_estimate.of(text, question.entry)) > TOO_LARGE_TO_TRY * question.limit:
        return ReferenceReport(0, oversize=size), []
    try:
        with _device(question.device), torch.no_grad():
            with _at_another_size() if question.kinds else contextlib.nullcontext():
                report = _observed(text, question, tensors)
            return replace(report, tensors=len(tensors)), tensors
    except admissible.TooSlow:
        return ReferenceReport(0, oversize=1), []
    except Refused as refused:
        return ReferenceReport(0, refusal=Refusal(refused.reason, str(refused))), []
    except Exception as error:
        if not question.kinds:
            raise
        return ReferenceReport(0, refusal=Refusal(Reason.REFERENCE_FAILED, described(error))), []


@contextlib.contextmanager
def _at_another_size() -> Iterator[None]:
    """An attention of the library's looks at no sizes and reads beyond its tensors; one step by step refuses."""
    with admissible.patience(OTHER_SIZE), sdpa_kernel(SDPBackend.MATH):
        yield


@contextlib.contextmanager
def _device(name: str) -> Iterator[None]:
    if name == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""  # also where the jail has a GPU: nobody is to ask it anything
        cuda_on_cpu.install()
        with cuda_on_cpu.redirected():
            yield
    else:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
        with cuda_on_cpu.Grouped():
            yield


def _observed(text: str, question: ReferenceQuestion, tensors: list[torch.Tensor]) -> ReferenceReport:
    reference = loaded(text, question)
    reference.structure = structure.of_inputs(reference.plain_inputs(1001), reference.plain_inputs(1002))
    return report_of(reference, question, tensors)


def report_of(reference: Reference, question: ReferenceQuestion, tensors: list[torch.Tensor]) -> ReferenceReport:
    given = Draw("given", question.seed)
    instance, vary = varied_weights.instance_of(reference, given, question.seed, question.protocol)
    states = [_copied_state(instance)]
    if question.protocol > 1 and states[0] and vary is not None:
        vary(other := reference.fresh(question.seed), question.seed + 1)
        states.append(_copied_state(other))
    init = _init(reference.init, tensors)
    packed = [{name: values.pack(t, tensors) for name, t in state.items()} for state in states]
    runner = Runner(reference, instance, states, question.gradients, question.protocol)
    with Operations() as operations, EvenParts() as parts:
        runner.once(reference.on_device(reference.inputs(given)), question.seed)
    ends = _unread_end(reference, runner, question)
    if (question.even and parts.uneven) or (question.whole and ends):
        raise Refused(Reason.REFERENCE_FAILED, "it runs at this size, but is not meant for it")
    plan, notes, fewest = list(question.draws), dict[str, str](), 0
    if any(draw.kind in points.REDRAWN for draw in plan):
        reference.meaning = Meaning(frozenset(operations.names()))
    if not plan:
        plan, notes, fewest = _planned(reference, runner, question)
    draws, oversize = _draws(runner, plan, question.limit, tensors, bool(question.kinds))
    return ReferenceReport(
        tensors=0, oversize=oversize, init=init, state=packed[0], operations=tuple(operations.names()),
        draws=tuple(draws), other_state=packed[1] if len(packed) > 1 else {}, fewest=fewest, notes=notes,
        uneven=parts.uneven, unread_end=ends,
        robustness=tuple(_robustness(runner, question, tensors)) if fewest and not oversize else (),
    )  # fmt: skip


def _unread_end(reference: Reference, runner: Runner, question: ReferenceQuestion) -> bool:
    """Where somebody wants to know: at the sizes given, and where a place alone is changed."""
    if question.protocol == 1 or (question.draws and not question.whole):
        return False
    given = reference.plain_inputs(question.seed)
    return unread_ends.some(lambda inputs: runner.once(reference.on_device(inputs), question.seed), given)


def _robustness(
    runner: Runner, question: ReferenceQuestion, tensors: list[torch.Tensor]
) -> Iterator[ReferenceDraw | None]:
    for kind in ROBUST:
        try:
            differs = _shapes(runner, kind, question.seed) != _shapes(runner, "given", question.seed)
            yield runner.draw(Draw(kind, question.seed), tensors, False) if differs or kind in ("nan", "inf") else None
        except Refused:
            yield None


def _shapes(runner: Runner, kind: str, seed: int) -> list[Any]:
    leaves = pytree.tree_leaves(runner.reference.inputs(Draw(kind, seed)))
    return [leaf.shape for leaf in leaves if isinstance(leaf, torch.Tensor)]


def _copied_state(instance: Any) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in module_state.of(instance).items()}


def _planned(
    reference: Reference, runner: Runner, question: ReferenceQuestion
) -> tuple[list[Draw], dict[str, str], int]:
    """By what the reference does; where that cannot be found out, as if it did nothing special."""
    seed = question.seed
    drawn = [reference.plain_inputs(seed), reference.plain_inputs(1001), reference.plain_inputs(1002)]
    reference.structure = structure.with_masks(reference.structure, drawn[0])
    try:
        reference.meaning = meant.of(
            lambda inputs: runner.once(reference.on_device(inputs), seed),
            lambda inputs: runner.in_double(reference.on_device(inputs), seed),
            drawn,
            reference.structure,
        )
    except (Exception, admissible.TooSlow):  # noqa: BLE001  whatever it raises when it is called in ways of ours
        reference.meaning = Meaning(largest=points.LADDER_WIDE[-1])
    notes, fewest = meant.said(reference.meaning), planning.fewest(reference.meaning)
    if sum(leaf.nbytes for leaf in pytree.tree_leaves(drawn[0]) if isinstance(leaf, torch.Tensor)) <= question.limit:
        notes |= _unread(reference, runner, drawn[0], seed)
    return planning.plan(seed, reference.meaning), notes, fewest


def _unread(reference: Reference, runner: Runner, given: Any, seed: int) -> dict[str, str]:
    others = [reference.inputs(Draw("normal", seed + 1, ints=mode)) for mode in ("whole", "ends", "few")]

    def call(inputs: Any) -> Any:
        return runner.plainly(reference.on_device(inputs), seed)

    found = unread.inputs(call, reference.target, given, others)
    module_state.put(runner.instance, runner.initial[0])
    found += [f"weight {name}" for name in unread.weights(call, runner.instance, given)]
    return {"unread": ", ".join(found)} if found else {}


def _draws(
    runner: Runner, plan: list[Draw], limit: int, tensors: list[torch.Tensor], one_is_enough: bool
) -> tuple[list[ReferenceDraw | None], int]:
    """All of them, or the first one and its bytes, where those are more than the limit."""
    draws: list[ReferenceDraw | None] = []
    for place, draw in enumerate(plan):
        draws.append(observed := runner.draw(draw, tensors, place == 0))
        if place == 0 and observed is not None and observed.bytes > limit:
            return draws, observed.bytes
        if sum(tensor.nbytes for tensor in tensors) > MOST or (one_is_enough and observed is not None):
            break
    return draws, 0


def _init(init: Any, tensors: list[torch.Tensor]) -> Any:
    """None where the constructor takes objects: then the candidate makes its own, which concern nobody else."""
    try:
        return values.pack(init, tensors, plain=True)
    except values.Unpackable:
        return None
