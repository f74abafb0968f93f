"""First guesses from a signature: what a parameter's name, annotation and default say about its value.

In: parameters of `__init__` and `forward`. Out: expressions and Specs, the likeliest first.
Sizes are small and divide one another (heads divide widths, groups divide channels), which is what most code asks for.
Not covered: the names themselves (name_rules.py), settings and parts (config_objects.py).
"""

from __future__ import annotations

import inspect
import re
from typing import Any

from triton_data.extract.jailed.guess.name_rules import input_by_name, values_by_name
from triton_data.extract.jailed.spec import BOOL, FLOAT, INT, Spec

WIDTH = 64
INSTANCES = ("new", "shallow", "eighth", "plain")  # ways to make an instance of the file's own classes (instances.py)

_ANYTHING = ("64", "torch.nn.Identity()", "2", "[64, 64]", "None", "0.5", "True", "'mean'", "torch.nn.ReLU")


def constructor_values(
    parameter: inspect.Parameter, namespace: dict[str, Any], literals: dict[str, list[str]] | None = None
) -> list[str]:
    """Expressions for a parameter of `__init__`; first what the class's own code compares it with."""
    read = (literals or {}).get(parameter.name, [])
    name, note = parameter.name.lower(), annotation_text(parameter)
    values = values_by_name(name)
    annotated = _by_annotation(note, namespace)
    named = [value for value in values if value.startswith("'")] if note == "str" else []
    if any(
        value.startswith(("[", "(")) and "⟦" not in value for value in annotated
    ):  # a kernel's size is no width, in a tuple either
        named = [value for value in values if value.startswith(("[", "("))]
        named = [f"({value[1:-1]})" for value in named] if annotated[0].startswith("(") or "uple" in note else named
    values = [*named, *annotated, *values]
    return list(dict.fromkeys(read + values + list(_ANYTHING)))


def keyword(name: str) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY)


def annotation_text(parameter: inspect.Parameter) -> str:
    note = parameter.annotation
    if note is inspect.Parameter.empty:
        return ""
    if isinstance(note, str):
        return note.strip("'\"")  # quoted once more where annotations are not evaluated
    return str(note) if getattr(note, "__args__", ()) else getattr(note, "__name__", None) or str(note)


def _by_annotation(note: str, namespace: dict[str, Any]) -> list[str]:
    plain = re.sub(r"\s*\|\s*None|Optional\[|typing\.|\]$", "", note).strip()
    known = namespace.get(plain)
    if isinstance(known, type):
        subclasses = [name for name, other in namespace.items() if unfinished(known) and _finishes(other, known)]
        return [f"⟦{how} {name}⟧" for name in (*subclasses[:2], plain) for how in INSTANCES]
    if "ModuleList" in plain or re.search(r"^(List|list|Sequence|Tuple|tuple)\[.*Module\b", plain):
        return ["torch.nn.ModuleList([torch.nn.Identity(), torch.nn.Identity()])", "torch.nn.ModuleList()"]
    if plain.endswith("ModuleDict"):
        return ["torch.nn.ModuleDict({'a': torch.nn.Identity()})"]
    if plain.endswith("nn.Sequential") or plain == "Sequential":
        return ["torch.nn.Sequential(torch.nn.Identity())"]
    if plain in ("bool",):
        return ["False", "True"]
    if plain in ("str",):
        return ["'mean'", "'relu'", "'max'", "'sum'", "'linear'", "'gelu'"]
    if plain in ("float",):
        return []
    if re.match(r"(list|tuple|sequence|iterable)", plain, re.I):
        of = re.search(r"\[(?:\w+\.)*(\w+)", plain)
        if of and isinstance(namespace.get(of[1]), type):
            return [f"[⟦new {of[1]}⟧, ⟦new {of[1]}⟧]"]
        if "int" in plain.lower():
            return ["[64, 64]", "(3, 3)", "[2, 2]"]
        return ["(0.5, 0.5)"] if "float" in plain else []
    if plain in ("Tensor", "torch.Tensor", "nn.Parameter", "Parameter"):
        return ["torch.randn(64)", "torch.randn(64, 64)", "torch.rand(2, 64)"]
    if plain in ("nn.Module", "Module", "torch.nn.Module"):
        return ["torch.nn.Identity()", "torch.nn.Linear(64, 64)", "torch.nn.Conv2d(64, 64, 1)"]
    if "Callable" in plain:
        return ["torch.nn.functional.relu", "torch.nn.ReLU", "torch.nn.Identity()"]
    return []


def unfinished(cls: type) -> bool:
    """It has abstract methods, or a `forward` that only raises."""
    names = getattr(getattr(getattr(cls, "forward", None), "__code__", None), "co_names", ())
    return inspect.isabstract(cls) or "NotImplementedError" in names[:1]


def _finishes(other: Any, known: type) -> bool:
    return isinstance(other, type) and other is not known and issubclass(other, known) and not unfinished(other)


def forward_hint(parameter: inspect.Parameter) -> tuple[str, int]:
    rule = input_by_name(parameter.name.lower())
    if rule is not None:
        return rule.kind, rule.rank
    note = annotation_text(parameter)
    if "LongTensor" in note or "IntTensor" in note or re.search(r"\bInt\[", note):
        return INT, 2
    if "BoolTensor" in note:
        return BOOL, 2
    return FLOAT, 0


def scalar_hint(parameter: inspect.Parameter) -> str:
    """An expression where the annotation says that the argument is no tensor."""
    note = annotation_text(parameter)
    plain = {"int": "2", "bool": "False", "float": "1.0", "str": "'mean'"}.get(note, "")
    plain = plain or {"device": "'cpu'", "dtype": "torch.float32"}.get(parameter.name, "")
    if not plain and re.search(
        r"^(h|w|height|width|num_\w+|n_\w+|seq_len|length|size|H|W|T|N|k|n|i|j)$", parameter.name
    ):
        return "" if note else "16"
    return plain


def template(kind: str, rank: int, width: int, high: int = 10) -> Spec:
    shape = {0: (), 1: (2,), 2: (2, width), 3: (2, 16, width), 4: (2, width, 32, 32), 5: (2, width, 4, 16, 16)}
    if kind == INT:
        return Spec((2, 16) if rank == 2 else (2,), INT, high)
    if kind == BOOL:
        return Spec((2, 16), BOOL)
    return Spec(shape[rank])


_AXES = (
    (r"^(b|n|bs|bsz|batch\w*|num_?batch\w*|batch size)$", 2),
    (r"^(h|w|height|width|ih|iw|\w*freq\w*|bins)$", 16),
    (r"^(t|l|s|seq\w*|len\w*|time\w*|frames?|steps?|\w*length|i|j|samples?|n_frames|tokens?|num_tokens|k)$", 16),
)


def axis_size(axis: str, position: int, axes: int, width: int) -> int:
    """A size for an axis by the name its author gave it; what is no batch, time or place is a width."""
    plain = axis.strip().lower()
    if plain.isdigit():
        return max(1, int(plain))
    for pattern, size in _AXES:
        if re.fullmatch(pattern, plain):
            return size
    return 2 if position == 0 and axes > 1 else width
