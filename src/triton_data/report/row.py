"""An entry as plain JSON: a short row for lists and facets, and all of it for the page of one pair.

In: an entry. Out: lists and dictionaries of strings and numbers. Nothing is escaped here: what shows it writes text,
never markup. Not covered: where it is written (folder.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from triton_data.records import Capture, Decision, Label, Origin, Verdict, speed
from triton_data.report.entries import Entry

Meaning = Callable[[str, str], str]  # (stage, reason) -> what it says, '' where nothing is known
FACETS = ("kind", "verdict", "reason", "family", "repository", "licence", "split", "source", "difficulty", "target")
FEWEST_DIGITS = 12  # of an id, as people see it


def facets(entry: Entry) -> dict[str, tuple[str, ...]]:
    """Each facet's values; an entry may have several families and several reasons."""
    label, origin = entry.computes, entry.origin
    reasons = [each.reason for each in entry.verdicts if each.reason]
    reasons += entry.decision.reasons if entry.decision else ()
    return {
        "kind": (entry.kind,),
        "verdict": (entry.verdict,),
        "reason": tuple(dict.fromkeys(reasons)),
        "family": label.families if label else (),
        "repository": (origin.repo or "unknown",),
        "licence": (origin.licence or "unknown",),
        "split": (entry.split,) if entry.split else (),
        "source": (origin.source,),
        "difficulty": (str(label.difficulty),) if label else (),
        "target": (f"{entry.capture.target} {entry.capture.mode}",) if entry.capture else (),
    }


def short(entry: Entry) -> dict[str, Any]:
    label = entry.computes
    return {
        "id": entry.key,
        "name": entry.name,
        "path": entry.origin.path,
        "steps": " ".join(dict.fromkeys(label.steps[:40])) if label else "",
        "tokens": entry.label.tokens if entry.label else 0,
        "lines": entry.triton.count("\n") + 1,
        "cluster": entry.decision.cluster if entry.decision else "",
    }


def whole(entry: Entry, meaning: Meaning) -> dict[str, Any]:
    return {
        "id": entry.key,
        "kind": entry.kind,
        "name": entry.name,
        "verdict": entry.verdict,
        "pytorch": entry.program.text if entry.program else "",
        "triton": entry.triton,
        "entry": entry.program.entry if entry.program else "",
        "program": entry.program.key if entry.program else "",
        "inputs": entry.program.inputs_from if entry.program else entry.kernel.inputs_from if entry.kernel else "",
        "jail": list(entry.program.layers) if entry.program else [],
        "kernel": [entry.kernel.key, entry.kernel.name] if entry.kernel else [],
        "verdicts": [_verdict(each, meaning) for each in entry.verdicts],
        "origin": place(entry.origin),
        "also": [place(each) for each in entry.also],
        "capture": _capture(entry.capture) if entry.capture else None,
        "label": _label(entry.computes, entry.label),
        "decision": _decision(entry.decision, meaning) if entry.decision else None,
    }


def place(origin: Origin) -> dict[str, Any]:
    lines = f"{origin.line_start}-{origin.line_end}" if origin.line_start and origin.line_end else ""
    return {
        "source": origin.source, "repo": origin.repo, "revision": origin.revision, "path": origin.path, "lines": lines,
        "licence": origin.licence or "unknown", "stars": origin.stars, "link": link(origin), "time": origin.time,
        "file_hash": origin.file_hash, "generator": origin.generator, "seed": origin.seed,
    }  # fmt: skip


def link(origin: Origin) -> str:
    """To the lines themselves where the host is known to have such addresses; '' where there is nothing to open."""
    url = origin.url.removesuffix(".git")
    if not url.startswith(("https://", "http://")):
        return ""
    if url.startswith("https://github.com/") and url.count("/") == 4 and origin.revision and origin.path:
        lines = f"#L{origin.line_start}-L{origin.line_end}" if origin.line_start and origin.line_end else ""
        return f"{url}/blob/{quote(origin.revision)}/{quote(origin.path)}{lines}"
    return origin.url


def _verdict(verdict: Verdict, meaning: Meaning) -> dict[str, Any]:
    return {
        "id": verdict.key, "passed": verdict.passed, "reason": verdict.reason,
        "meaning": meaning("verify", verdict.reason) if verdict.reason else "", "device": verdict.device,
        "protocol": verdict.protocol, "checks": [list(check) for check in verdict.checks],
        "layers": list(verdict.layers), "speed": speed.labels(verdict.checks),
    }  # fmt: skip


def _capture(capture: Capture) -> dict[str, Any]:
    return {
        "id": capture.key, "target": capture.target, "mode": capture.mode, "graphs": len(capture.graphs),
        "externs": list(capture.externs), "toolchain": [list(each) for each in capture.toolchain],
        "kernels": [[each.name, each.text, each.sources] for each in capture.kernels],
    }  # fmt: skip


def _label(computes: Label | None, own: Label | None) -> dict[str, Any] | None:
    if computes is None:
        return None
    made = own or computes
    return {
        "families": list(computes.families), "difficulty": computes.difficulty, "steps": list(computes.steps[:60]),
        "kernels": made.kernels, "tokens": made.tokens, "counted_by": made.counted_by, "dtypes": list(made.dtypes),
        "generic": made.generic, "training": made.training, "flags": list(made.flags),
    }  # fmt: skip


def _decision(decision: Decision, meaning: Meaning) -> dict[str, Any]:
    return {
        "keep": decision.keep, "split": decision.split, "cluster": decision.cluster, "unit": decision.unit,
        "reasons": [[each, meaning("curate", each)] for each in decision.reasons],
        "nearest": [list(each) for each in decision.nearest],
    }  # fmt: skip
