"""A Verdict in words: what was judged, what each check measured, and what would have been right.

In: a run and the beginning of a key, of the Verdict or of what it judges. Out: lines of text. Nothing is computed anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from triton_data.errors import Misuse
from triton_data.records import Kernel, Pair, Verdict
from triton_data.store import Store
from triton_data.verify.reasons import MEANING


def find(store: Store, key: str) -> list[Verdict]:
    found = list(store.records(Verdict, "key LIKE ? OR subject LIKE ?", (f"{key}%", f"{key}%"))) if key else []
    if not found:
        raise Misuse(f"no verdict whose id, or whose pair's or kernel's id, starts with {key!r}:"
                     " `triton-data verify --run-dir … --json` lists them")  # fmt: skip
    return found


def explain(store: Store, verdict: Verdict) -> Iterator[str]:
    said = "passed" if verdict.passed else f"not passed: {verdict.reason}"
    yield f"verdict {verdict.key}: {said}"
    for pair in store.records(Pair, "key = ?", (verdict.subject,)):
        yield f"  judges pair {pair.key} ({pair.entry}), from {pair.origin.repo} {pair.origin.path}".rstrip()
    for kernel in store.records(Kernel, "key = ?", (verdict.subject,)):
        yield f"  judges kernel {kernel.key} ({kernel.name}) alone, with inputs from {kernel.inputs_from}"
    if not verdict.passed:
        yield f"  {verdict.reason}: {MEANING.get(verdict.reason, 'a reason of a later version')}"
    width = max((len(name) for name, _ in verdict.checks), default=0)
    for name, found in verdict.checks:
        yield f"  {name:{width}}  {found}"
    yield f"  {'jail layers':{width}}  {', '.join(verdict.layers)}"


def row(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict.key, "subject": verdict.subject, "device": verdict.device, "protocol": verdict.protocol,
        "passed": verdict.passed, "reason": verdict.reason, "checks": dict(verdict.checks),
    }  # fmt: skip


def by_reason(verdicts: Iterator[Verdict]) -> Counter[str]:
    return Counter(verdict.reason or "passed" for verdict in verdicts)
