"""Forward arguments for a constructed model: what evidence shows, then templates corrected after each error.

Enters: an `Attempt` and a `Built`. Leaves: the last `Result` and, where it is ok, the Specs.
Best first: a state whose run got further, counted in torch calls, is corrected before one that failed early.
Runs in the jail.
"""

from __future__ import annotations

import heapq
import inspect
import re
from collections.abc import Iterator
from typing import Any

import torch

from .attempt import Attempt, Result, failure
from .build import Built, parameters
from .guess import axis_size, forward_hint, scalar_hint, template
from .mend import mend
from .shapes import written_shapes
from .spec import FLOAT, INT, Spec, parse

Specs = tuple[Spec, ...]
MAX_TRIES = 140


def find_forward(attempt: Attempt, cls: type, built: Built) -> tuple[Result, Specs | None]:
    known = [p for p in parameters(built.model.forward) if p.kind is not p.KEYWORD_ONLY]
    for call in built.calls:
        specs = _bound(built.model, call)
        if specs is not None:
            result = attempt.call(built.model, [spec.text() for spec in specs])
            if result.ok:
                return result, specs
    result, found = _search(attempt, cls, built, known)
    if found is not None and built.source == "usage":
        built.source = "deduced"  # constructed as usage shows, but called with shapes of our own
    return result, found


def _bound(model: Any, call: dict[str, Any]) -> Specs | None:
    """Positional arguments, as `get_inputs()` must give them: keyword arguments move to their places."""
    try:
        bound = inspect.signature(model.forward).bind(*call["args"], **call["kwargs"])
    except TypeError:
        return None
    values: list[str] = []
    for name, parameter in bound.signature.parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            values += bound.arguments.get(name, ())
        elif parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD):
            if name in bound.arguments:
                return None
        elif name in bound.arguments:
            values.append(bound.arguments[name])
        elif parameter.default is not parameter.empty and any(n in bound.arguments for n in _after(bound, name)):
            values.append(repr(parameter.default))
        elif any(n in bound.arguments for n in _after(bound, name)):
            return None
    return tuple(parse(text) for text in values)


def _after(bound: inspect.BoundArguments, name: str) -> list[str]:
    names = list(bound.signature.parameters)
    return names[names.index(name) + 1 :]


def _search(attempt: Attempt, cls: type, built: Built, known: list[inspect.Parameter]) -> tuple[Result, Specs | None]:
    names = [p.name for p in known]
    queue: list[tuple[int, int, Specs]] = []
    seen: set[Specs] = set()
    serial = 0
    shapes = written_shapes(attempt.source_of(cls.__name__), names)
    for specs in _starts(built.model, known, shapes):
        if specs not in seen:
            seen.add(specs)
            heapq.heappush(queue, (0, serial, specs))
            serial += 1
    best = Result(False, error="no forward arguments were guessed")
    tried = 0
    while queue and tried < MAX_TRIES and not attempt.budget.spent():
        *_, specs = heapq.heappop(queue)
        tried += 1
        result = attempt.call(built.model, [spec.text() for spec in specs])
        if result.ok:
            return result, specs
        if result.progress >= best.progress:
            best = result
        if result.stage == "no_tensor" and tried > 20:
            break
        told = failure(result, names, attempt.tree)
        for n, other in enumerate([*mend(told, specs), *_optional(result, known, specs, built)]):
            if n >= 14:
                break
            if other not in seen and all(_modest(spec) for spec in other):
                seen.add(other)
                heapq.heappush(queue, (-result.progress, serial, other))
                serial += 1
    return best, None


def _modest(spec: Spec) -> bool:
    size = 1
    for s in spec.shape:
        size *= s
    return size <= 4_000_000 and min(spec.shape, default=1) > 0


def _optional(result: Result, known: list[inspect.Parameter], specs: Specs, built: Built) -> Iterator[Specs]:
    """One more of the optional arguments, where the error is about something that is None."""
    rest = known[len(specs) :]
    for n, parameter in enumerate(rest):
        if re.search(rf"\b{re.escape(parameter.name)}\b", result.error):
            given = [Spec(fixed=repr(p.default)) for p in rest[:n]]
            yield (*specs, *given, _one(parameter, specs, built.model))
    if rest and re.search("None|must be|required", result.error):
        yield (*specs, _one(rest[0], specs, built.model))


