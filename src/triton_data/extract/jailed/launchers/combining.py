"""Two operators: one on what another gives.

In: what a search has tried on its first draw. Out: source texts of an elementwise operator around a value that was
tried, of a value with an argument or a number, and of templates over what simple operators make of the arguments.
Not covered: three operators.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import torch

from triton_data.extract.jailed.launchers.filling import Known, filled
from triton_data.extract.references.expression import Expression

MOST_VALUES = 1500
_AROUND = (
    "torch.relu({0})", "F.gelu({0})", "F.gelu({0}, approximate='tanh')", "F.silu({0})", "torch.sigmoid({0})",
    "torch.tanh({0})", "torch.exp({0})", "torch.log({0})", "torch.sqrt({0})", "torch.rsqrt({0})", "-({0})",
    "torch.square({0})", "torch.abs({0})", "1 - ({0})", "({0}).sum()", "({0}).mean()", "({0}).sum(-1)",
    "({0}).sum(0)", "({0}).mean(-1)", "({0}).mean(0)", "({0}).transpose(-1, -2)", "({0}).tril()", "({0}).cumsum(-1)",
    "torch.softmax({0}, dim=-1)", "F.leaky_relu({0})", "F.hardswish({0})", "F.softplus({0})", "1 / ({0})",
    "torch.erf({0})", "torch.sin({0})", "torch.cos({0})", "F.elu({0})", "F.relu6({0})", "torch.log1p({0})",
)  # fmt: skip
_WITH = ("({0}) + {1}", "({0}) * {1}", "({0}) - {1}", "{1} - ({0})", "({0}) / {1}", "{1} / ({0})",
         "torch.maximum({0}, {1})")  # fmt: skip
_WITH_NUMBER = ("({0}) * {1}", "({0}) + {1}", "({0}) / {1}", "torch.clamp({0}, min={1})", "torch.clamp({0}, max={1})")
_BEFORE = ("{0}.float()", "{0}.transpose(-1, -2)", "torch.relu({0})", "torch.sigmoid({0})", "torch.exp({0})",
           "torch.tanh({0})", "{0}.chunk(2, dim=-1)[0]", "{0}.chunk(2, dim=-1)[1]", "{0}.abs()", "{0}.square()",
           "{0}.unsqueeze(-1)", "{0}.unsqueeze(0)", "{0}.unsqueeze(1)", "{0}.transpose(1, 2)",
           "{0}.flatten(1)", "{0}.flatten(0, -2)")  # fmt: skip


def derived(known: Known, templates: Sequence[Expression]) -> Iterator[str]:
    """Templates over what one simple operator makes of an argument."""
    simple = [each for each in templates if each.arity <= 2]
    for name in known.tensors:
        for before in _BEFORE:
            made = before.format(name)
            others = tuple(one for one in known.tensors if one != name)
            for each in simple:
                if each.arity == 1:
                    yield from filled(each, known, (made,))
                else:
                    texts = (filled(each, known, pair) for other in others for pair in ((made, other),))
                    yield from chain.from_iterable(texts)


def combined(tried: Mapping[str, torch.Tensor], known: Known, expected: torch.Tensor) -> Iterator[str]:
    values = _distinct(tried)
    numbers = [*known.numbers, *(name for name, value in known.scalars.items() if isinstance(value, int | float)
                                 and not isinstance(value, bool)), "2", "0.5"]  # fmt: skip
    same = [text for text, value in values if value.shape == expected.shape]
    for text in same:
        for around in _AROUND:
            yield around.format(text)
        for name in known.tensors:
            for both in _WITH:
                yield both.format(text, name)
        for number in numbers:
            for both in _WITH_NUMBER:
                yield both.format(text, number)
    for text, value in values:
        if value.shape != expected.shape and value.numel() <= 4 * expected.numel():
            for name in known.tensors:
                for both in _WITH:
                    yield both.format(text, name)
            for around in _AROUND[14:20]:
                yield around.format(text)


def _distinct(tried: Mapping[str, torch.Tensor]) -> list[tuple[str, torch.Tensor]]:
    """What was tried, each value once, the simple ones first."""
    found: dict[tuple[object, ...], tuple[str, torch.Tensor]] = {}
    for text, value in sorted(tried.items(), key=lambda pair: len(pair[0])):
        if value.numel() and value.is_floating_point():
            sample = value.flatten()[:: max(1, value.numel() // 7)][:8]
            key = (tuple(value.shape), *(round(float(each), 5) for each in sample))
            found.setdefault(key, (text, value))
        if len(found) >= MOST_VALUES:
            break
    return list(found.values())
