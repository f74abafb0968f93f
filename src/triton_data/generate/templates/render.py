"""A variant becomes an entry: three Jinja templates of its family, rendered, renamed, and in the form asked for.

In: a `Variant`. Out: an `Entry`. Templates are found in this package (so in the wheel, too), in texts/, which
`triton-data/data_generation/templates` links to. Not covered: whether what they say is right.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from triton_data.generate.templates.entry import Entry
from triton_data.generate.templates.family import Choice
from triton_data.generate.templates.forms import as_module, module_name, tidy
from triton_data.generate.templates.layout import laid_out
from triton_data.generate.templates.names import renamed
from triton_data.generate.templates.variants import Variant
from triton_data.records import digest

TOLERANCES = {"float32": (1e-4, 1e-5), "float16": (1e-2, 1e-3), "bfloat16": (3e-2, 1e-2)}  # relative, absolute
KINDS = ("python", "triton", "pytest")


@cache
def environment() -> Environment:
    loader = PackageLoader("triton_data.generate.templates", "texts")
    made = Environment(
        loader=loader,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.globals["cdiv"] = lambda a, b: -(-a // b)
    return made


def render(variant: Variant) -> Entry:
    family = variant.family
    name = module_name(variant.entry) if variant.form == "module" else variant.entry
    context = _context(variant)
    python = tidy(_without_unused_import(_text("python", family.name, context)))
    triton = renamed(tidy(_text("triton", family.name, context)), variant.dialect)
    if variant.form == "module":
        python = as_module(python, variant.entry, name)
        triton = as_module(triton, f"{variant.entry}New", f"{name}New")
    python, triton = laid_out(python), laid_out(triton)
    test = tidy(_text("pytest", family.test, {**context, "reference": name, "candidate": f"{name}New"}))
    tags = tuple(dict.fromkeys((*family.tags, *(variant.op.tags if variant.op else ()), *_told(variant))))
    key = digest(python, triton, test)
    return Entry(
        f"{family.name}-{key[:12]}", family.name, family.phase, name, python, triton, test, family.operation,
        family.difficulty, tags, " ".join(_choices(variant)),
    )  # fmt: skip


def _without_unused_import(text: str) -> str:
    """Which operations need it is for the template to know only roughly."""
    return text if re.search(r"\bF\.", text) else text.replace("import torch.nn.functional as F\n", "")


def _text(kind: str, name: str, context: dict[str, Any]) -> str:
    return environment().get_template(f"{kind}/{name}.py.jinja").render(context)


def _context(variant: Variant) -> dict[str, Any]:
    family = variant.family
    names = ", ".join(name for name, _ in variant.sizes)
    constants = f"{names} = {', '.join(str(value) for _, value in variant.sizes)}"
    relative, absolute = TOLERANCES.get(variant.dtype, (0, 0))
    return {
        "entry": variant.entry,
        "kernel": f"{variant.entry}_kernel",
        "constants": constants,
        "form": variant.form,
        "size": dict(variant.sizes),
        "all_sizes": [dict(variant.sizes), *(dict(each) for each in variant.other_sizes)],
        "family": family,
        "dtype": variant.dtype,
        "op": variant.op,
        "rtol": 0 if family.exact else relative * family.loose,
        "atol": 0 if family.exact else absolute * family.loose,
        **dict(variant.settings),
    }


def _choices(variant: Variant) -> list[str]:
    return [value.name for _, value in variant.settings if isinstance(value, Choice)]


def _told(variant: Variant) -> list[str]:
    told = _choices(variant)
    told += [variant.dtype] if "dtype" in dict(variant.settings) else []
    return [*told, "backward"] if variant.family.backward else told
