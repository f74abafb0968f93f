"""Protocol 2's plan of draws: the extremes first, those that the reference's operations call for among them.

In: a seed and what the reference does. Out: draws, of which a candidate is asked the first `fewest` however slow it is.
Not covered: the numbers of each (draws/points.py, draws/integers.py); a draw that the reference cannot do is left out
by whoever asks it.
"""

from __future__ import annotations

from triton_data.verify.draws.draws import Draw
from triton_data.verify.draws.meaning import NORMS, Meaning

EXTREMES = frozenset({
    "_softmax", "_log_softmax", "_safe_softmax", "logsumexp", "exp", "max", "amax", "argmax", "max_pool2d_with_indices",
    "max_pool3d_with_indices", "min", "amin", "argmin", "aminmax", "logcumsumexp", "cummax", "cummin", "attention",
    "_scaled_dot_product_flash_attention_for_cpu", "_scaled_dot_product_attention_math", "adaptive_max_pool2d",
    "log_sigmoid_forward", "topk", "sort",
})  # fmt: skip
MINIMA = frozenset({"min", "amin", "argmin", "aminmax", "cummin"})
MASKED = frozenset({"_softmax", "_log_softmax", "_safe_softmax", "logsumexp"})
UNORDERED = frozenset({"sort", "topk", "kthvalue", "median", "nanmedian", "mode", "unique", "_unique2"})
"""Which of equal numbers these name first is nobody's promise."""


def fewest(meaning: Meaning) -> int:
    return len(_first(0, meaning))


def plan(seed: int, meaning: Meaning) -> list[Draw]:
    first = _first(seed, meaning)
    ties = not meaning.operations & UNORDERED
    more = [
        Draw("given", seed + 1),
        Draw("edges" if ties and not meaning.centred else "normal", seed + 2, ints="whole", weights=1),
        Draw("scaled", seed + 2, ints="ends"),
        Draw("scaled", seed + 1, ints="whole", weights=1),
        Draw("points" if ties else "normal", seed + 3, ints="few"),
        Draw("rows" if ties else "scaled", seed + 4, ints="ends"),
        Draw("normal", seed + 4, ints="whole", weights=1),
    ]
    return first + more


def _first(seed: int, meaning: Meaning) -> list[Draw]:
    ties = not meaning.operations & UNORDERED
    chosen = [Draw("given", seed), Draw("partly", seed)]
    chosen += [Draw("points", seed + 1, ints="ends")] if ties else [Draw("normal", seed + 3, ints="ends")]
    chosen += [Draw("rows" if ties else "scaled", seed + 1, ints="whole", weights=1)]
    chosen += [Draw("huge", seed + 2, ints="ends")] if meaning.largest else []
    chosen += [Draw("tiny", seed + 3, ints="few", weights=1)]
    chosen += [Draw("offset", seed + 2)] if meaning.differences or meaning.operations & NORMS else []
    chosen += [Draw("low", seed + 3, ints="whole")] if meaning.operations & EXTREMES else []
    chosen += [Draw("high", seed + 3, ints="whole")] if meaning.operations & MINIMA else []
    chosen += [Draw("infinite", seed + 4)] if ties and meaning.operations & MASKED else []
    return [*chosen, Draw("normal", seed + 1, ints="whole", weights=1)]
