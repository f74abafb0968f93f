"""Where a row is from, what one may do with it and what it needs, in the few words that every format has room for.

In: an Origin, a text, and what was installed for it. Out: `origin`, `licence` (None where unknown) and `requires`. Not
covered: the Parquet export, which has a column for each part of an origin (columns.py).
"""

from __future__ import annotations

from triton_data.environments.distributions import modules_of
from triton_data.formats.requires import requires
from triton_data.records import Origin


def source(origin: Origin, text: str, pinned: tuple[str, ...] = ()) -> dict[str, object]:
    return {"origin": place(origin), "licence": origin.licence or None, "requires": required(text, pinned)}


def required(text: str, pinned: tuple[str, ...]) -> list[str]:
    """Import names; where it was run with a distribution of a certain version, that: `einops==0.8.2`."""
    names = requires(text)
    modules = {pin: modules_of(pin.partition("==")[0]) for pin in pinned}
    pins = [pin for pin in pinned if set(modules[pin]) & set(names)]
    known = {module for pin in pins for module in modules[pin]}
    return sorted([*pins, *(name for name in names if name not in known)])


def place(origin: Origin) -> str:
    """Such as `github some/repo@1a2b m/scale.py:5-12`."""
    repo = f"{origin.repo}@{origin.revision}" if origin.revision else origin.repo
    path = origin.path
    if path and origin.line_start is not None:
        path += f":{origin.line_start}-{origin.line_end}" if origin.line_end is not None else f":{origin.line_start}"
    return " ".join(part for part in (origin.source, repo, path) if part)


def header(origin: Origin, text: str, pinned: tuple[str, ...] = ()) -> str:
    """The same as comments, for a file."""
    licence = f"# SPDX-License-Identifier: {origin.licence}" if origin.licence else "# Licence: unknown"
    lines = [f"# Origin: {place(origin)}", licence, f"# Requires: {', '.join(required(text, pinned)) or 'nothing'}"]
    return "".join(line.encode("unicode_escape").decode() + "\n" for line in lines)