def _starts(model: Any, known: list[inspect.Parameter], shapes: dict[str, list[str]]) -> Iterator[Specs]:
    required = [p for p in known if p.default is p.empty]
    if not required and known:
        required = known[:1]
    for width, rank, kind, high in _layouts(model):
        if shapes:
            yield tuple(_as_written(p, shapes.get(p.name, []), width, rank, high) for p in required)
        specs = []
        for parameter in required:
            hint, hinted = forward_hint(parameter)
            scalar = scalar_hint(parameter)
            if scalar:
                specs.append(Spec(fixed=scalar))
            elif hint != FLOAT:
                specs.append(template(hint, hinted, width, high))
            else:
                specs.append(template(kind, rank, width, high) if kind == FLOAT else template(kind, 2, width, high))
        yield tuple(specs)


def _as_written(parameter: inspect.Parameter, axes: list[str], width: int, rank: int, high: int) -> Spec:
    hint, hinted = forward_hint(parameter)
    if scalar_hint(parameter):
        return Spec(fixed=scalar_hint(parameter))
    if not axes:
        return template(hint, hinted or rank, width, high)
    return Spec(tuple(axis_size(axis, n, len(axes), width) for n, axis in enumerate(axes)), hint, high)


def _one(parameter: inspect.Parameter, specs: Specs, model: Any) -> Spec:
    kind, rank = forward_hint(parameter)
    if scalar_hint(parameter):
        return Spec(fixed=scalar_hint(parameter))
    tensor = next((s for s in specs if s.is_tensor), Spec((2, 16, 64)))
    if kind == FLOAT:
        return tensor
    return Spec(tensor.shape[:2] if rank == 2 else tensor.shape[:1], kind, 2)


def _layouts(model: Any) -> Iterator[tuple[int, int, str, int]]:
    """(width, rank, kind, bound for integers), as the model's first layers suggest; then everything else."""
    yield from _by_layers(model)
    widths = list(dict.fromkeys([*_sizes(model), 64]))
    for width in widths[:4]:
        for rank in (3, 4, 2, 1, 5):
            yield width, rank, FLOAT, 10
    yield 64, 2, INT, 10


_CONVS = {
    torch.nn.Conv1d: 3, torch.nn.Conv2d: 4, torch.nn.Conv3d: 5, torch.nn.ConvTranspose1d: 3,
    torch.nn.ConvTranspose2d: 4, torch.nn.ConvTranspose3d: 5,
}  # fmt: skip
_NORMS = {torch.nn.BatchNorm1d: (3, 2), torch.nn.BatchNorm2d: (4,), torch.nn.BatchNorm3d: (5,),
          torch.nn.InstanceNorm1d: (3,), torch.nn.InstanceNorm2d: (4,), torch.nn.GroupNorm: (4, 3)}  # fmt: skip


def _by_layers(model: Any) -> Iterator[tuple[int, int, str, int]]:
    found = 0
    for layer in model.modules():
        if found >= 3:
            return
        for kind, rank in _CONVS.items():
            if isinstance(layer, kind):
                found += 1
                yield layer.in_channels, rank, FLOAT, 10
        for norm, ranks in _NORMS.items():
            if isinstance(layer, norm):
                found += 1
                for rank in ranks:
                    yield getattr(layer, "num_features", None) or layer.num_channels, rank, FLOAT, 10
        if isinstance(layer, torch.nn.Embedding):
            found += 1
            yield 16, 2, INT, layer.num_embeddings
        if isinstance(layer, torch.nn.Linear):
            found += 1
            yield layer.in_features, 3, FLOAT, 10
            yield layer.in_features, 2, FLOAT, 10
        if isinstance(layer, torch.nn.LayerNorm | torch.nn.RMSNorm):
            found += 1
            yield layer.normalized_shape[-1], 3, FLOAT, 10
        if isinstance(layer, torch.nn.RNNBase):
            found += 1
            yield layer.input_size, 3, FLOAT, 10


def _sizes(model: Any) -> list[int]:
    """Sizes that the model knows: of its parameters, and its integer attributes."""
    found = [shape for p in list(model.parameters())[:4] for shape in reversed(p.shape)]
    found += [v for v in vars(model).values() if type(v) is int and 3 <= v <= 1024]
    return [size for size in dict.fromkeys(found) if size > 1]
