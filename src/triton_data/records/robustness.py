"""What a verdict says of inputs that programs of the kind do not normally get, one word a label.

In: a verdict's checks. Out: a dictionary of `right`, `refused` or `wrong`; without those that nobody asked about.
Importable without torch. Not covered: asking (verify/compare/robustness.py, verify/judge/other_sizes.py).
"""

from __future__ import annotations

from collections.abc import Iterable

CHECKS = {
    "noncontiguous_inputs": "non-contiguous inputs",
    "nan_inputs": "NaN in inputs",
    "infinite_inputs": "infinite inputs",
    "empty_inputs": "empty inputs",
    "broadcast_inputs": "broadcast inputs",
    "other_sizes": "other sizes",
    "other_arguments": "other arguments",
}
LABELS = tuple(CHECKS)
NOT_REFUSED = "not refused"  # 'out_of_bounds, and not refused'


def labels(said: Iterable[tuple[str, str]]) -> dict[str, str]:
    made = dict(said)
    found = {label: _word(made.get(check, "")) for label, check in CHECKS.items()}
    return {label: word for label, word in found.items() if word}


def _word(check: str) -> str:
    """Of several answers the worst one that is no refusal, because who refuses harms nobody."""
    if "wrong" in check or NOT_REFUSED in check:
        return "wrong"
    return "right" if "right" in check else "refused" if "refused" in check else ""
