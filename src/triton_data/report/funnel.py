"""How much became of what: programs and hand-written kernels on their way into the dataset, and what was dropped where.

In: a run. Out: named steps with counts, and each stage's reasons with a few examples. Messages are foreign text.
Not covered: what is still pending, which only the pipeline knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from triton_data.records import COMPARED, FRAGMENT, NO_REFERENCE, Capture, Kernel, Pair, Program
from triton_data.report import dropped
from triton_data.report.row import Meaning
from triton_data.store import Store

EXAMPLES = 8  # of each reason
OWN = f"inputs_from NOT IN ('{FRAGMENT}', '{COMPARED}')"
OF_PROGRAMS = "program IN (SELECT key FROM programs WHERE inputs_from NOT IN ('fragment', 'compared'))"


@dataclass
class Reason:
    stage: str
    reason: str
    number: int
    meaning: str
    examples: list[dict[str, Any]] = field(default_factory=list)


def of_programs(store: Store) -> list[tuple[str, int]]:
    """PyTorch programs that were found, step by step; kernels alone are counted with neither funnel."""
    pairs = f"capture != '' AND {OF_PROGRAMS}"
    return [
        ("programs that run", store.count_of(Program, OWN)),
        ("captured", store.count_of(Capture, OF_PROGRAMS, distinct="program")),
        ("rewritten", store.count_of(Pair, pairs, distinct="program")),
        ("verified", store.count_of(Pair, f"{pairs} AND {_judged('passed = 1')}", distinct="program")),
        *_kept(store, Pair, pairs, "program"),
    ]


def of_kernels(store: Store) -> list[tuple[str, int]]:
    passed = f"reference IN (SELECT subject FROM verdicts WHERE passed = 1) OR {_judged('passed = 1')}"
    clean = f"{passed} OR {_judged('reason = ?')}"
    return [
        ("hand-written kernels", store.count(Kernel)),
        ("called by kernels only", store.count_of(Kernel, "called_by != ''")),
        ("with a launcher", store.count_of(Kernel, "launcher != '' OR reference != ''")),
        ("with inputs", store.count_of(Kernel, "inputs != '' OR reference != ''")),
        *_by(store, "inputs from", "inputs_from", "inputs != ''"),
        ("with a reference", store.count_of(Kernel, "reference != ''")),
        *_by(store, "reference from", "reference_from", "reference != ''"),
        ("clean in every check", store.count_of(Kernel, clean, (NO_REFERENCE,))),
        ("verified", store.count_of(Kernel, passed)),
        *_kept(store, Kernel),
    ]


SOURCES = ("tests", "usage", "repository", "recognised", "deduced")


def _by(store: Store, what: str, column: str, where: str) -> Iterator[tuple[str, int]]:
    """By where it is from, as far as there are any."""
    for source in SOURCES:
        count = store.count_of(Kernel, f"{where} AND {column} = ?", (source,))
        if count:
            yield f"{what} {source}", count


def _judged(how: str) -> str:
    return f"key IN (SELECT subject FROM verdicts WHERE {how})"


def _kept(
    store: Store, kind: type[Pair] | type[Kernel], where: str = "1", distinct: str = "key"
) -> Iterator[tuple[str, int]]:
    round_ = store.newest_done("curate")
    if round_:
        kept = f"({where}) AND key IN (SELECT subject FROM decisions WHERE keep = 1 AND round = ?)"
        yield "kept in the dataset", store.count_of(kind, kept, (round_,), distinct=distinct)


def reasons(store: Store, meaning: Meaning) -> list[Reason]:
    """Each stage's reasons, the most frequent first, with a few of what was dropped for each."""
    found: dict[tuple[str, str], Reason] = {}
    for each in store.dropped():
        key = each.stage, each.reason
        if key not in found:
            found[key] = Reason(each.stage, each.reason, 0, meaning(*key))
        found[key].number += 1
        if len(found[key].examples) < EXAMPLES:
            found[key].examples.append(dropped.described(store, each))
    stages = list(dict.fromkeys(stage for stage, _, _ in store.spans()))
    return sorted(found.values(), key=lambda each: (stages.index(each.stage), -each.number, each.reason))
