"""Closure: one standalone file with a definition and everything it needs, as its authors wrote it.

In: a `Repo` and roots, (path, name) pairs. Out: a `Closed`, or a `Drop` that says why there is none.
Not covered: running it (jailed/probe.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from triton_data.extract.closure.needs import WHOLE, Extent
from triton_data.extract.closure.plan import plan_closure
from triton_data.extract.closure.render import render
from triton_data.extract.closure.symbols import Unclosed
from triton_data.extract.reasons import Reason
from triton_data.extract.source.repo import Repo
from triton_data.records import Drop

MAX_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class Closed:
    text: str
    names: dict[tuple[str, str], str]  # what each root is called in the text
    # module-level names of the text by where they come from, for evidence that other classes can use
    homes: dict[tuple[str, str], str]
    needs: tuple[str, ...]  # packages that are absent and, as far as the text shows, off the path


def close(repo: Repo, roots: list[tuple[str, str]], strict: bool = False) -> Closed | Drop:
    """The whole of it; where there is none, without what functions import for themselves, which is often the whole
    repository, for saving and loading: such an import is left as it is, and fails where it is reached. If that is too
    much, then without what only annotations name, which is as often the model that a loss is for."""
    closed = _close(repo, roots, strict, WHOLE)
    for extent in (Extent(False, True), Extent(False, False)):
        if isinstance(closed, Closed) or (not extent.annotations and closed.reason != Reason.TOO_LARGE):
            break
        smaller = _close(repo, roots, strict, extent)
        closed = smaller if isinstance(smaller, Closed) else closed
    return closed


def _close(repo: Repo, roots: list[tuple[str, str]], strict: bool, extent: Extent) -> Closed | Drop:
    part = roots[0][1]
    try:
        plan = plan_closure(repo, roots, strict, extent)
        text, names, homes = render(plan, roots)
    except Unclosed as error:
        return Drop(error.reason, error.detail, part)
    except RecursionError:
        return Drop(Reason.TOO_DEEP, "recursion while resolving its names", part)
    if len(text) > MAX_CHARACTERS:
        return Drop(Reason.TOO_LARGE, f"{len(text):,} characters", part)
    packages = sorted({symbol.external.package for symbol in plan.missing if symbol.external})
    return Closed(text, names, homes, tuple(packages))
