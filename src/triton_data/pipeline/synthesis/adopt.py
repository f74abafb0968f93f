"""What was made while a module was validated counts as done in the stages that make it.

In: a store with Captures, Pairs and Verdicts that the stage of written modules made. Out: outcomes of capture, rewrite
and verify for them, so that these stages do not make them again. Not covered: fragments' own verification.
"""

from __future__ import annotations

from triton_data.capture.stage import suffix
from triton_data.generate.llm_modules.stage import NAME
from triton_data.records import Capture, Outcome, Pair, Program, Verdict
from triton_data.store import Store

MADE = "t.key IN (SELECT key FROM products WHERE stage = ? AND kind = ?)"


def adopt(store: Store) -> None:
    captured, rewritten, verified = [], [], []
    for capture in store.records(Capture, MADE, (NAME, Capture.table)):
        item = capture.program + suffix(capture.target, capture.mode)
        if not store.has_outcome("capture", item):
            captured.append(Outcome(item, (capture,)))
        pairs = list(store.records(Pair, "t.capture = ?", (capture.key,)))
        if pairs and not store.has_outcome("rewrite", capture.key):
            programs = [each for pair in pairs for each in store.records(Program, "t.key = ?", (pair.program,))]
            rewritten.append(
                Outcome(capture.key, (*(each for each in programs if each.key != capture.program), *pairs))
            )
    for verdict in store.records(Verdict, MADE, (NAME, Verdict.table)):
        item = f"{verdict.subject}:{verdict.device}:{verdict.protocol}"
        if not store.has_outcome("verify", item):
            verified.append(Outcome(item, (verdict,)))
    for stage, outcomes in (("capture", captured), ("rewrite", rewritten), ("verify", verified)):
        if outcomes:
            store.commit(stage, outcomes)
