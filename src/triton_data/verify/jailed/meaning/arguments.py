"""Other arguments that a reference runs with, one changed at a time: of its constructor, and of its call.

In: a class or function, its constructor's arguments and its inputs. Out: changes to try, each with its name and what to
call with instead. Numbers become others, flags turn, a word of a known set becomes the next one, an optional input is
left out, or given where a mask or a bias fits. Not covered: sizes that the program's text names (formats/resize.py),
and whether the reference runs with them. Foreign code is looked at and not called: only in the jail.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch.utils import _pytree as pytree

Arguments = tuple[tuple[Any, ...], dict[str, Any]]
_WORDS = (
    ("mean", "sum", "none"),
    ("batchmean", "sum", "mean"),
    ("none", "tanh"),
    ("relu", "gelu", "silu"),
    ("zeros", "reflect"),
    ("swish", "relu"),
    ("nearest", "bilinear"),
    ("same", "valid"),
)
BEYOND_ONE = 1.75  # a slope, a scale or a weight is usually less, and max(x, slope * x) then right
MARKS = re.compile("ignore|pad_|padding_idx|blank|_token|_id$|^idx$|_index$")  # a value of an input, which is set apart
COUNTS = re.compile("group|head|stride|pad|dilat")  # that weights may be shaped by, and inputs are not
NO_NUMBERS = re.compile("len|idx|index|ids$|label|target|cache|past|state|hidden|out$|generator|seed|size|shape|dtype")
EMPTY = inspect.Parameter.empty
_SIMPLE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@dataclass(frozen=True)
class Change:
    said: str  # 'eps=0.01'
    of_init: bool
    arguments: Arguments
    place: int = 0  # of the parameter, among the positional ones
    name: str = ""
    value: Any = None
    mark: int | None = None  # what was a mark in the inputs until now: the new one stands there instead


def again(change: Change, inputs: Arguments) -> Arguments:
    """The same change of inputs that were drawn anew."""
    inputs = _marked(change, inputs)
    return inputs if change.of_init else _with(change, inputs)


def _with(change: Change, given: Arguments) -> Arguments:
    args, kwargs = given
    if change.place < len(args):
        return (*args[: change.place], change.value, *args[change.place + 1 :]), kwargs
    return args, {**kwargs, change.name: change.value}


def _marked(change: Change, inputs: Arguments) -> Arguments:
    """A label that is ignored no more is one that the reference has no place for."""
    if change.mark is None:
        return inputs

    def one(leaf: Any) -> Any:
        if not _is_whole(leaf):
            return leaf
        return torch.where(leaf == change.mark, torch.full_like(leaf, change.value), leaf)

    found: Arguments = pytree.tree_map(one, inputs)
    return found


def _is_whole(leaf: Any) -> bool:
    return isinstance(leaf, torch.Tensor) and not leaf.is_floating_point() and not leaf.is_complex()


def changes(target: Any, init: Arguments, inputs: Arguments) -> Iterator[Change]:
    if isinstance(target, type):
        yield from _changed(_parameters(target), init, None, True, _marks(inputs))
    called = target.forward if isinstance(target, type) and hasattr(target, "forward") else target
    first = next((a for a in inputs[0] if isinstance(a, torch.Tensor)), None)
    yield from _changed(_parameters(called), inputs, first, False, _marks(inputs))


def _marks(inputs: Arguments) -> list[int]:
    """Values that integer inputs have: only with one of these does a label that is ignored, or padding, matter."""
    whole = [leaf for leaf in (*inputs[0], *inputs[1].values()) if _is_whole(leaf) and leaf.dtype is not torch.bool]
    return [int(tensor.reshape(-1)[at]) for tensor in whole if tensor.numel() for at in (0, -1)]


def _parameters(called: Any) -> list[inspect.Parameter]:
    try:
        found = list(inspect.signature(called).parameters.values())
    except (TypeError, ValueError):
        return []
    return [one for one in found if one.name != "self" and one.kind in _SIMPLE]


def _changed(
    parameters: list[inspect.Parameter], given: Arguments, first: torch.Tensor | None, of_init: bool, marks: list[int]
) -> Iterator[Change]:
    args, kwargs = given
    for place, parameter in enumerate(parameters):
        is_given = place < len(args) or parameter.name in kwargs
        old = args[place] if place < len(args) else kwargs.get(parameter.name, parameter.default)
        if old is EMPTY:
            continue
        for new in _others(parameter, old, is_given, first, marks):
            change = Change(f"{parameter.name}={_said(new)}", of_init, given, place, parameter.name, new)
            mark = old if type(old) is int and MARKS.search(parameter.name) else None
            yield replace(change, arguments=_with(change, given), mark=mark)


def _others(
    parameter: inspect.Parameter, old: Any, is_given: bool, first: torch.Tensor | None, marks: list[int]
) -> Iterator[Any]:
    if isinstance(old, bool):
        yield not old
    elif isinstance(old, int) and MARKS.search(parameter.name):
        yield from (n for n in marks if n != old)
    elif isinstance(old, int):
        yield from (n for n in dict.fromkeys((old + 1, 2 * old, old // 2, 1)) if n != old and (n > 0 or old <= 1))
    elif isinstance(old, float):
        yield 1000 * old if 0 < old < 1e-3 else old / 2 + 0.05 if old / 2 + 0.05 != old else 0.3
        yield BEYOND_ONE if old <= 1 else 0.25
        yield from (zero for zero in (0.0,) if old)  # which `beta or 1.0` takes for none
    elif isinstance(old, str):
        yield from (word for words in _WORDS if old in words for word in words if word != old)
    elif isinstance(old, torch.Tensor) and is_given and parameter.default is None:
        yield None
    elif old is None and first is not None and first.is_floating_point():
        yield from _fitting(parameter.name, first)
    elif old is None and first is None and any(word in parameter.name for word in ("scale", "eps")):
        yield 0.37


def _fitting(name: str, first: torch.Tensor) -> Iterator[Any]:
    """What an optional input of this name may be beside the first one."""
    generator = torch.Generator().manual_seed(5)
    shapes = [tuple(first.shape), tuple(first.shape[-1:]), tuple(first.shape[:-1])]
    if first.ndim > 2:
        shapes.append((first.shape[-2], first.shape[-2]))
    for shape in dict.fromkeys(shapes):
        noise = torch.randn(shape, generator=generator)
        if "mask" in name:
            yield noise > -0.5
        if not NO_NUMBERS.search(name):
            yield noise.to(first.dtype)
    if "scale" in name:
        yield 0.37


def _said(value: Any) -> str:
    return f"a tensor {tuple(value.shape)}" if isinstance(value, torch.Tensor) else repr(value)
