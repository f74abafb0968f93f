"""How fast a candidate was found to be: what its verdict says of it, and the same read back as numbers.

In: medians in milliseconds and the best that the device can do; or a verdict's checks. Out: checks; or a dictionary of
labels, empty where nothing was timed. Importable without torch. Not covered: measuring (verify/judge/timing.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

BASELINES = ("eager", "compile", "max-autotune")
LABELS = ("milliseconds", "roofline", *(f"speedup_{name.replace('-', '_')}" for name in BASELINES))
_RATIO = re.compile(r"([\d.]+)× ([\w-]+)")


def checks(medians: Mapping[str, float], bound: float, bytes_: float, flops: float) -> Iterable[tuple[str, str]]:
    """`medians` of the baselines and of the candidate; `bound` is what the roofline needs."""
    mine = medians["candidate"]
    yield "speedup", ", ".join(f"{medians[name] / mine:.2f}× {name}" for name in BASELINES)
    best = f"{bound:.4f} ms at best: {bytes_} bytes, {flops} operations"
    yield "roofline", f"{bound / mine:.1%} ({best})"


def labels(said: Iterable[tuple[str, str]]) -> dict[str, float]:
    made = dict(said)
    if not {"time candidate", "speedup", "roofline"} <= made.keys():
        return {}
    ratios = {name: float(ratio) for ratio, name in _RATIO.findall(made["speedup"])}
    return {
        "milliseconds": float(made["time candidate"].partition(" ")[0]),
        "roofline": float(made["roofline"].partition("%")[0]) / 100,
        **{f"speedup_{name.replace('-', '_')}": ratio for name, ratio in ratios.items()},
    }
