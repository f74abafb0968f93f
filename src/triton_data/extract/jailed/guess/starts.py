"""Where the search for forward arguments starts: what the model, its signature and its author's words suggest.

In: a constructed model, the parameters of its `forward`, and shapes that its author wrote down. Out: lists of
Specs, the likeliest first. Runs in the jail. Not covered: correcting them (jailed/search/forward.py).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch

from triton_data.extract.jailed.clues.accesses import Questions
from triton_data.extract.jailed.guess.forward_parts import Slot, slots
from triton_data.extract.jailed.guess.graphs import graph
from triton_data.extract.jailed.guess.guess import axis_size, forward_hint, scalar_hint, template
from triton_data.extract.jailed.guess.name_rules import LENGTHS
from triton_data.extract.jailed.spec import FLOAT, INT, Spec, Specs


def starts(
    model: Any,
    known: list[inspect.Parameter],
    shapes: dict[str, list[str]],
    sizes: InputSizes | None = None,
    questions: Questions | None = None,
) -> Iterator[Specs]:
    """Each template as it is, with the sizes that the constructor was given, and with smaller companions."""
    for specs in _templates(model, known, shapes, questions):
        if sizes is not None and (sized := tuple(map(sizes.sized, specs))) != specs:
            yield sized
        yield specs
        yield from _companions(specs)


def _companions(specs: Specs) -> Iterator[Specs]:
    """What comes beside the first tensor is as often one value, or one row, for each item of the batch."""
    first, *rest = specs or (Spec(),)
    smaller = [s.is_tensor and s.kind in (FLOAT, first.kind) and len(s.shape) > 1 for s in rest]
    if not any(smaller):
        return
    if first.kind == INT and len(first.shape) > 1:  # a user, and what the user chose
        yield (replace(first, shape=first.shape[:1]), *rest)
    width = first.shape[1:2] if len(first.shape) >= 4 else first.shape[-1:]
    for shape, kind in (((2,), FLOAT), ((2,), INT), ((2, *width), FLOAT)):
        changed = [replace(s, shape=shape, kind=kind) if put else s for s, put in zip(rest, smaller, strict=True)]
        yield (first, *changed)


@dataclass(frozen=True, slots=True)
class InputSizes:
    """Sizes of the input that a constructor is given: of its images, its frames, its sequences."""

    side: tuple[int, ...] = ()
    frames: int = 0
    length: int = 0

    @classmethod
    def read(cls, values: dict[str, Any]) -> InputSizes:
        found: dict[str, Any] = {}
        for name, value in values.items():
            plain = type(value) is int and 0 < value <= 512
            pair = isinstance(value, tuple | list) and len(value) == 2 and all(type(v) is int for v in value)
            if re.search(r"(image|img|input|spatial)_?(size|res)|resolution", name) and (plain or pair):
                found.setdefault("side", (value, value) if plain else tuple(value))
            elif plain and re.search(r"frames|^n_frames$|temporal_size", name):
                found.setdefault("frames", value)
            elif plain and re.search(r"seq_?len|sequence_length|max_len|num_tokens|context_len|^length$", name):
                found.setdefault("length", value)
        return cls(**found)

    def sized(self, spec: Spec) -> Spec:
        rank = len(spec.shape) if spec.is_tensor else 0
        if rank >= 4 and self.side:
            frames = (self.frames or spec.shape[2],) if rank == 5 else ()
            return replace(spec, shape=(*spec.shape[:2], *frames, *self.side))
        if rank == 3 and self.length:
            return replace(spec, shape=(spec.shape[0], self.length, spec.shape[2]))
        if rank == 2 and spec.kind == INT and self.length:
            return replace(spec, shape=(spec.shape[0], self.length))
        return spec


def _templates(
    model: Any, known: list[inspect.Parameter], shapes: dict[str, list[str]], questions: Questions | None
) -> Iterator[Specs]:
    required = [p for p in known if p.default is p.empty]
    if not required and known:
        required = known[:1]
    whole = slots(required)
    inside = slots(required, questions)
    for width, rank, kind, high in _layouts(model):
        if shapes:
            yield tuple(named(_as_written(p, shapes.get(p.name, []), width, rank, high), p) for p in required)
        for places in (inside, whole) if inside != whole else (whole,):
            names = [slot.parameter.name for slot in places]
            if nodes := graph(names, width):
                yield tuple(slot.holds(spec) for slot, spec in zip(places, nodes, strict=True))
            specs = [_template(slot.parameter, width, rank, kind, high) for slot in places]
            if (apart := _beside_sequences(names, specs)) != specs:
                yield _in_slots(places, apart)
            if kind == INT and len(specs) > 1:  # words, and beside them what is as wide as words become
                yield _in_slots(
                    places, [specs[0], *(_template(s.parameter, width, 3, FLOAT, high) for s in places[1:])]
                )
            yield _in_slots(places, specs)


_SEQUENCE = re.compile(r"seq|list|hist|session|words|tokens|ids$")


def _beside_sequences(names: list[str], specs: list[Spec]) -> list[Spec]:
    """Where one name says that it is a sequence, integers that do not say so are one for each item."""
    if not any(map(_SEQUENCE.search, names)):
        return specs
    single = [spec.kind == INT and not _SEQUENCE.search(name) for name, spec in zip(names, specs, strict=True)]
    return [replace(spec, shape=spec.shape[:1]) if one else spec for spec, one in zip(specs, single, strict=True)]


def _in_slots(places: list[Slot], specs: list[Spec]) -> Specs:
    return tuple(slot.holds(named(spec, slot.parameter)) for slot, spec in zip(places, specs, strict=True))


def _template(parameter: inspect.Parameter, width: int, rank: int, kind: str, high: int) -> Spec:
    hint, hinted = forward_hint(parameter)
    scalar = scalar_hint(parameter)
    if scalar:
        return Spec(fixed=scalar)
    if hint != FLOAT:
        return template(hint, hinted, width, high)
    return template(kind, rank, width, high) if kind == FLOAT else template(kind, 2, width, high)


def named(spec: Spec, parameter: inspect.Parameter) -> Spec:
    if spec.is_tensor and spec.kind == INT and re.search(LENGTHS, parameter.name.lower()):
        spec = replace(spec, low=1, high=17)  # of templates that are 16 long
    return replace(spec, keyword=parameter.name) if parameter.kind is parameter.KEYWORD_ONLY else spec


def _as_written(parameter: inspect.Parameter, axes: list[str], width: int, rank: int, high: int) -> Spec:
    hint, hinted = forward_hint(parameter)
    if scalar_hint(parameter):
        return Spec(fixed=scalar_hint(parameter))
    if not axes:
        return template(hint, hinted or rank, width, high)
    return Spec(tuple(axis_size(axis, n, len(axes), width) for n, axis in enumerate(axes)), hint, high)


def one_more(parameter: inspect.Parameter, specs: Specs, model: Any) -> Spec:
    kind, rank = forward_hint(parameter)
    if scalar_hint(parameter):
        return named(Spec(fixed=scalar_hint(parameter)), parameter)
    tensor = replace(next((s for s in specs if s.is_tensor), Spec((2, 16, 64))), keyword="")
    if kind == FLOAT:
        return named(tensor, parameter)
    return named(Spec(tensor.shape[:2] if rank == 2 else tensor.shape[:1], kind, 2), parameter)


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
            yield layer.embedding_dim, 2, INT, layer.num_embeddings
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
