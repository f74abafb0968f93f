"""What kind of computation a text is: operation families and a difficulty.

In: its steps. Out: families such as ('matmul', 'normalisation') and 0 to 4 by the number of steps, as the graph
generator counts them. Not covered: how hard a kernel is to make fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

FAMILIES: tuple[tuple[str, str], ...] = (  # the first that fits is the step's family
    ("attention", r"attention|transformer"),
    ("convolution", r"^conv|unfold$|^fold$"),
    ("pooling", r"pool"),
    ("normalisation", r"norm$|^normalize$|^rsqrt$"),
    ("loss", r"loss|crossentropy|kldiv"),
    ("recurrent", r"^(lstm|gru|rnn)"),
    ("matmul", r"^(linear|bilinear|matmul|mm|bmm|addmm|baddbmm|einsum|dot|dotscaled|mv|addmv|outer|tensordot)$"),
    ("softmax", r"softmax|softmin|logsumexp"),
    ("scan", r"^(cum|associativescan)"),
    ("reduction", r"^(sum|mean|amax|amin|max|min|argmax|argmin|var|std|prod|all|any|reduce|xorsum|aminmax|nansum)$"),
    ("embedding", r"embedding"),
    ("gather", r"gather|scatter|index|take|select|where"),
    ("sort", r"sort|topk|kthvalue|unique|histc"),
    ("random", r"dropout|^rand|bernoulli|multinomial"),
    (
        "activation",
        r"^(relu6?|gelu|silu|elu|selu|celu|tanh|sigmoid|mish|hard\w+|leakyrelu|prelu|glu|softplus|softsign)$",
    ),
    ("movement", r"^(cat|stack|transpose|permute|t|swapaxes|roll|flip|pad|repeat|split|chunk|tri[lu]|trans|unbind)$"),
    ("memory", r"^(load|store|atomic\w+|makeblockptr|advance)$"),
)
_EDGES = (1, 2, 4, 9)  # most steps of difficulty 0, 1, 2 and 3


def families(steps: Iterable[str]) -> tuple[str, ...]:
    """Without loads and stores where anything else is done, and 'elementwise' for what fits nowhere."""
    found = {family(step) for step in steps}
    return tuple(sorted(found - {"memory"} or found))


def family(step: str) -> str:
    return next((name for name, pattern in FAMILIES if re.search(pattern, step)), "elementwise")


def difficulty(steps: Iterable[str]) -> int:
    count = sum(1 for step in steps if family(step) != "memory")
    return sum(count > edge for edge in _EDGES)
